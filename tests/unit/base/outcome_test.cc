// Outcomes, states, results and descriptors.
#include "base/outcome.h"

#include <fcntl.h>
#include <unistd.h>

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "base/result.h"
#include "base/unique_fd.h"
#include "catch.h"

using namespace corun;

namespace {

JobState state_after(FailureKind kind) {
  Outcome outcome;
  outcome.kind = kind;
  return state_of(outcome);
}

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

}  // namespace

TEST_CASE("an outcome's kind decides the final state") {
  CHECK(state_after(FailureKind::none) == JobState::succeeded);
  for (const FailureKind kind : {FailureKind::attempt_timeout, FailureKind::connect_timeout, FailureKind::idle_timeout,
                                 FailureKind::queue_timeout, FailureKind::total_timeout, FailureKind::run_timeout}) {
    CHECK(state_after(kind) == JobState::timed_out);
  }
  CHECK(state_after(FailureKind::breaker_open) == JobState::rejected);
  CHECK(state_after(FailureKind::limit_full) == JobState::rejected);
  CHECK(state_after(FailureKind::cancelled) == JobState::cancelled);
  for (const FailureKind kind : {FailureKind::exit_code, FailureKind::signal, FailureKind::http_status, FailureKind::expectation,
                                 FailureKind::command_not_found, FailureKind::refused, FailureKind::save, FailureKind::checksum,
                                 FailureKind::group, FailureKind::internal}) {
    CHECK(state_after(kind) == JobState::failed);
  }
}

TEST_CASE("which states are final, and which of them count as success") {
  for (const JobState state : {JobState::pending, JobState::ready, JobState::running, JobState::retrying}) {
    CHECK_FALSE(is_final(state));
    CHECK_FALSE(is_success(state));
  }
  for (const JobState state : {JobState::succeeded, JobState::degraded}) {
    CHECK(is_final(state));
    CHECK(is_success(state));
  }
  for (const JobState state :
       {JobState::failed, JobState::timed_out, JobState::skipped, JobState::cancelled, JobState::rejected}) {
    CHECK(is_final(state));
    CHECK_FALSE(is_success(state));
  }
}

TEST_CASE("every state, kind and reason has a name of its own") {
  std::set<std::string> states;
  for (int i = 0; i <= static_cast<int>(JobState::rejected); ++i) states.insert(to_string(static_cast<JobState>(i)));
  CHECK(states.size() == 11);
  CHECK(states.count("timed_out") == 1);
  std::set<std::string> kinds;
  for (int i = 0; i <= static_cast<int>(FailureKind::internal); ++i) kinds.insert(to_string(static_cast<FailureKind>(i)));
  CHECK(kinds.size() == static_cast<std::size_t>(FailureKind::internal) + 1);
  CHECK(kinds.count("unknown") == 0);
  std::set<std::string> reasons;
  for (int i = 0; i <= static_cast<int>(CancelReason::fail_fast); ++i) reasons.insert(to_string(static_cast<CancelReason>(i)));
  CHECK(reasons.size() == static_cast<std::size_t>(CancelReason::fail_fast) + 1);
  CHECK(reasons.count("lost race") == 1);
}

TEST_CASE("a result is a value or an error") {
  Result<std::unique_ptr<int>> value(std::make_unique<int>(7));
  REQUIRE(value);
  CHECK(**value == 7);
  CHECK(*value->get() == 7);
  const Result<std::unique_ptr<int>> error(Error{"no such thing"});
  REQUIRE_FALSE(error);
  CHECK(error.error().message == "no such thing");
}

TEST_CASE("a descriptor has one owner that closes it") {
  int raw = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  REQUIRE(raw >= 0);
  {
    UniqueFd first(raw);
    UniqueFd second(std::move(first));
    CHECK_FALSE(static_cast<bool>(first));  // NOLINT(bugprone-use-after-move): that is what is tested
    CHECK(second.get() == raw);
    CHECK(is_open(raw));
    UniqueFd third;
    third = std::move(second);
    CHECK(is_open(raw));
  }
  CHECK_FALSE(is_open(raw));
  raw = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  UniqueFd released(raw);
  CHECK(released.release() == raw);
  released.reset();
  CHECK(is_open(raw));
  UniqueFd closing(raw);
  closing.reset();
  CHECK_FALSE(is_open(raw));
}
