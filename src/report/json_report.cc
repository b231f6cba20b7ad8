// One JSON document about the whole run. Knows nothing of people.
#include "report/json_report.h"

#include "base/text.h"
#include "report/json_object.h"

namespace corun {

void JsonReport::run_start(const RunStart& start) {
  run_ = start.run_id;
  file_ = &start.file;
  jobs_ = start.jobs;
  times_ = WallTimes(start.wall_time, start.time);
  started_ = start.time;
  ended_.assign(start.jobs.size(), false);
}

void JsonReport::job_state(const JobStateChange& change) {
  const std::uint32_t id = change.job.id;
  if (!is_final(change.result.state)) return;
  if (id < ended_.size()) {
    ended_[id] = true;
  } else {
    items_[change.job.parent].add(change.result);
  }
  if (is_top(change.job)) counts_.add(change.result);
  const auto log = logs_.find(id);
  if (log == logs_.end()) return;
  if (std::string path = log->second->path(); !path.empty() && id < ended_.size()) log_paths_[id] = std::move(path);
  logs_.erase(log);
}

void JsonReport::not_run(const NotRun& end) {
  std::string text;
  JsonObject document(text);
  document.number("v", 1);
  document.text("run", end.run_id);
  document.text("file", end.file);
  document.number("exit_code", end.exit_code);
  document.text("not_run", end.message);
  document.end();
  out_.append(text + '\n');
}

void JsonReport::run_end(const RunEnd& end) {
  std::string text;
  JsonObject document(text);
  document.number("v", 1);
  document.text("run", run_);
  document.text("file", file_->path);
  document.text("name", file_->name);
  document.text("started", format_wall_time(times_.at(started_)));
  document.seconds("elapsed", end.elapsed);
  document.number("exit_code", end.exit_code);
  document.json("stopped", end.stopped == CancelReason::none ? "null" : json_string(to_string(end.stopped)));
  counts_.append_json(document.field("counts"));

  JsonObject jobs(document.field("jobs"));
  for (const Job* job : jobs_) {
    if (!ended_[job->id]) continue;
    const JobResult& result = end.results[job->id];
    JsonObject entry(jobs.field(job->name));
    entry.text("state", to_string(result.state));
    if (result.restored) entry.boolean("restored", true);
    if (result.cache != CacheUse::none) entry.boolean("cached", true);
    if (result.cache == CacheUse::stale) entry.boolean("stale", true);
    entry.number("attempts", result.attempts);
    if (result.decided_by != 0) entry.number("decided_by", result.decided_by);
    entry.outcome(result.outcome);
    if (result.failure_allowed) entry.boolean("allowed", true);
    if (result.attempts > 0) {
      entry.text("started", format_wall_time(times_.at(result.started)));
      entry.seconds("wait", result.started - result.ready);
      entry.seconds("elapsed", run_time(result));
      entry.seconds("user", result.usage.user);
      entry.seconds("system", result.usage.system);
      entry.number("max_rss_kib", result.usage.max_rss_kib);
    }
    if (const auto items = items_.find(job->id); items != items_.end()) items->second.append_json(entry.field("items"));
    if (const auto path = log_paths_.find(job->id); path != log_paths_.end()) entry.text("log", path->second);
    entry.end();
  }
  jobs.end();
  if (!end.outputs.empty()) document.json("outputs", end.outputs);
  document.end();
  text += '\n';
  out_.append(text);
}

}  // namespace corun
