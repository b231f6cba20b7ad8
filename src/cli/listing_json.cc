// A job of a list as JSON. Knows nothing of the documents around it.
#include "cli/listing_json.h"

#include "base/text.h"
#include "cli/describe_jobs.h"
#include "cli/plan_flow.h"
#include "cli/policy_words.h"

namespace corun {
namespace {

void append_flow(JsonObject& object, const JobFlow& flow) {
  if (flow.condition) object.text("if", flow.condition->text);
  if (flow.foreach) {
    const ForeachSpec& foreach = *flow.foreach;
    if (foreach.keys.empty()) {
      object.text("foreach", foreach.as);
    } else {
      std::string& out = object.field("matrix");
      append_list(out, foreach.keys, [&](const std::string& key) { out += json_string(key); });
    }
  }
  if (flow.repeat) object.text("until", flow.repeat->until.text);
}

}  // namespace

JsonObject begin_document(std::string& text, const JobFile& file) {
  JsonObject document(text);
  document.number("v", 1);
  document.text("file", file.path);
  document.text("name", file.name);
  if (!file.description.empty()) document.text("description", file.description);
  return document;
}

void append_listed(JsonObject& object, const JobListing& listing, const ListedJob& job) {
  const Job& it = *job.job;
  object.text("id", job.id);
  object.text("name", it.name);
  object.text("kind", action_kind(it));
  object.text("action", action_line(it.action));
  object.text("file", job.file->path);
  object.number("line", it.place.line);
  object.number("column", it.place.column);
  object.text("description", it.notes ? it.notes->description : std::string());
  std::string& out = object.field("tags");
  const std::vector<std::string> none;
  append_list(out, it.notes ? it.notes->tags : none, [&](const std::string& tag) { out += json_string(tag); });
  if (job.parent >= 0) object.text("group", listing.jobs[static_cast<std::size_t>(job.parent)].id);
  if (!job.callback.empty()) object.text("callback", job.callback);
  if (const auto* gather = std::get_if<std::unique_ptr<GatherSpec>>(&it.action)) {
    object.text("policy", to_word((*gather)->policy));
    if ((*gather)->policy == GatherPolicy::quorum) object.number("n", (*gather)->quorum);
  } else if (const auto* graph = std::get_if<std::unique_ptr<GraphSpec>>(&it.action)) {
    object.text("graph", (*graph)->file->path);
  }
  if (it.join != Join::all) object.text("join", to_word(it.join));
  if (it.join == Join::quorum) object.number("quorum", it.join_quorum);
  if (it.flow) append_flow(object, *it.flow);
  if (it.fallback) object.text("fallback", action_line(*it.fallback));
  const std::vector<JobCallback> callbacks = job_callbacks(it);
  if (!callbacks.empty()) {
    append_list(object.field("callbacks"), callbacks, [&](const JobCallback& each) { out += json_string(each.key); });
  }
  if (it.continue_on_error) object.boolean("continue_on_error", true);
}

}  // namespace corun
