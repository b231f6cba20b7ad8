// What is retried, and after which pause.
#include "policy/retry.h"

#include <algorithm>
#include <optional>
#include <string>

#include "catch.h"
#include "policy/breaker.h"
#include "policy/rate.h"
#include "support.h"

using namespace corun;
using namespace corun::test;

namespace {

RetrySettings plain_settings(std::uint32_t attempts, Duration delay) {
  RetrySettings settings;
  settings.attempts = attempts;
  settings.backoff.kind = BackoffSettings::Kind::constant;
  settings.backoff.jitter = BackoffSettings::Jitter::none;
  settings.backoff.delay = delay;
  return settings;
}

bool process_retried(const Outcome& outcome, const RetrySettings& settings = {}) {
  return is_retryable(outcome, settings, "", false);
}

bool get_retried(const Outcome& outcome, const RetrySettings& settings = {}) {
  return is_retryable(outcome, settings, "GET", false);
}

RetryDecision decide(const RetrySettings& settings, const Outcome& outcome, Duration elapsed = 0s,
                     std::optional<Duration> time_left = std::nullopt) {
  ScriptedRandom random;
  Backoff backoff(settings.backoff, random);
  RetryQuestion question{settings, outcome};
  question.elapsed = elapsed;
  question.time_left = time_left;
  return decide_retry(question, backoff);
}

}  // namespace

TEST_CASE("vector 15: a pause that reaches the limit stops the retrying", "[vector]") {
  const Outcome outcome = exit_code(1);
  CHECK(decide(plain_settings(3, 100us), outcome, 999ms, 1ms).retry);
  CHECK_FALSE(decide(plain_settings(3, 1ms), outcome, 1s, 0s).retry);
  CHECK_FALSE(decide(plain_settings(3, 1ms), outcome, 999ms, 1ms).retry);  // exactly at the limit

  RetrySettings settings = plain_settings(3, 100us);
  settings.max_elapsed = 1s;
  CHECK(decide(settings, outcome, 999ms).retry);
  CHECK_FALSE(decide(settings, outcome, 999'900us).retry);
  settings.backoff.delay = 1ms;
  const RetryDecision stopped = decide(settings, outcome, 1s);
  CHECK_FALSE(stopped.retry);
  CHECK(stopped.delay == 0s);
  CHECK(stopped.reason == "the next pause of 1ms is longer than what is left of max_elapsed 0s");
}

TEST_CASE("vector 21: retry 3 around a breaker tripping after 1 is 3 attempts and 1 call", "[vector]") {
  const RetrySettings settings = plain_settings(3, 100ms);
  BreakerSettings breaker_settings;
  breaker_settings.consecutive = 1;
  ScriptedRandom random;
  Breaker breaker(breaker_settings, random);
  Backoff backoff(settings.backoff, random);
  std::uint32_t attempts = 0;
  int calls = 0;
  TimePoint now = at(0s);
  RetryDecision decision;
  do {
    ++attempts;
    Outcome outcome = exit_code(1);
    const Breaker::Decision admission = breaker.try_acquire(now);
    if (admission.allowed) {
      ++calls;
      breaker.record(admission.permit, now, classify_for_breaker(outcome, false), 0s);
    } else {
      outcome = outcome_of(FailureKind::breaker_open);
      outcome.retry_after = admission.retry_after;
    }
    RetryQuestion question{settings, outcome};
    question.attempt = attempts;
    question.elapsed = now - at(0s);
    decision = decide_retry(question, backoff);
    now += decision.delay;
  } while (decision.retry);
  CHECK(attempts == 3);
  CHECK(calls == 1);
  CHECK(now == at(200ms));
}

TEST_CASE("vector 21: retry 7 around a rate of 3/s is 7 attempts and 3 calls at once", "[vector]") {
  const RetrySettings settings = plain_settings(7, 0s);
  ScriptedRandom random;
  Rate rate(3, 1s, 3);
  Backoff backoff(settings.backoff, random);
  std::uint32_t attempts = 0;
  int calls = 0;
  RetryDecision decision;
  do {
    ++attempts;
    Outcome outcome = exit_code(1);
    if (rate.try_acquire(at(0s)).allowed) {
      ++calls;
    } else {
      outcome = outcome_of(FailureKind::limit_full);
    }
    RetryQuestion question{settings, outcome};
    question.attempt = attempts;
    decision = decide_retry(question, backoff);
  } while (decision.retry);
  CHECK(attempts == 7);
  CHECK(calls == 3);
}

TEST_CASE("processes: any exit code and signal is retried but 126 and 127") {
  CHECK(process_retried(exit_code(1)));
  CHECK(process_retried(exit_code(255)));
  CHECK_FALSE(process_retried(exit_code(126)));
  CHECK_FALSE(process_retried(exit_code(127)));
  CHECK_FALSE(process_retried(outcome_of(FailureKind::command_not_found)));
  CHECK_FALSE(process_retried(outcome_of(FailureKind::not_executable)));
  CHECK(process_retried(outcome_of(FailureKind::spawn)));
  Outcome killed = outcome_of(FailureKind::signal);
  killed.signal = 9;
  CHECK(process_retried(killed));
}

TEST_CASE("on.exit_codes says exactly which; 127 only by itself") {
  RetrySettings settings;
  settings.on.exit_codes = std::vector<CodeRange>{{3, 3}, {100, 140}};
  CHECK(process_retried(exit_code(3), settings));
  CHECK(process_retried(exit_code(125), settings));
  CHECK_FALSE(process_retried(exit_code(127), settings));
  CHECK_FALSE(process_retried(exit_code(1), settings));
  Outcome killed = outcome_of(FailureKind::signal);
  killed.signal = 9;  // 137
  CHECK(process_retried(killed, settings));
  killed.signal = 15;  // 143
  CHECK_FALSE(process_retried(killed, settings));
  settings.on.exit_codes = std::vector<CodeRange>{{127, 127}};
  CHECK(process_retried(exit_code(127), settings));
  CHECK_FALSE(process_retried(outcome_of(FailureKind::command_not_found), settings));
}

TEST_CASE("HTTP statuses that are retried, and none else") {
  for (const int status : {408, 425, 429, 500, 502, 503, 504}) CHECK(get_retried(http_status(status)));
  for (const int status : {301, 400, 401, 403, 404, 409, 410, 422, 501, 505, 511}) CHECK_FALSE(get_retried(http_status(status)));
}

TEST_CASE("on.status says exactly which; 501 only by itself") {
  RetrySettings settings;
  settings.on.status = std::vector<CodeRange>{{404, 404}, {500, 599}};
  CHECK(get_retried(http_status(404), settings));
  CHECK(get_retried(http_status(599), settings));
  CHECK_FALSE(get_retried(http_status(429), settings));
  CHECK_FALSE(get_retried(http_status(501), settings));
  settings.on.status = std::vector<CodeRange>{{501, 501}};
  CHECK(get_retried(http_status(501), settings));
}

TEST_CASE("transport errors and timeouts of an attempt are retried; what can't get better isn't") {
  for (const FailureKind kind :
       {FailureKind::resolve, FailureKind::connect, FailureKind::tls_handshake, FailureKind::transfer, FailureKind::checksum,
        FailureKind::attempt_timeout, FailureKind::connect_timeout, FailureKind::idle_timeout, FailureKind::queue_timeout,
        FailureKind::breaker_open, FailureKind::limit_full}) {
    INFO(to_string(kind));
    CHECK(get_retried(outcome_of(kind)));
  }
  RetrySettings everything;
  everything.on.timeout = true;
  everything.on.expect = true;
  everything.idempotent = true;
  for (const FailureKind kind : {FailureKind::none, FailureKind::tls_trust, FailureKind::invalid_request, FailureKind::cancelled,
                                 FailureKind::total_timeout, FailureKind::run_timeout, FailureKind::body_too_large,
                                 FailureKind::too_many_redirects, FailureKind::internal, FailureKind::command_not_found,
                                 FailureKind::not_executable, FailureKind::refused, FailureKind::save}) {
    INFO(to_string(kind));
    CHECK_FALSE(get_retried(outcome_of(kind), everything));
  }
}

TEST_CASE("SQL is sent again only where it had no effect, and the trouble passes") {
  const auto error = [](std::string_view sqlstate) {
    Outcome outcome = outcome_of(FailureKind::sql_error);
    std::copy(sqlstate.begin(), sqlstate.end(), outcome.sqlstate.begin());
    outcome.unsent = true;
    return outcome;
  };
  for (const char* passing : {"40001", "40P01", "57P01", "57P02", "57P03", "53300", "08006"}) {
    INFO(passing);
    CHECK(is_retryable(error(passing), {}, "SQL", false));
  }
  RetrySettings idempotent;
  idempotent.idempotent = true;
  for (const char* lasting : {"23505", "42601", "57014", "53100", "28P01", "3D000", "08P01"}) {
    INFO(lasting);
    CHECK_FALSE(is_retryable(error(lasting), idempotent, "SQL", false));
  }
  for (const FailureKind kind : {FailureKind::transfer, FailureKind::attempt_timeout}) {
    Outcome lost = outcome_of(kind);
    CHECK_FALSE(is_retryable(lost, {}, "SQL", false));
    CHECK(is_retryable(lost, idempotent, "SQL", false));
    lost.unsent = true;
    CHECK(is_retryable(lost, {}, "SQL", false));
  }
  CHECK_FALSE(is_retryable(outcome_of(FailureKind::result_too_large), idempotent, "SQL", false));
}

TEST_CASE("on.timeout and on.expect switch their kinds") {
  RetrySettings settings;
  CHECK_FALSE(process_retried(outcome_of(FailureKind::expectation)));
  settings.on.expect = true;
  CHECK(process_retried(outcome_of(FailureKind::expectation), settings));
  settings.on.timeout = false;
  CHECK_FALSE(process_retried(outcome_of(FailureKind::attempt_timeout), settings));
  CHECK(process_retried(exit_code(1), settings));
}

TEST_CASE("methods that may not be sent twice need a reason") {
  const Outcome failed = http_status(503);
  Outcome unsent = outcome_of(FailureKind::connect);
  unsent.unsent = true;
  for (const char* method : {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"}) CHECK(is_retryable(failed, {}, method, false));
  RetrySettings idempotent;
  idempotent.idempotent = true;
  for (const char* method : {"POST", "PATCH", "LOCK", "get"}) {
    CHECK_FALSE(is_retryable(failed, {}, method, false));
    CHECK_FALSE(is_retryable(outcome_of(FailureKind::attempt_timeout), {}, method, false));
    CHECK(is_retryable(unsent, {}, method, false));
    CHECK(is_retryable(failed, {}, method, true));
    CHECK(is_retryable(failed, idempotent, method, false));
    CHECK(is_retryable(outcome_of(FailureKind::breaker_open), {}, method, false));
    CHECK(is_retryable(outcome_of(FailureKind::limit_full), {}, method, false));
  }
  RetrySettings once;
  once.idempotent = false;
  CHECK_FALSE(is_retryable(failed, once, "GET", false));
  CHECK_FALSE(is_retryable(failed, once, "GET", true));
  CHECK(is_retryable(unsent, once, "GET", false));
}

TEST_CASE("attempts count the first try, and without retry there is nothing to say") {
  ScriptedRandom random;
  const RetrySettings settings = plain_settings(3, 1s);
  const Outcome outcome = exit_code(1);
  Backoff backoff(settings.backoff, random);
  RetryQuestion question{settings, outcome};
  question.attempt = 2;
  CHECK(decide_retry(question, backoff).retry);
  question.attempt = 3;
  const RetryDecision last = decide_retry(question, backoff);
  CHECK_FALSE(last.retry);
  CHECK(last.reason == "all 3 attempts are used up");
  CHECK(decide(plain_settings(1, 1s), outcome).reason.empty());
  CHECK_FALSE(decide(settings, Outcome()).retry);
}

TEST_CASE("why there is no retry") {
  const RetrySettings settings = plain_settings(3, 1s);
  CHECK(decide(settings, exit_code(127)).reason == "a failure of this kind isn't retried");
  ScriptedRandom random;
  Backoff backoff(settings.backoff, random);
  const Outcome outcome = http_status(503);
  RetryQuestion question{settings, outcome};
  question.http_method = "POST";
  CHECK(decide_retry(question, backoff).reason == "the request may have been sent and isn't known to be idempotent");
  question.http_method = "GET";
  RetryBudget budget;
  question.budget = &budget;
  CHECK(decide_retry(question, backoff).retry);
  for (int i = 0; i < 5; ++i) budget.record_failure();
  const RetryDecision spent = decide_retry(question, backoff);
  CHECK_FALSE(spent.retry);
  CHECK(spent.reason == "the retry budget is used up");
}

TEST_CASE("Retry-After is a lower bound of the pause, on 429 and 503") {
  Outcome outcome = http_status(429);
  outcome.retry_after = 7s;
  CHECK(decide(plain_settings(3, 1s), outcome).delay == 7s);
  CHECK(decide(plain_settings(3, 10s), outcome).delay == 10s);
  outcome.http_status = 500;
  CHECK(decide(plain_settings(3, 1s), outcome).delay == 1s);
  outcome.http_status = 503;
  outcome.retry_after = -5s;
  CHECK(decide(plain_settings(3, 1s), outcome).delay == 1s);
}

TEST_CASE("jitter never takes from Retry-After and adds at most a tenth") {
  for (const auto jitter :
       {BackoffSettings::Jitter::full, BackoffSettings::Jitter::equal, BackoffSettings::Jitter::decorrelated}) {
    for (const double r : {0.0, 0.1, 0.5, kAlmostOne}) {
      RetrySettings settings = plain_settings(3, 5s);
      settings.backoff.jitter = jitter;
      ScriptedRandom random({}, r);
      Backoff backoff(settings.backoff, random);
      Outcome outcome = http_status(503);
      outcome.retry_after = 20s;
      const RetryQuestion question{settings, outcome};
      const RetryDecision decision = decide_retry(question, backoff);
      CHECK(decision.retry);
      CHECK(decision.delay >= 20s);
      CHECK(decision.delay <= 22s);
      if (r == kAlmostOne) CHECK(decision.delay > 20s);
    }
  }
}

TEST_CASE("a Retry-After that is too long fails now and says so") {
  RetrySettings settings = plain_settings(3, 1s);
  Outcome outcome = http_status(429);
  outcome.retry_after = 2h;
  const RetryDecision too_long = decide(settings, outcome);
  CHECK_FALSE(too_long.retry);
  CHECK(too_long.reason == "Retry-After of 2h is longer than max_retry_after 5m");
  outcome.retry_after = 5min;
  CHECK(decide(settings, outcome).retry);
  outcome.retry_after = 1min;
  const RetryDecision no_time = decide(settings, outcome, 0s, 30s + 7ns);
  CHECK_FALSE(no_time.retry);
  CHECK(no_time.reason == "Retry-After of 1m is longer than the time left 30s");
  settings.max_elapsed = 20s;
  CHECK(decide(settings, outcome, 5s, 30s).reason == "Retry-After of 1m is longer than what is left of max_elapsed 15s");
  outcome.retry_after = Duration::max();
  CHECK_FALSE(decide(settings, outcome).retry);
}

TEST_CASE("an open breaker is retried by plain backoff unless it stays open too long") {
  Outcome outcome = outcome_of(FailureKind::breaker_open);
  outcome.retry_after = 1h;
  const RetryDecision waits = decide(plain_settings(3, 1s), outcome);
  CHECK(waits.retry);
  CHECK(waits.delay == 1s);
  const RetryDecision hopeless = decide(plain_settings(3, 1s), outcome, 0s, 10s);
  CHECK_FALSE(hopeless.retry);
  CHECK(hopeless.reason == "the breaker's retry-after of 1h is longer than the time left 10s");
  outcome.retry_after = 5s;
  CHECK(decide(plain_settings(3, 1s), outcome, 0s, 10s).retry);
  outcome.retry_after.reset();
  CHECK(decide(plain_settings(3, 1s), outcome, 0s, 10s).retry);
}

TEST_CASE("a program is run again unless it isn't idempotent and has begun") {
  RetrySettings settings;
  CHECK(is_retryable(failure(FailureKind::exit_code, "exit code 1", 1), settings, {}, false));
  settings.idempotent = false;
  CHECK_FALSE(is_retryable(failure(FailureKind::exit_code, "exit code 1", 1), settings, {}, false));
  CHECK_FALSE(is_retryable(failure(FailureKind::attempt_timeout, "timed out"), settings, {}, false));
  CHECK(is_retryable(failure(FailureKind::spawn, "no memory"), settings, {}, false));
  CHECK(is_retryable(failure(FailureKind::limit_full, "full"), settings, {}, false));
}
