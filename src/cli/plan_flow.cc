// Conditions, loops and polling, for people and as JSON. Knows nothing of how they are decided.
#include "cli/plan_flow.h"

#include "base/duration.h"
#include "cli/policy_words.h"

namespace corun {
namespace {

// An expression as written, on one line.
std::string one_line(const Text& expression) {
  std::string line;
  bool space = false;
  for (const char c : expression.text) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!blank && space && !line.empty()) line += ' ';
    if (!blank) line += c;
    space = blank;
  }
  return line;
}

std::string items_words(const ForeachSpec& foreach, Renderer& renderer) {
  return foreach.items.kind == Value::Kind::string ? one_line(foreach.items.text) : renderer.json(foreach.items);
}

}  // namespace

std::vector<std::string> flow_words(const JobFlow& flow, Renderer& renderer) {
  std::vector<std::string> words;
  if (flow.condition) words.push_back("if " + one_line(*flow.condition));
  if (flow.foreach) {
    const ForeachSpec& foreach = *flow.foreach;
    std::string& loop = words.emplace_back("for each " + foreach.as + " of " + items_words(foreach, renderer));
    if (foreach.max_concurrent != 0) loop += ", " + std::to_string(foreach.max_concurrent) + " at once";
    if (foreach.policy != GatherPolicy::all) loop += ", " + std::string(to_word(foreach.policy));
    if (foreach.policy == GatherPolicy::quorum) loop += " of " + std::to_string(foreach.quorum);
    if (foreach.continue_on_failure) loop += ", on failure continue";
  }
  if (flow.repeat) {
    const RepeatSpec& repeat = *flow.repeat;
    const std::string pause = repeat.every > Duration::zero() ? "every " + format_duration(repeat.every) : "at once";
    std::string& again = words.emplace_back("again " + pause + " until " + one_line(repeat.until));
    if (repeat.attempts != 0) again += ", at most " + std::to_string(repeat.attempts) + " times";
  }
  return words;
}

void append_flow(JsonObject& job, const JobFlow& flow, Renderer& renderer) {
  if (flow.condition) job.text("if", one_line(*flow.condition));
  if (flow.foreach) {
    const ForeachSpec& foreach = *flow.foreach;
    JsonObject object(job.field("foreach"));
    if (foreach.items.kind == Value::Kind::string) {
      object.text("items", one_line(foreach.items.text));
    } else {
      object.json("items", renderer.json(foreach.items));
    }
    object.text("as", foreach.as);
    if (foreach.key) object.text("key", one_line(*foreach.key));
    if (foreach.max_concurrent != 0) object.number("max_concurrent", foreach.max_concurrent);
    object.text("gather", to_word(foreach.policy));
    if (foreach.policy == GatherPolicy::quorum) object.number("n", foreach.quorum);
    object.text("on_failure", foreach.continue_on_failure ? "continue" : "cancel");
    object.end();
  }
  if (flow.repeat) {
    JsonObject object(job.field("repeat"));
    object.text("until", one_line(flow.repeat->until));
    object.seconds("every", flow.repeat->every);
    if (flow.repeat->attempts != 0) object.number("attempts", flow.repeat->attempts);
    object.end();
  }
}

std::vector<FileCallbacks> file_callbacks(const JobFile& file) {
  std::vector<FileCallbacks> groups;
  if (!file.on_success.jobs.empty()) groups.push_back({"on_success", &file.on_success});
  if (!file.on_failure.jobs.empty()) groups.push_back({"on_failure", &file.on_failure});
  if (!file.finally.jobs.empty()) groups.push_back({"finally", &file.finally});
  return groups;
}

std::vector<JobCallback> job_callbacks(const Job& job) {
  std::vector<JobCallback> callbacks;
  const JobFlow* flow = job.flow.get();
  if (flow == nullptr) return callbacks;
  if (flow->on_success) callbacks.push_back({"on_success", flow->on_success.get()});
  if (flow->on_failure) callbacks.push_back({"on_failure", flow->on_failure.get()});
  if (flow->finally) callbacks.push_back({"finally", flow->finally.get()});
  return callbacks;
}

}  // namespace corun
