// Makes a trace of a run. Knows nothing of files.
#include "report/chrome_trace.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "report/json_object.h"
#include "report/words.h"

namespace corun {
namespace {

// Processes of the trace. The first row of the first one has the run as a whole.
constexpr std::int64_t kJobs = 1;
constexpr std::int64_t kGroups = 2;
constexpr std::int64_t kRunRow = 0;

// In microseconds. They never overlap where the moments they are made of don't.
struct Span {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

// Where a job lies.
struct Lane {
  std::int64_t process = 0;  // 0: it has never run
  std::int64_t row = 0;
  Span span;
  std::int64_t free_since = 0;  // the row, before it
};

bool ran(const TimelineJob& job) { return !job.restored && job.attempt_count > 0; }

class Trace {
 public:
  explicit Trace(const RunTimeline& timeline) : timeline_(timeline), lanes_(timeline.jobs.size()) {}

  std::string text() {
    lay_out(false, kJobs);
    lay_out(true, kGroups);
    name_rows();
    JsonObject run = event("X", timeline_.name, "run", kJobs, kRunRow, 0);
    run.number("dur", to_microseconds(timeline_.elapsed));
    append_run(run.field("args"));
    run.end();
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      if (lanes_[i].process != 0) append_job(timeline_.jobs[i], lanes_[i]);
    }
    append_arrows();
    append_waiting();
    for (const TimelineEvent& each : timeline_.events) {
      const std::string_view category = each.text.starts_with("breaker `") ? "breaker" : "run";
      JsonObject instant = event("i", each.text, category, kJobs, kRunRow, to_microseconds(each.at));
      instant.text("s", "g");
      instant.end();
    }
    return R"({"displayTimeUnit":"ms","otherData":{"run":)" + json_string(timeline_.id) + ",\"started\":\"" +
           format_wall_time(timeline_.started) + "\"},\"traceEvents\":[\n" + events_ + "\n]}\n";
  }

 private:
  JsonObject event(std::string_view phase, std::string_view name, std::string_view category, std::int64_t process,
                   std::int64_t row, std::int64_t at) {
    if (!events_.empty()) events_ += ",\n";
    JsonObject object(events_);
    object.text("ph", phase);
    object.text("name", name);
    if (!category.empty()) object.text("cat", category);
    object.number("pid", process);
    object.number("tid", row);
    object.number("ts", at);
    return object;
  }

  void span(std::string_view name, std::string_view category, const Lane& lane, Span of) {
    JsonObject object = event("X", name, category, lane.process, lane.row, of.begin);
    object.number("dur", of.end - of.begin);
    object.end();
  }

  // What lies in a row.
  struct Piece {
    Lane* lane;
    Duration started;
    Duration ended;
  };

  // Each job, or each group, goes to the first row that is free when it starts.
  void lay_out(bool groups, std::int64_t process) {
    std::vector<Piece> order;
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      const TimelineJob& job = timeline_.jobs[i];
      if (!ran(job) || job.is_group != groups) continue;
      order.push_back({&lanes_[i], job.started, job.ended});
      for (const TimelineAttempt& attempt : job.attempts) {  // one that is started beside another takes a slot, too
        if (attempt.beside) order.push_back({&beside_[&attempt], attempt.started, attempt.ended});
      }
    }
    std::stable_sort(order.begin(), order.end(), [](const Piece& a, const Piece& b) { return a.started < b.started; });
    std::vector<std::int64_t>& rows = free_[process];
    for (const Piece& piece : order) {
      Lane& lane = *piece.lane;
      lane.process = process;
      lane.span.begin = to_microseconds(piece.started);
      lane.span.end = std::max(lane.span.begin, to_microseconds(piece.ended));
      auto row = std::find_if(rows.begin(), rows.end(), [&](std::int64_t free) { return free <= lane.span.begin; });
      if (row == rows.end()) row = rows.insert(row, 0);
      lane.row = row - rows.begin() + 1;
      lane.free_since = *row;
      *row = lane.span.end;
    }
  }

  void metadata(std::string_view name, std::int64_t process, std::int64_t row, std::string_view value) {
    JsonObject object = event("M", name, "", process, row, 0);
    JsonObject arguments(object.field("args"));
    arguments.text("name", value);
    arguments.end();
    object.end();
  }

  void sort_index(std::string_view name, std::int64_t process, std::int64_t row, std::int64_t index) {
    JsonObject object = event("M", name, "", process, row, 0);
    JsonObject arguments(object.field("args"));
    arguments.number("sort_index", index);
    arguments.end();
    object.end();
  }

  void name_rows() {
    metadata("process_name", kJobs, kRunRow, timeline_.name);
    metadata("thread_name", kJobs, kRunRow, "run " + timeline_.id);
    sort_index("thread_sort_index", kJobs, kRunRow, 0);
    if (!free_[kGroups].empty()) metadata("process_name", kGroups, 0, "groups of " + timeline_.name);
    for (const auto& [process, rows] : free_) {
      sort_index("process_sort_index", process, 0, process);
      for (std::size_t i = 1; i <= rows.size(); ++i) {
        const auto row = static_cast<std::int64_t>(i);
        metadata("thread_name", process, row, (process == kJobs ? "slot " : "group ") + std::to_string(row));
        sort_index("thread_sort_index", process, row, row);
      }
    }
  }

  void append_run(std::string& out) const {
    JsonObject arguments(out);
    arguments.text("file", timeline_.file);
    if (!timeline_.verdict.empty()) arguments.text("verdict", timeline_.verdict);
    if (timeline_.exit_code >= 0) arguments.number("exit_code", timeline_.exit_code);
    arguments.end();
  }

  static void append_end(std::string& out, const TimelineJob& job) {
    JsonObject arguments(out);
    arguments.text("state", to_string(job.state));
    if (!job.reason.empty()) arguments.text("reason", job.reason);
    if (job.exit_code >= 0) arguments.number("exit_code", job.exit_code);
    if (job.http_status > 0) arguments.number("status", job.http_status);
    arguments.number("attempts", job.attempt_count);
    if (job.started > job.ready) arguments.seconds("queued", job.started - job.ready);
    if (!job.action.empty()) arguments.text("action", job.action);
    if (!job.file.empty()) arguments.text("place", job.file + (job.line > 0 ? ":" + std::to_string(job.line) : ""));
    arguments.end();
  }

  void append_job(const TimelineJob& job, const Lane& lane) {
    const Span waited{std::max(lane.free_since, to_microseconds(job.ready)), lane.span.begin};
    if (waited.begin < waited.end) span("waiting: " + job.name, "queue", lane, waited);
    JsonObject whole = event("X", job.name, job.is_group ? "group" : "job", lane.process, lane.row, lane.span.begin);
    whole.number("dur", lane.span.end - lane.span.begin);
    append_end(whole.field("args"), job);
    whole.end();
    std::int64_t at = lane.span.begin;
    for (const TimelineAttempt& attempt : job.attempts) {
      if (const auto beside = beside_.find(&attempt); beside != beside_.end()) {
        append_attempt(attempt, beside->second, beside->second.span, job.name);
        continue;
      }
      const Span within = inside(Span{to_microseconds(attempt.started), to_microseconds(attempt.ended)}, at, lane.span.end);
      if (&attempt != job.attempts.data()) append_gap((&attempt)[-1], lane, {at, within.begin});
      append_attempt(attempt, lane, within);
      at = within.end;
    }
    for (const TimelineCallback& callback : job.callbacks) {
      const Span within = inside(Span{to_microseconds(callback.started), to_microseconds(callback.ended)}, at, lane.span.end);
      span(callback.name, "callback", lane, within);
      at = within.end;
    }
  }

  static Span inside(Span span, std::int64_t begin, std::int64_t end) {
    span.begin = std::clamp(span.begin, begin, end);
    span.end = std::clamp(span.end, span.begin, end);
    return span;
  }

  // After a failed attempt: the pause that was decided on, then the wait for what lets the next one go.
  void append_gap(const TimelineAttempt& failed, const Lane& lane, Span gap) {
    const std::int64_t paused = std::min(gap.end, gap.begin + to_microseconds(failed.pause));
    if (gap.begin < paused) span("pause", "pause", lane, {gap.begin, paused});
    if (paused < gap.end) span("waiting", "queue", lane, {paused, gap.end});
  }

  void append_attempt(const TimelineAttempt& attempt, const Lane& lane, Span of, const std::string& job = "") {
    const std::string name = attempt.is_fallback ? "fallback" : "attempt " + std::to_string(attempt.number);
    JsonObject object =
        event("X", (job.empty() ? "" : job + ", ") + name, job.empty() ? "attempt" : "hedge", lane.process, lane.row, of.begin);
    object.number("dur", of.end - of.begin);
    if (attempt.kind != FailureKind::none) {
      JsonObject arguments(object.field("args"));
      arguments.text("kind", to_string(attempt.kind));
      arguments.text("reason", attempt.reason);
      if (attempt.pause > Duration(0)) arguments.seconds("pause", attempt.pause);
      arguments.end();
    }
    object.end();
  }

  // From within the last microsecond of what is needed, as arrows begin and end in spans.
  void append_arrows() {
    std::int64_t id = 0;
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      const Lane& to = lanes_[i];
      for (const std::uint32_t need : timeline_.jobs[i].needs) {
        const Lane& from = lanes_[need];
        if (from.process == 0 || to.process == 0) continue;
        const std::int64_t begin = std::min(std::max(from.span.begin, from.span.end - 1), to.span.begin);
        if (begin < from.span.begin) continue;
        JsonObject start = event("s", "needs", "needs", from.process, from.row, begin);
        start.number("id", ++id);
        start.end();
        JsonObject finish = event("f", "needs", "needs", to.process, to.row, to.span.begin);
        finish.number("id", id);
        finish.text("bp", "e");
        finish.end();
      }
    }
  }

  // How many jobs wait for a slot, a limit or a breaker, whenever that changes.
  void append_waiting() {
    std::map<std::int64_t, std::int64_t> changes;
    for (const TimelineJob& job : timeline_.jobs) {
      const std::int64_t ready = to_microseconds(job.ready);
      const std::int64_t started = to_microseconds(job.started);
      if (job.restored || job.is_group || ready >= started) continue;
      ++changes[ready];
      --changes[started];
    }
    std::int64_t waiting = 0;
    for (const auto& [at, change] : changes) {
      waiting += change;
      JsonObject counter = event("C", "waiting", "queue", kJobs, kRunRow, at);
      JsonObject arguments(counter.field("args"));
      arguments.number("jobs", waiting);
      arguments.end();
      counter.end();
    }
  }

  const RunTimeline& timeline_;
  std::string events_;
  std::vector<Lane> lanes_;                                 // by job
  std::map<const TimelineAttempt*, Lane> beside_;           // of attempts that were started beside another one
  std::map<std::int64_t, std::vector<std::int64_t>> free_;  // since when each row is, by process
};

}  // namespace

std::string chrome_trace(const RunTimeline& timeline) { return Trace(timeline).text(); }

}  // namespace corun
