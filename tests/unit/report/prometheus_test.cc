// Metrics of a run: the whole text, labels that need escaping, the last success of an earlier run.
#include "report/prometheus.h"

#include "catch.h"
#include "run_world.h"

using namespace corun;

namespace {

std::string metrics_of_failure(std::string_view earlier) {
  PrometheusReport report;
  RunWorld world(report, {"fetch", "say \"hi\"\\"});
  world.begin();
  world.start("fetch", 0);
  world.start("fetch", 1, 2);
  world.end("fetch", JobState::succeeded, 2.5);
  world.start("say \"hi\"\\", 0);
  world.fail("say \"hi\"\\", 4);
  world.finish(4, 1);
  return report.text(earlier);
}

}  // namespace

TEST_CASE("Metrics of a run that failed") {
  CHECK(metrics_of_failure("") == R"(# HELP corun_run_last_timestamp_seconds When the last run ended.
# TYPE corun_run_last_timestamp_seconds gauge
corun_run_last_timestamp_seconds{graph="jobs"} 1767225604
# HELP corun_run_success Whether the last run succeeded.
# TYPE corun_run_success gauge
corun_run_success{graph="jobs"} 0
# HELP corun_run_exit_code Exit code of the last run.
# TYPE corun_run_exit_code gauge
corun_run_exit_code{graph="jobs"} 1
# HELP corun_run_duration_seconds How long the last run took.
# TYPE corun_run_duration_seconds gauge
corun_run_duration_seconds{graph="jobs"} 4
# HELP corun_run_attempts Attempts of all jobs of the last run.
# TYPE corun_run_attempts gauge
corun_run_attempts{graph="jobs"} 3
# HELP corun_run_jobs Jobs of the last run by the state they ended in.
# TYPE corun_run_jobs gauge
corun_run_jobs{graph="jobs",state="succeeded"} 1
corun_run_jobs{graph="jobs",state="degraded"} 0
corun_run_jobs{graph="jobs",state="failed"} 1
corun_run_jobs{graph="jobs",state="timed_out"} 0
corun_run_jobs{graph="jobs",state="rejected"} 0
corun_run_jobs{graph="jobs",state="cancelled"} 0
corun_run_jobs{graph="jobs",state="skipped"} 0
corun_run_jobs{graph="jobs",state="allowed"} 0
# HELP corun_job_duration_seconds How long the job took, pauses between attempts included.
# TYPE corun_job_duration_seconds gauge
corun_job_duration_seconds{graph="jobs",job="fetch"} 2.5
corun_job_duration_seconds{graph="jobs",job="say \"hi\"\\"} 4
# HELP corun_job_attempts Attempts that the job needed.
# TYPE corun_job_attempts gauge
corun_job_attempts{graph="jobs",job="fetch"} 2
corun_job_attempts{graph="jobs",job="say \"hi\"\\"} 1
# HELP corun_job_state 1 for the state that the job ended in.
# TYPE corun_job_state gauge
corun_job_state{graph="jobs",job="fetch",state="succeeded"} 1
corun_job_state{graph="jobs",job="say \"hi\"\\",state="failed"} 1
)");
}

TEST_CASE("The last success is known from the file that is replaced") {
  const std::string last = "corun_run_last_success_timestamp_seconds{graph=\"jobs\"} 1700000000.5\n";
  CHECK(metrics_of_failure("# TYPE x gauge\n" + last).find("\n" + last) != std::string::npos);
  CHECK(
      metrics_of_failure("# TYPE x gauge\ncorun_run_last_success_timestamp_seconds{graph=\"other\"} 17\n").find("last_success") ==
      std::string::npos);
  CHECK(metrics_of_failure("\ncorun_run_last_success_timestamp_seconds{graph=\"jobs\"} rubbish\n").find("last_success") ==
        std::string::npos);
  PrometheusReport report;
  RunWorld world(report, {"a"});
  CHECK(report.text(last).empty());
  world.begin();
  world.start("a", 0);
  world.end("a", JobState::succeeded, 1);
  world.finish(1, 0);
  CHECK(report.text(last).find("\ncorun_run_last_success_timestamp_seconds{graph=\"jobs\"} 1767225601\n") != std::string::npos);
}

TEST_CASE("Labels") {
  CHECK(prometheus_quoted("a\"b\\c\nd") == R"("a\"b\\c\nd")");
  CHECK(prometheus_quoted("grün") == "\"grün\"");
  CHECK(prometheus_quoted("\xFF!") == "\"\xEF\xBF\xBD!\"");
}
