// Makes JUnit XML of a run. Knows nothing of files.
#include "report/junit.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/text.h"
#include "report/output_tail.h"
#include "report/plain_text.h"
#include "report/timeline_failures.h"
#include "report/words.h"
#include "report/xml_text.h"

namespace corun {
namespace {

enum class Verdict : std::uint8_t { passed, failed, error, skipped };

struct Judged {
  Verdict verdict = Verdict::passed;
  std::string message;
};

// A graph: the file that was run, or one that a job of it has run.
struct Suite {
  std::string name;
  std::string file;
  Duration elapsed{};
  WallTime started{};
  std::vector<std::size_t> jobs;
};

using Jobs = std::vector<TimelineJob>;

// The job answered, and the answer was wrong; else something has kept it from answering.
bool is_answer(FailureKind kind) {
  switch (kind) {
    case FailureKind::exit_code:
    case FailureKind::signal:
    case FailureKind::http_status:
    case FailureKind::expectation:
    case FailureKind::sql_error:
    case FailureKind::checksum:
    case FailureKind::refused:
    case FailureKind::group: return true;
    default: return false;
  }
}

Judged judge(const Jobs& jobs, const TimelineJob& job) {
  const std::string reason = job.reason.empty() ? std::string(count_word(job.state)) : job.reason;
  if (is_success(job.state)) return {};
  if (!ended_badly(job)) return {Verdict::skipped, reason};
  if (const char* why = pardon(jobs, job)) return {Verdict::skipped, reason + " (" + why + ")"};
  return {is_answer(job.kind) ? Verdict::failed : Verdict::error, reason};
}

std::string seconds(Duration duration) {
  std::array<char, 48> text{};
  const double count = std::max(0.0, std::chrono::duration<double>(duration).count());
  const int length = std::snprintf(text.data(), text.size(), "%.3f", count);
  return {text.data(), static_cast<std::size_t>(length)};
}

void attribute(std::string& out, std::string_view name, std::string_view value) {
  out.append(" ").append(name).append("=") += xml_attribute(value);
}

void element(std::string& out, std::string_view name, std::string_view text) {
  out.append("<").append(name).append(">") += xml_text(text);
  out.append("</").append(name).append(">\n");
}

std::string output_of(const TimelineJob& job) {
  if (job.output_before == 0) return job.output;
  return "[" + std::to_string(job.output_before) + " bytes come before]\n" + std::string(from_character(job.output));
}

void append_verdict(std::string& out, const TimelineJob& job, const Judged& judged) {
  if (judged.verdict == Verdict::passed) return;
  const std::string name = judged.verdict == Verdict::failed ? "failure" : judged.verdict == Verdict::error ? "error" : "skipped";
  out += "      <" + name;
  if (judged.verdict != Verdict::skipped) attribute(out, "type", to_string(job.kind));
  attribute(out, "message", judged.message);
  std::string body = judged.message;
  if (judged.verdict != Verdict::skipped && !job.output.empty()) {
    body += "\n" + last_lines(without_sequences(from_character(job.output)), job.output_before == 0);
  }
  out += ">" + xml_text(body) + "</" + name + ">\n";
}

// Attempts that failed, of a job that then passed.
void append_flaky(std::string& out, const TimelineJob& job) {
  if (!is_success(job.state)) return;
  for (const TimelineAttempt& attempt : job.attempts) {
    if (attempt.kind == FailureKind::none || attempt.lost) continue;
    const std::string reason = attempt.reason.empty() ? to_string(attempt.kind) : attempt.reason;
    out += "      <flakyFailure";
    attribute(out, "message", reason);
    attribute(out, "type", to_string(attempt.kind));
    out += ">\n        ";
    element(out, "stackTrace", "attempt " + std::to_string(attempt.number) + ": " + reason);
    if (!attempt.output.empty()) element(out += "        ", "system-out", from_character(attempt.output));
    out += "      </flakyFailure>\n";
  }
}

class Document {
 public:
  explicit Document(const RunTimeline& timeline) : timeline_(timeline) {
    suites_.push_back(Suite{timeline.name, timeline.file, timeline.elapsed, timeline.started, {}});
    for (std::size_t i = 0; i < timeline.jobs.size(); ++i) suites_[suite_of(i)].jobs.push_back(i);
  }

  std::string text() {
    std::string body;
    for (const Suite& suite : suites_) append_suite(body, suite);
    std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites";
    attribute(out, "name", timeline_.name);
    append_counts(out, all_);
    attribute(out, "time", seconds(timeline_.elapsed));
    return out + ">\n" + body + "</testsuites>\n";
  }

 private:
  struct Counts {
    std::size_t tests = 0;
    std::size_t failures = 0;
    std::size_t errors = 0;
    std::size_t skipped = 0;
  };

  static void append_counts(std::string& out, const Counts& counts) {
    attribute(out, "tests", std::to_string(counts.tests));
    attribute(out, "failures", std::to_string(counts.failures));
    attribute(out, "errors", std::to_string(counts.errors));
  }

  // By place in suites_: that of the job around, unless this one is written in another file.
  std::size_t suite_of(std::size_t index) {
    if (const auto known = of_job_.find(index); known != of_job_.end()) return known->second;
    const TimelineJob& job = timeline_.jobs[index];
    const TimelineJob* around = parent_of(timeline_.jobs, job);
    std::size_t suite = 0;
    if (around != nullptr) {
      const auto outer = static_cast<std::size_t>(job.parent);
      suite = suite_of(outer);
      const bool other_file = !job.file.empty() && !around->file.empty() && job.file != around->file;
      if (other_file) suite = graph_of(outer, job.file);
    }
    of_job_[index] = suite;
    return suite;
  }

  std::size_t graph_of(std::size_t job, const std::string& file) {
    const auto [known, is_new] = of_graph_.try_emplace(job, suites_.size());
    if (is_new) {
      const TimelineJob& graph = timeline_.jobs[job];
      const Duration elapsed = graph.ended - graph.started;
      suites_.push_back(Suite{timeline_.name + "/" + graph.name, file, elapsed, timeline_.started + graph.started, {}});
    }
    return known->second;
  }

  static std::string unique(const std::string& name, std::unordered_set<std::string>& names) {
    const std::string plain = without_sequences(name);
    std::string shown = plain;
    for (int i = 2; !names.insert(xml_text(shown)).second; ++i) shown = plain + " (" + std::to_string(i) + ")";
    return shown;
  }

  void append_suite(std::string& out, const Suite& suite) {
    Counts counts;
    std::string cases;
    std::unordered_set<std::string> names;
    for (const std::size_t index : suite.jobs) {
      const TimelineJob& job = timeline_.jobs[index];
      const Judged judged = judge(timeline_.jobs, job);
      ++counts.tests;
      if (judged.verdict == Verdict::failed) ++counts.failures;
      if (judged.verdict == Verdict::error) ++counts.errors;
      if (judged.verdict == Verdict::skipped) ++counts.skipped;
      append_case(cases, suite, job, unique(job.name, names), judged);
    }
    all_.tests += counts.tests;
    all_.failures += counts.failures;
    all_.errors += counts.errors;
    out += "  <testsuite";
    attribute(out, "name", suite.name);
    append_counts(out, counts);
    attribute(out, "skipped", std::to_string(counts.skipped));
    attribute(out, "time", seconds(suite.elapsed));
    attribute(out, "timestamp", format_wall_time(suite.started).substr(0, 19));  // in UTC; readers want neither zone nor fraction
    if (!suite.file.empty()) attribute(out, "file", suite.file);
    out += ">\n";
    const bool is_outermost = &suite == suites_.data();
    if (is_outermost) append_properties(out);
    out += cases;
    if (is_outermost && !timeline_.events.empty()) {
      std::string events;
      for (const TimelineEvent& event : timeline_.events) events += "+" + seconds(event.at) + "s " + event.text + "\n";
      element(out += "    ", "system-err", events);
    }
    out += "  </testsuite>\n";
  }

  void append_properties(std::string& out) const {
    out += "    <properties>\n";
    const auto property = [&out](std::string_view name, std::string_view value) {
      out += "      <property";
      attribute(out, "name", name);
      attribute(out, "value", value);
      out += "/>\n";
    };
    property("run", timeline_.id);
    property("verdict", timeline_.verdict.empty() ? "not ended" : timeline_.verdict);
    if (timeline_.exit_code >= 0) property("exit_code", std::to_string(timeline_.exit_code));
    if (!timeline_.resume.empty()) property("resume", timeline_.resume);
    out += "    </properties>\n";
  }

  static void append_case(std::string& out, const Suite& suite, const TimelineJob& job, const std::string& name,
                          const Judged& judged) {
    out += "    <testcase";
    attribute(out, "classname", suite.name);
    attribute(out, "name", name);
    if (!job.file.empty()) attribute(out, "file", job.file);
    if (job.line > 0) attribute(out, "line", std::to_string(job.line));
    attribute(out, "time", seconds(job.ended - job.started));
    std::string inside;
    append_verdict(inside, job, judged);
    append_flaky(inside, job);
    if (!job.output.empty()) element(inside += "      ", "system-out", output_of(job));
    out += inside.empty() ? "/>\n" : ">\n" + inside + "    </testcase>\n";
  }

  const RunTimeline& timeline_;
  std::vector<Suite> suites_;                              // the outermost first
  std::unordered_map<std::size_t, std::size_t> of_job_;    // suites by job
  std::unordered_map<std::size_t, std::size_t> of_graph_;  // suites by the job that runs a file
  Counts all_;
};

}  // namespace

std::string junit_document(const RunTimeline& timeline) { return Document(timeline).text(); }

}  // namespace corun
