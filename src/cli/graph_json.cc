// The jobs of a file as nodes, edges and groups in JSON. Knows nothing of runs but their results.
#include <string>
#include <utility>

#include "base/text.h"
#include "cli/describe_jobs.h"
#include "cli/graph_drawing.h"
#include "cli/listing_json.h"
#include "cli/policy_words.h"
#include "report/json_object.h"
#include "report/words.h"

namespace corun {
namespace {

void append_result(std::string& out, const ListedResult& result) {
  JsonObject object(out);
  object.text("state", to_string(result.state));
  if (result.restored) object.boolean("restored", true);
  object.number("attempts", result.attempts);
  if (result.ran) {
    object.seconds("start", result.started);
    object.seconds("elapsed", result.time);
  }
  if (!result.reason.empty()) object.text("reason", result.reason);
  if (!result.items.empty()) {
    JsonObject items(object.field("items"));
    for (const auto& [state, count] : result.items) items.number(to_string(state), static_cast<std::int64_t>(count));
    items.end();
  }
  object.boolean("failing_path", result.is_on_failing_path);
  object.end();
}

void append_run(std::string& out, const RunTimeline& run) {
  JsonObject object(out);
  object.text("id", run.id);
  object.text("verdict", run.verdict);
  if (run.exit_code >= 0) object.number("exit_code", run.exit_code);
  object.seconds("elapsed", run.elapsed);
  object.end();
}

}  // namespace

std::string graph_json(const GraphDrawing& drawing) {
  const JobListing& listing = drawing.listing;
  std::string text;
  JsonObject document = begin_document(text, *listing.file);
  if (drawing.run != nullptr) append_run(document.field("run"), *drawing.run);
  append_list(document.field("nodes"), listing.jobs, [&, i = std::size_t{0}](const ListedJob& job) mutable {
    JsonObject node(text);
    append_listed(node, listing, job);
    if (drawing.run != nullptr && drawing.results[i].known) append_result(node.field("result"), drawing.results[i]);
    ++i;
    node.end();
  });
  std::vector<std::pair<const ListedJob*, ListedNeed>> edges;
  for (const ListedJob& job : listing.jobs) {
    for (const ListedNeed& need : job.needs) edges.emplace_back(&job, need);
  }
  append_list(document.field("edges"), edges, [&](const auto& edge) {
    JsonObject object(text);
    object.text("from", listing.jobs[edge.second.job].id);
    object.text("to", edge.first->id);
    object.text("when", to_word(edge.second.when));
    object.end();
  });
  append_list(document.field("groups"), listing.groups, [&](const ListedGroup& group) {
    JsonObject object(text);
    if (group.parent >= 0) {
      object.text("job", listing.jobs[static_cast<std::size_t>(group.parent)].id);
    } else {
      object.json("job", "null");
    }
    if (!group.callback.empty()) object.text("callback", group.callback);
    append_list(object.field("jobs"), group.jobs, [&](std::uint32_t job) { text += json_string(listing.jobs[job].id); });
    object.end();
  });
  document.end();
  return text + '\n';
}

}  // namespace corun
