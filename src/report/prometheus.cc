// Metrics in Prometheus' text format. Knows nothing of files.
#include "report/prometheus.h"

#include <array>
#include <cstdio>

#include "base/text.h"

namespace corun {
namespace {

constexpr std::array kStates = {JobState::succeeded, JobState::degraded,  JobState::failed, JobState::timed_out,
                                JobState::rejected,  JobState::cancelled, JobState::skipped};
constexpr std::string_view kLastSuccess = "corun_run_last_success_timestamp_seconds";

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

std::string number_text(double value) {
  std::array<char, 64> text{};
  const int length = std::snprintf(text.data(), text.size(), "%.3f", value);
  std::string digits(text.data(), static_cast<std::size_t>(length));
  while (digits.back() == '0') digits.pop_back();
  if (digits.back() == '.') digits.pop_back();
  return digits;
}

void append_head(std::string& text, std::string_view name, std::string_view help) {
  text.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name).append(" gauge\n");
}

void append_sample(std::string& text, std::string_view name, std::string_view labels, const std::string& value) {
  text.append(name).append("{").append(labels).append("} ").append(value).append("\n");
}

// The value of a sample in `text`; "" if it isn't there.
std::string_view value_in(std::string_view text, const std::string& sample) {
  const std::string start = '\n' + sample + ' ';
  const std::size_t found = text.find(start);
  if (found == std::string_view::npos) return {};
  const std::string_view rest = text.substr(found + start.size());
  const std::string_view value = rest.substr(0, rest.find('\n'));
  return value.find_first_not_of("0123456789.") == std::string_view::npos ? value : std::string_view();
}

}  // namespace

std::string prometheus_quoted(std::string_view value) {
  std::string quoted = "\"";
  while (!value.empty()) {
    const std::size_t length = utf8_length(value);
    const char c = value.front();
    if (length == 0) {
      quoted += "\xEF\xBF\xBD";
    } else if (c == '\n') {
      quoted += "\\n";
    } else {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += value.substr(0, length);
    }
    value.remove_prefix(length == 0 ? 1 : length);
  }
  return quoted + '"';
}

std::string PrometheusReport::label() const { return "graph=" + prometheus_quoted(name_); }

void PrometheusReport::run_start(const RunStart& start) {
  name_ = start.file.name;
  jobs_ = start.jobs;
  ended_.assign(jobs_.size(), false);
  times_ = WallTimes(start.wall_time, start.time);
}

void PrometheusReport::job_state(const JobStateChange& change) {
  if (!is_final(change.result.state)) return;
  if (is_top(change.job)) counts_.add(change.result);
  if (change.job.id < ended_.size()) ended_[change.job.id] = true;
}

void PrometheusReport::run_end(const RunEnd& end) {
  over_ = true;
  exit_code_ = end.exit_code;
  elapsed_ = seconds(end.elapsed);
  end_time_ = seconds(times_.at(end.time).time_since_epoch());
  std::string durations;
  std::string states;
  std::string attempts;
  for (std::size_t id = 0; id < jobs_.size(); ++id) {
    if (!ended_[id]) continue;
    const JobResult& result = end.results[id];
    attempts_ += result.attempts;
    const std::string labels = label() + ",job=" + prometheus_quoted(jobs_[id]->name);
    append_sample(durations, "corun_job_duration_seconds", labels, number_text(seconds(run_time(result))));
    append_sample(attempts, "corun_job_attempts", labels, std::to_string(result.attempts));
    append_sample(states, "corun_job_state", labels + ",state=\"" + to_string(result.state) + '"', "1");
  }
  if (durations.empty()) return;
  append_head(job_lines_, "corun_job_duration_seconds", "How long the job took, pauses between attempts included.");
  job_lines_ += durations;
  append_head(job_lines_, "corun_job_attempts", "Attempts that the job needed.");
  job_lines_ += attempts;
  append_head(job_lines_, "corun_job_state", "1 for the state that the job ended in.");
  job_lines_ += states;
}

std::string PrometheusReport::text(std::string_view earlier) const {
  if (!over_) return {};
  std::string text;
  const auto add = [&](std::string_view name, std::string_view help, const std::string& value) {
    append_head(text, name, help);
    append_sample(text, name, label(), value);
  };
  add("corun_run_last_timestamp_seconds", "When the last run ended.", number_text(end_time_));
  const std::string last_success =
      exit_code_ == 0 ? number_text(end_time_) : std::string(value_in(earlier, std::string(kLastSuccess) + '{' + label() + '}'));
  if (!last_success.empty()) add(kLastSuccess, "When the last run that succeeded ended.", last_success);
  add("corun_run_success", "Whether the last run succeeded.", exit_code_ == 0 ? "1" : "0");
  add("corun_run_exit_code", "Exit code of the last run.", std::to_string(exit_code_));
  add("corun_run_duration_seconds", "How long the last run took.", number_text(elapsed_));
  add("corun_run_attempts", "Attempts of all jobs of the last run.", std::to_string(attempts_));
  append_head(text, "corun_run_jobs", "Jobs of the last run by the state they ended in.");
  for (const JobState state : kStates) {
    append_sample(text, "corun_run_jobs", label() + ",state=\"" + to_string(state) + '"', std::to_string(counts_.of(state)));
  }
  append_sample(text, "corun_run_jobs", label() + ",state=\"allowed\"", std::to_string(counts_.allowed()));
  return text + job_lines_;
}

}  // namespace corun
