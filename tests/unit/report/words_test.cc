// How states and times are put into words.
#include "report/words.h"

#include "catch.h"

using namespace corun;

TEST_CASE("A wall time is written in UTC with milliseconds") {
  CHECK(format_wall_time(WallTime(1767225600s)) == "2026-01-01T00:00:00.000Z");
  CHECK(format_wall_time(WallTime(1767225600s) + 3412ms) == "2026-01-01T00:00:03.412Z");
  CHECK(format_wall_time(WallTime(-1ms)) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("A reason is one line without control bytes") {
  Outcome outcome;
  CHECK(reason_of(outcome).empty());
  outcome.kind = FailureKind::http_status;
  outcome.http_status = 503;
  CHECK(reason_of(outcome) == "HTTP 503");
  outcome.message = "bad\x1b[2J\nanswer";
  CHECK(reason_of(outcome) == "bad\\x1b[2J answer");
}

TEST_CASE("A reason without a message comes from the kind") {
  Outcome outcome;
  outcome.kind = FailureKind::exit_code;
  outcome.exit_code = 3;
  CHECK(reason_of(outcome) == "exit code 3");
  outcome.kind = FailureKind::signal;
  outcome.signal = 9;
  CHECK(reason_of(outcome) == "ended by signal 9");
  outcome.kind = FailureKind::cancelled;
  outcome.cancel_reason = CancelReason::lost_race;
  CHECK(reason_of(outcome) == "lost race");
  outcome.kind = FailureKind::total_timeout;
  CHECK(reason_of(outcome) == "total timeout");
}

TEST_CASE("Attempts are spoken of only where there can be several") {
  Job job;
  CHECK(attempt_words(job, 1).empty());
  auto policies = std::make_shared<Policies>();
  policies->retry.attempts = 5;
  job.policies = policies;
  CHECK(attempt_words(job, 0).empty());
  CHECK(attempt_words(job, 1) == "attempt 1 of 5");
  CHECK(attempt_words(job, 3) == "attempt 3 of 5");
  SECTION("each round of repeat has all of them") {
    job.flow = std::make_unique<JobFlow>();
    RepeatSpec& repeat = job.flow->repeat.emplace();
    CHECK(attempt_words(job, 3) == "attempt 3");
    repeat.attempts = 20;
    CHECK(attempt_words(job, 7) == "attempt 7 of 100");
  }
}

TEST_CASE("A failure counts unless it is allowed") {
  JobResult result;
  result.state = JobState::succeeded;
  CHECK_FALSE(is_failure(result));
  for (const JobState state : {JobState::failed, JobState::timed_out, JobState::rejected}) {
    result.state = state;
    result.failure_allowed = false;
    CHECK(is_failure(result));
    result.failure_allowed = true;
    CHECK_FALSE(is_failure(result));
  }
  result.failure_allowed = false;
  result.state = JobState::skipped;
  CHECK_FALSE(is_failure(result));
  result.state = JobState::cancelled;
  CHECK_FALSE(is_failure(result));
}
