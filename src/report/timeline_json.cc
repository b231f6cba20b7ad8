// Writes a timeline as JSON. Knows nothing of who reads it.
#include "report/timeline_json.h"

#include "base/text.h"
#include "report/json_object.h"
#include "report/timeline_failures.h"
#include "report/words.h"

namespace corun {
namespace {

void append_strings(std::string& out, const std::vector<std::string>& strings) {
  append_list(out, strings, [&](const std::string& text) { append_json_string(out, text); });
}

void append_attempt(std::string& out, const TimelineAttempt& attempt) {
  JsonObject object(out);
  object.number("number", attempt.number);
  object.seconds("started", attempt.started);
  object.seconds("ended", attempt.ended);
  object.text("kind", to_string(attempt.kind));
  if (!attempt.reason.empty()) object.text("reason", attempt.reason);
  if (attempt.beside) object.boolean("hedge", true);
  if (attempt.lost) object.boolean("lost", true);
  if (attempt.pause > Duration(0)) object.seconds("pause", attempt.pause);
  if (attempt.is_fallback) object.boolean("fallback", true);
  if (!attempt.output.empty()) object.text("output", attempt.output);
  object.end();
}

void append_callback(std::string& out, const TimelineCallback& callback) {
  JsonObject object(out);
  object.text("name", callback.name);
  object.seconds("started", callback.started);
  object.seconds("ended", callback.ended);
  object.text("kind", to_string(callback.kind));
  if (!callback.reason.empty()) object.text("reason", callback.reason);
  object.end();
}

// Whether it failed the run, else why not.
void append_blame(JsonObject& object, const std::vector<TimelineJob>& jobs, const TimelineJob& job) {
  if (!ended_badly(job)) return;
  if (const char* why = pardon(jobs, job)) {
    object.text("pardon", why);
  } else {
    object.boolean("failure", true);
  }
}

void append_usage(JsonObject& object, const ResourceUsage& usage) {
  if (usage.max_rss_kib == 0) return;
  object.seconds("user", usage.user);
  object.seconds("system", usage.system);
  object.number("max_rss_kib", usage.max_rss_kib);
}

void append_job(std::string& out, const std::vector<TimelineJob>& jobs, const TimelineJob& job) {
  JsonObject object(out);
  object.text("name", job.name);
  if (!job.description.empty()) object.text("description", job.description);
  if (!job.tags.empty()) append_strings(object.field("tags"), job.tags);
  if (!job.action.empty()) object.text("action", job.action);
  if (!job.slot.empty()) object.text("slot", job.slot);
  if (!job.policies.empty()) append_strings(object.field("policies"), job.policies);
  if (!job.file.empty()) object.text("file", job.file);
  if (job.line > 0) object.number("line", job.line);
  if (job.parent >= 0) object.number("parent", job.parent);
  if (!job.needs.empty()) {
    std::string& needs = object.field("needs");
    append_list(needs, job.needs, [&](std::uint32_t need) { needs += std::to_string(need); });
  }
  if (job.is_group) object.boolean("group", true);
  if (job.is_callback) object.boolean("callback", true);
  object.text("state", to_string(job.state));
  if (job.allowed) object.boolean("allowed", true);
  append_blame(object, jobs, job);
  if (job.restored) object.boolean("restored", true);
  if (job.cache != CacheUse::none) object.text("cache", cache_word(job.cache));
  if (job.kind != FailureKind::none) object.text("kind", to_string(job.kind));
  if (job.exit_code >= 0) object.number("exit_code", job.exit_code);
  if (job.http_status > 0) object.number("status", job.http_status);
  if (!job.reason.empty()) object.text("reason", job.reason);
  if (!job.restored) {
    object.seconds("ready", job.ready);
    object.seconds("started", job.started);
    object.seconds("ended", job.ended);
  }
  object.number("attempt_count", job.attempt_count);
  std::string& attempts = object.field("attempts");
  append_list(attempts, job.attempts, [&](const TimelineAttempt& attempt) { append_attempt(attempts, attempt); });
  if (!job.callbacks.empty()) {
    std::string& callbacks = object.field("callbacks");
    append_list(callbacks, job.callbacks, [&](const TimelineCallback& callback) { append_callback(callbacks, callback); });
  }
  append_usage(object, job.usage);
  if (!job.output.empty()) object.text("output", job.output);
  if (job.output_before > 0) object.number("output_before", static_cast<std::int64_t>(job.output_before));
  if (!job.log.empty()) object.text("log", job.log);
  object.end();
}

}  // namespace

std::string timeline_json(const RunTimeline& timeline) {
  std::string text;
  JsonObject object(text);
  object.number("v", 1);
  object.text("run", timeline.id);
  object.text("name", timeline.name);
  object.text("file", timeline.file);
  object.text("started", format_wall_time(timeline.started));
  object.seconds("elapsed", timeline.elapsed);
  object.json("exit_code", timeline.exit_code < 0 ? "null" : std::to_string(timeline.exit_code));
  object.json("verdict", timeline.verdict.empty() ? "null" : json_string(timeline.verdict));
  if (timeline.process_slots > 0) object.number("process_slots", timeline.process_slots);
  if (timeline.http_slots > 0) object.number("http_slots", timeline.http_slots);
  if (!timeline.earlier.empty()) object.text("resumes", timeline.earlier);
  if (!timeline.resume.empty()) object.text("resume", timeline.resume);
  if (!timeline.outputs.empty()) object.json("outputs", timeline.outputs);
  append_list(object.field("jobs"), timeline.jobs, [&](const TimelineJob& job) { append_job(text, timeline.jobs, job); });
  append_list(object.field("events"), timeline.events, [&](const TimelineEvent& event) {
    JsonObject entry(text);
    entry.seconds("at", event.at);
    entry.text("text", event.text);
    entry.end();
  });
  object.end();
  return text;
}

}  // namespace corun
