// Makes spans of a run. Knows nothing of where they are sent.
#include "report/otlp.h"

#include <algorithm>
#include <span>
#include <string_view>

#include "base/random_hex.h"
#include "base/text.h"
#include "report/json_object.h"
#include "report/timeline_failures.h"

namespace corun {
namespace {

constexpr std::size_t kMostText = 1024;  // bytes of an attribute
constexpr std::size_t kMostEvents = 128;
constexpr std::size_t kSpanId = 8;  // bytes

constexpr int kInternal = 1;
constexpr int kError = 2;
constexpr int kKnowsParent = 0x100;  // whether the parent is another process's
constexpr int kHasRemoteParent = 0x200;

// A list of attributes, as the value of a field.
class Attributes {
 public:
  explicit Attributes(std::string& out) : out_(out) { out_ += '['; }
  void text(std::string_view key, std::string_view value) { add(key, "stringValue", json_string(cut_text(value, kMostText))); }
  // 64 bits are a string in OTLP's JSON.
  void number(std::string_view key, std::int64_t value) { add(key, "intValue", '"' + std::to_string(value) + '"'); }
  void boolean(std::string_view key, bool value) { add(key, "boolValue", value ? "true" : "false"); }
  void seconds(std::string_view key, Duration value) {
    JsonObject attribute = begin(key);
    JsonObject typed(attribute.field("value"));
    typed.seconds("doubleValue", value);
    typed.end();
    attribute.end();
  }
  void end() { out_ += ']'; }

 private:
  JsonObject begin(std::string_view key) {
    if (out_.back() != '[') out_ += ',';
    JsonObject attribute(out_);
    attribute.text("key", key);
    return attribute;
  }

  void add(std::string_view key, std::string_view type, std::string_view value) {
    JsonObject attribute = begin(key);
    JsonObject typed(attribute.field("value"));
    typed.json(type, value);
    typed.end();
    attribute.end();
  }

  std::string& out_;
};

struct Times {
  Duration begin;
  Duration end;
};

class Spans {
 public:
  Spans(RunTimeline& timeline, const RunSpans& spans) : timeline_(timeline), run_(spans) {}

  std::vector<std::string> make() {
    add_run();
    for (TimelineJob& job : timeline_.jobs) name(job.span);
    for (TimelineJob& job : timeline_.jobs) {
      if (!job.restored) add_job(job);
    }
    return std::move(made_);
  }

 private:
  static void name(std::string& span) {
    if (span.empty()) span = random_hex(kSpanId);
  }

  // From 1970 in nanoseconds, which is a string.
  std::string moment(Duration since_start) const {
    const Duration wall = timeline_.started.time_since_epoch() + std::max(since_start, Duration(0));
    return std::to_string(std::chrono::duration_cast<std::chrono::nanoseconds>(wall).count());
  }

  JsonObject begin(std::string_view id, std::string_view parent, std::string_view name, Times times, bool is_remote = false) {
    JsonObject span(made_.emplace_back());
    span.text("traceId", run_.run.trace_id);
    span.text("spanId", id);
    if (!run_.run.state.empty()) span.text("traceState", run_.run.state);
    if (!parent.empty()) span.text("parentSpanId", parent);
    span.number("flags", run_.run.flags | kKnowsParent | (is_remote ? kHasRemoteParent : 0));
    span.text("name", name);
    span.number("kind", kInternal);
    span.text("startTimeUnixNano", moment(times.begin));
    span.text("endTimeUnixNano", moment(std::max(times.begin, times.end)));
    return span;
  }

  static void end(JsonObject& span, bool failed, std::string_view why) {
    JsonObject status(span.field("status"));
    if (failed) {
      status.number("code", kError);
      if (!why.empty()) status.text("message", cut_text(why, kMostText));
    }
    status.end();
    span.end();
  }

  void add_run() {
    JsonObject span =
        begin(run_.run.span_id, run_.parent, timeline_.name, {Duration(0), timeline_.elapsed}, !run_.parent.empty());
    Attributes attributes(span.field("attributes"));
    attributes.text("corun.run", timeline_.id);
    attributes.text("corun.file", timeline_.file);
    if (!timeline_.verdict.empty()) attributes.text("corun.verdict", timeline_.verdict);
    if (!timeline_.earlier.empty()) attributes.text("corun.resumes", timeline_.earlier);
    if (timeline_.exit_code >= 0) attributes.number("process.exit.code", timeline_.exit_code);
    attributes.end();
    add_events(span);
    const bool failed = timeline_.exit_code > 0;
    end(span, failed, failed ? timeline_.verdict : "");
  }

  void add_events(JsonObject& span) {
    const std::size_t count = std::min(timeline_.events.size(), kMostEvents);
    if (count == 0) return;
    std::string& events = span.field("events");
    append_list(events, std::span(timeline_.events).first(count), [&](const TimelineEvent& each) {
      JsonObject event(events);
      event.text("timeUnixNano", moment(each.at));
      event.text("name", cut_text(each.text, kMostText));
      event.end();
    });
    const std::size_t dropped = timeline_.events.size() - count;
    if (dropped > 0) span.number("droppedEventsCount", static_cast<std::int64_t>(dropped));
  }

  void add_job(TimelineJob& job) {
    const std::string& parent = job.parent < 0 ? run_.run.span_id : timeline_.jobs[static_cast<std::size_t>(job.parent)].span;
    JsonObject span = begin(job.span, parent, job.name, {job.started, job.ended});
    Attributes attributes(span.field("attributes"));
    attributes.text("corun.job", job.name);
    attributes.text("corun.state", to_string(job.state));
    attributes.number("corun.attempts", job.attempt_count);
    if (job.started > job.ready) attributes.seconds("corun.queued", job.started - job.ready);
    if (!job.action.empty()) attributes.text("corun.action", job.action);
    if (!job.reason.empty()) attributes.text("corun.reason", job.reason);
    if (!job.file.empty()) attributes.text("code.file.path", job.file);
    if (!job.file.empty() && job.line > 0) attributes.number("code.line.number", job.line);
    if (job.kind != FailureKind::none) attributes.text("error.type", to_string(job.kind));
    if (job.exit_code >= 0) attributes.number("process.exit.code", job.exit_code);
    if (job.http_status > 0) attributes.number("http.response.status_code", job.http_status);
    attributes.end();
    end(span, ended_badly(job), job.reason);
    for (TimelineAttempt& attempt : job.attempts) add_attempt(job, attempt);
    for (TimelineCallback& callback : job.callbacks) add_callback(job, callback);
  }

  void add_callback(const TimelineJob& job, TimelineCallback& callback) {
    name(callback.span);
    JsonObject span = begin(callback.span, job.span, job.name + " " + callback.name, {callback.started, callback.ended});
    Attributes attributes(span.field("attributes"));
    attributes.text("corun.job", job.name);
    attributes.text("corun.callback", callback.name);
    if (callback.kind != FailureKind::none) attributes.text("error.type", to_string(callback.kind));
    attributes.end();
    end(span, callback.kind != FailureKind::none, callback.reason);
  }

  void add_attempt(const TimelineJob& job, TimelineAttempt& attempt) {
    name(attempt.span);
    const std::string title = job.name + (attempt.is_fallback ? " fallback" : " #" + std::to_string(attempt.number));
    JsonObject span = begin(attempt.span, job.span, title, {attempt.started, attempt.ended});
    Attributes attributes(span.field("attributes"));
    attributes.text("corun.job", job.name);
    attributes.number("corun.attempt", attempt.number);
    if (attempt.pause > Duration(0)) attributes.seconds("corun.pause", attempt.pause);
    if (attempt.beside) attributes.boolean("corun.hedge", true);
    if (attempt.lost) attributes.boolean("corun.lost", true);
    const bool failed = attempt.kind != FailureKind::none && !attempt.lost;
    if (failed) attributes.text("error.type", to_string(attempt.kind));
    attributes.end();
    end(span, failed, attempt.reason);
  }

  RunTimeline& timeline_;
  const RunSpans& run_;
  std::vector<std::string> made_;
};

std::string around(const OtlpSettings& settings, std::string_view spans) {
  std::string text = R"({"resourceSpans":[{"resource":{"attributes":)";
  Attributes resource(text);
  for (const auto& [key, value] : settings.resource) resource.text(key, value);
  resource.end();
  text += R"(},"scopeSpans":[{"scope":{"name":"corun","version":)" + json_string(settings.version) + R"(},"spans":[)";
  return text.append(spans) += "]}]}]}";
}

}  // namespace

std::vector<std::string> otlp_requests(RunTimeline& timeline, const RunSpans& spans, const OtlpSettings& settings,
                                       std::size_t most) {
  std::vector<std::string> requests;
  const std::vector<std::string> made = Spans(timeline, spans).make();
  std::string some;
  for (std::size_t i = 0; i < made.size(); ++i) {
    some += (some.empty() ? "" : ",") + made[i];
    if ((i + 1) % most != 0 && i + 1 < made.size()) continue;
    requests.push_back(around(settings, some));
    some.clear();
  }
  return requests;
}

}  // namespace corun
