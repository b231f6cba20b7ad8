// A scripted run for tests of reports: jobs by name, events at chosen times, streams that end up in memory.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "report/output_stream.h"
#include "report/report.h"

namespace corun {

/// A file in memory that a stream writes to.
class MemoryFile {
 public:
  MemoryFile() : fd_(::memfd_create("test", MFD_CLOEXEC)) {}
  int fd() const { return fd_.get(); }
  std::string text() const {
    std::string text(static_cast<std::size_t>(::lseek(fd_.get(), 0, SEEK_CUR)), '\0');
    const ssize_t count = ::pread(fd_.get(), text.data(), text.size(), 0);
    text.resize(static_cast<std::size_t>(count));
    return text;
  }

 private:
  UniqueFd fd_;
};

/// A log in memory.
class TextLog final : public OutputLog {
 public:
  explicit TextLog(std::string path = {}) : path_(std::move(path)) {}
  void append(std::string_view bytes) { text_ += bytes; }
  std::uint64_t size() const override { return text_.size(); }
  std::string read(std::uint64_t offset, std::size_t most) const override {
    return offset >= text_.size() ? std::string() : text_.substr(static_cast<std::size_t>(offset), most);
  }
  std::string path() const override { return path_; }
  std::unique_ptr<OutputLog> keep() const override { return std::make_unique<TextLog>(*this); }

 private:
  std::string text_;
  std::string path_;
};

/// A clock that stands still.
class StillClock final : public Clock {
 public:
  explicit StillClock(double seconds) : now_(std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds))) {}
  TimePoint now() const override { return TimePoint{} + now_; }
  WallTime wall_now() const override { return {}; }
  bool skip_to(TimePoint) override { return false; }

 private:
  Duration now_;
};

/// Tells a report what a run would. Times are seconds since its start.
class RunWorld {
 public:
  explicit RunWorld(Report& report, const std::vector<std::string>& names) : report_(report) {
    file_.path = "jobs.yaml";
    file_.name = "jobs";
    file_.top.jobs.resize(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
      Job& job = file_.top.jobs[i];
      job.id = next_id_++;
      job.name = names[i];
      job.action = std::make_unique<RunSpec>();
      job.policies = std::make_shared<Policies>();
    }
  }

  std::string resume;  ///< commands, as the end tells them
  std::string logs;

  JobFile& file() { return file_; }
  Job& job(const std::string& name) { return *find(file_.top, name); }
  JobResult& result(const std::string& name) { return results_[job(name).id]; }

  /// Turns job `name` into a gather of these members.
  void make_group(const std::string& name, const std::vector<std::string>& members) {
    auto gather = std::make_unique<GatherSpec>();
    gather->group = std::make_unique<JobGroup>();
    gather->group->jobs.resize(members.size());
    for (std::size_t i = 0; i < members.size(); ++i) {
      Job& member = gather->group->jobs[i];
      member.id = next_id_++;
      member.parent = job(name).id;
      member.name = name + "/" + members[i];
      member.action = std::make_unique<RunSpec>();
      member.policies = std::make_shared<Policies>();
    }
    job(name).action = std::move(gather);
  }
  void set_attempts(const std::string& name, std::uint32_t attempts) {
    auto policies = std::make_shared<Policies>();
    policies->retry.attempts = attempts;
    job(name).policies = policies;
  }

  void begin() {
    results_.resize(next_id_);
    std::vector<const Job*> jobs(next_id_);
    collect(file_.top, jobs);
    const RunStart start{"run-1", file_, jobs, file_.top.jobs.size(), WallTime(1767225600s), TimePoint{}};
    report_.run_start(start);
  }
  void ready(const std::string& name, double at) { state(name, JobState::ready, at); }
  void start(const std::string& name, double at, std::uint32_t attempt = 1) {
    JobResult& result = this->result(name);
    result.attempts = attempt;
    if (attempt == 1) {
      result.started = time(at);
      state(name, JobState::running, at);
    }
    report_.attempt_start(AttemptStart{job(name), attempt, job(name).policies->retry.attempts, time(at)});
  }
  void output(const std::string& name, const std::string& bytes, double at = 0, Stream stream = Stream::standard_output) {
    TextLog& log = logs_.try_emplace(name, "/logs/" + name + ".log").first->second;
    log.append(bytes);
    report_.output(OutputChunk{job(name), stream, bytes, log, time(at)});
  }
  void end(const std::string& name, JobState state, double at, Outcome outcome = {}) {
    JobResult& result = this->result(name);
    result.ended = time(at);
    if (result.attempts == 0) result.started = result.ended;
    result.outcome = std::move(outcome);
    this->state(name, state, at);
    logs_.erase(name);
  }
  void fail(const std::string& name, double at, int code = 1) {
    Outcome outcome;
    outcome.kind = FailureKind::exit_code;
    outcome.exit_code = code;
    outcome.message = "exit code " + std::to_string(code);
    end(name, JobState::failed, at, outcome);
  }
  void skip(const std::string& name, const std::string& why, double at) {
    Outcome outcome;
    outcome.message = why;
    end(name, JobState::skipped, at, outcome);
  }
  void finish(double at, int exit_code, CancelReason stopped = CancelReason::none) {
    report_.run_end(RunEnd{results_, time(at) - TimePoint{}, exit_code, {}, stopped, time(at), resume, logs});
    report_.flush();
  }
  static TimePoint time(double seconds) {
    return TimePoint{} + std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
  }

 private:
  void state(const std::string& name, JobState state, double at) {
    result(name).state = state;
    report_.job_state(JobStateChange{job(name), result(name), time(at)});
  }
  static Job* find(JobGroup& group, const std::string& name) {
    for (Job& job : group.jobs) {
      if (job.name == name) return &job;
      if (auto* gather = std::get_if<std::unique_ptr<GatherSpec>>(&job.action)) {
        if (Job* member = find(*(*gather)->group, name)) return member;
      }
    }
    return nullptr;
  }
  static void collect(const JobGroup& group, std::vector<const Job*>& jobs) {
    for (const Job& job : group.jobs) {
      jobs[job.id] = &job;
      if (const auto* gather = std::get_if<std::unique_ptr<GatherSpec>>(&job.action)) collect(*(*gather)->group, jobs);
    }
  }

  Report& report_;
  JobFile file_;
  std::vector<JobResult> results_;
  std::map<std::string, TextLog> logs_;
  std::uint32_t next_id_ = 0;
};

}  // namespace corun
