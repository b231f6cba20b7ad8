// Results as exit codes.
#include "cli/exit_code.h"

#include "catch.h"
#include "small_file.h"

using namespace corun;

namespace {

JobResult ended(JobState state, FailureKind kind = FailureKind::none, bool allowed = false) {
  JobResult result;
  result.state = state;
  result.outcome.kind = kind;
  result.failure_allowed = allowed;
  return result;
}

const JobResult kOk = ended(JobState::succeeded);
const JobResult kFailed = ended(JobState::failed, FailureKind::exit_code);
const JobResult kRejected = ended(JobState::rejected, FailureKind::breaker_open);
const JobResult kSkipped = ended(JobState::skipped);
const JobResult kCancelled = ended(JobState::cancelled, FailureKind::cancelled);

int code_of(const std::vector<JobResult>& results, CancelReason stopped = CancelReason::none, int signal = 0) {
  JobFile file;
  for (std::uint32_t i = 0; i < results.size(); ++i) add_job(file.top, i, "j" + std::to_string(i));
  return exit_code(file, results, {}, stopped, signal);
}

}  // namespace

TEST_CASE("Success: also degraded, allowed to fail, or skipped by a condition") {
  CHECK(code_of({}) == 0);
  CHECK(code_of({kOk, ended(JobState::degraded, FailureKind::http_status)}) == 0);
  CHECK(code_of({kOk, ended(JobState::failed, FailureKind::exit_code, true)}) == 0);
  CHECK(code_of({kOk, kSkipped}) == 0);
}

TEST_CASE("A failure of any kind") {
  CHECK(code_of({kOk, kFailed}) == 1);
  CHECK(code_of({ended(JobState::timed_out, FailureKind::attempt_timeout)}) == 1);
  CHECK(code_of({ended(JobState::rejected, FailureKind::limit_full)}) == 1);
  CHECK(code_of({kFailed, kSkipped, kCancelled}, CancelReason::fail_fast) == 1);
  CHECK(code_of({kCancelled}) == 1);
}

TEST_CASE("Open breakers as the only cause") {
  CHECK(code_of({kRejected}) == 69);
  CHECK(code_of({kOk, kRejected, kRejected, kSkipped}) == 69);
  CHECK(code_of({kRejected, kFailed}) == 1);
  CHECK(code_of({kRejected, ended(JobState::rejected, FailureKind::limit_full)}) == 1);
  CHECK(code_of({ended(JobState::rejected, FailureKind::breaker_open, true)}) == 0);
}

TEST_CASE("Open breakers inside a group") {
  JobFile file;
  add_job(file.top, 0, "g").action = gather_of(1, "g", {"a", "b"});
  const JobResult group = ended(JobState::failed, FailureKind::group);
  CHECK(exit_code(file, {group, kRejected, kCancelled}, {}, CancelReason::none, 0) == 69);
  CHECK(exit_code(file, {group, kRejected, kFailed}, {}, CancelReason::none, 0) == 1);
  CHECK(exit_code(file, {kOk, kRejected, kOk}, {}, CancelReason::none, 0) == 0);
}

TEST_CASE("Internal trouble is told apart") { CHECK(code_of({kFailed, ended(JobState::failed, FailureKind::internal)}) == 70); }

TEST_CASE("The run's own timeout, and signals above all") {
  CHECK(code_of({ended(JobState::cancelled, FailureKind::cancelled)}, CancelReason::run_timeout) == 124);
  CHECK(code_of({kOk, kSkipped}, CancelReason::run_timeout) == 0);  // all ended by themselves at the last moment
  CHECK(code_of({kCancelled}, CancelReason::interrupted, 2) == 130);
  CHECK(code_of({kOk}, CancelReason::terminated, 15) == 143);
}

TEST_CASE("What was left out doesn't count") {
  JobFile file;
  add_job(file.top, 0, "a");
  add_job(file.top, 1, "b");
  CHECK(exit_code(file, {kOk, JobResult()}, {false, true}, CancelReason::none, 0) == 0);
  CHECK(exit_code(file, {kOk, kFailed}, {false, true}, CancelReason::none, 0) == 0);
}

TEST_CASE("Open breakers inside a graph: what its `on_failure` comes to is no cause") {
  JobFile file;
  auto graph = std::make_unique<GraphSpec>();
  graph->file = std::make_unique<JobFile>();
  add_job(graph->file->top, 1, "s/a");
  add_job(graph->file->on_failure, 2, "s/on_failure/tell");
  add_job(graph->file->finally, 3, "s/finally/tidy");
  add_job(file.top, 0, "s").action = std::move(graph);
  const JobResult group = ended(JobState::failed, FailureKind::group);
  CHECK(exit_code(file, {group, kRejected, kFailed, kOk}, {}, CancelReason::none, 0) == 69);
  CHECK(exit_code(file, {group, kRejected, kFailed, kFailed}, {}, CancelReason::none, 0) == 1);
  CHECK(exit_code(file, {group, kFailed, kOk, kOk}, {}, CancelReason::none, 0) == 1);
}
