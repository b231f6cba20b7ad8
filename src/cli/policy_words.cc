// A job's policies in words. Knows nothing of how they act.
#include "cli/policy_words.h"

#include <string.h>  // sigabbrev_np

#include <array>
#include <charconv>
#include <utility>

#include "base/duration.h"
#include "graph/diagnostic.h"
#include "graph/idempotency.h"
#include "policy/hedge.h"

namespace corun {
namespace {

std::string retry_words(const RetrySettings& retry) {
  const BackoffSettings& backoff = retry.backoff;
  std::string words = std::to_string(retry.attempts) + " attempts, " + std::string(to_word(backoff.kind)) + " backoff " +
                      format_duration(backoff.delay);
  if (grows_unusually(backoff)) words += " times " + factor_word(backoff.factor);
  if (backoff.kind != BackoffSettings::Kind::constant) words += " to " + format_duration(backoff.max_delay);
  words +=
      backoff.jitter == BackoffSettings::Jitter::none ? ", no jitter" : ", " + std::string(to_word(backoff.jitter)) + " jitter";
  if (retry.max_elapsed) words += ", at most " + format_duration(*retry.max_elapsed);
  if (retry.max_retry_after != RetrySettings().max_retry_after) {
    words += ", Retry-After up to " + format_duration(retry.max_retry_after);
  }
  if (retry.on.exit_codes) words += ", on exit code " + range_words(*retry.on.exit_codes);
  if (retry.on.status) words += ", on status " + range_words(*retry.on.status);
  if (retry.on.timeout) words += *retry.on.timeout ? ", on timeouts" : ", not on timeouts";
  if (retry.on.expect) words += *retry.on.expect ? ", on unmet expectations" : ", not on unmet expectations";
  if (retry.idempotent) words += *retry.idempotent ? ", idempotent" : ", not idempotent";
  return words;
}

// What is known of p95: "812ms, of 143 earlier times", or why it is off.
std::string usual_words(const Job& job, const UsualTimes& usual) {
  if (!usual.has_state) return "off: there is no state with earlier times";
  const auto known = usual.by_job.find(job.written().name);
  const UsualTime time = known == usual.by_job.end() ? UsualTime() : known->second;
  const std::string times = std::to_string(time.known) + (time.known == 1 ? " earlier time" : " earlier times");
  if (time.p95) return format_elapsed(*time.p95) + ", of " + times;
  return "off: " + times + (time.known == 1 ? " is" : " are") + " known, " + std::to_string(kLeastTimes) + " are needed";
}

// `known`: of p95.
std::string hedge_words(const HedgeSettings& hedge, const std::string& known = "") {
  std::string words = "hedge after " + (hedge.after ? format_duration(*hedge.after) : "p95") + known;
  if (hedge.max > 1) words += ", up to " + std::to_string(hedge.max) + " more attempts";
  return words;
}

std::string cache_words(const CacheSpec& cache) {
  std::string words = "cached";
  if (cache.ttl) words += " for " + format_duration(*cache.ttl);
  if (cache.key) words += " by key " + quoted(cache.key->text);
  for (std::size_t i = 0; i < cache.inputs.size(); ++i) words += (i == 0 ? " with " : ", ") + quoted(cache.inputs[i].text);
  if (cache.stale_if_error) words += ", stale for " + format_duration(*cache.stale_if_error) + " more if it fails";
  if (cache.negative_ttl) words += ", failures for " + format_duration(*cache.negative_ttl);
  return words;
}

}  // namespace

std::string_view to_word(GatherPolicy policy) {
  switch (policy) {
    case GatherPolicy::all: return "all";
    case GatherPolicy::settled: return "settled";
    case GatherPolicy::any: return "any";
    case GatherPolicy::race: return "race";
    case GatherPolicy::quorum: return "quorum";
  }
  return {};
}

std::string_view to_word(BackoffSettings::Kind kind) {
  switch (kind) {
    case BackoffSettings::Kind::constant: return "constant";
    case BackoffSettings::Kind::linear: return "linear";
    case BackoffSettings::Kind::exponential: return "exponential";
  }
  return {};
}

std::string_view to_word(BackoffSettings::Jitter jitter) {
  switch (jitter) {
    case BackoffSettings::Jitter::none: return "none";
    case BackoffSettings::Jitter::full: return "full";
    case BackoffSettings::Jitter::equal: return "equal";
    case BackoffSettings::Jitter::decorrelated: return "decorrelated";
  }
  return {};
}

std::string_view to_word(Join join) {
  switch (join) {
    case Join::all: return "all";
    case Join::any: return "any";
    case Join::quorum: return "quorum";
  }
  return {};
}

std::string_view to_word(EdgeCondition condition) {
  switch (condition) {
    case EdgeCondition::succeeded: return "succeeded";
    case EdgeCondition::failed: return "failed";
    case EdgeCondition::done: return "done";
  }
  return {};
}

std::string_view to_word(SaveSpec::IfExists if_exists) {
  switch (if_exists) {
    case SaveSpec::IfExists::fail: return "fail";
    case SaveSpec::IfExists::skip: return "skip";
    case SaveSpec::IfExists::replace: return "replace";
  }
  return "";
}

std::string_view to_word(Concurrency::OnConflict on_conflict) {
  switch (on_conflict) {
    case Concurrency::OnConflict::allow: return "allow";
    case Concurrency::OnConflict::skip: return "skip";
    case Concurrency::OnConflict::wait: return "wait";
    case Concurrency::OnConflict::replace: return "replace";
  }
  return "";
}

std::string_view to_word(Pattern::Kind kind) {
  switch (kind) {
    case Pattern::Kind::equals: return "equals";
    case Pattern::Kind::contains: return "contains";
    case Pattern::Kind::regex: return "regex";
  }
  return {};
}

std::string_view to_word(HttpSpec::Version version) {
  switch (version) {
    case HttpSpec::Version::automatic: return "auto";
    case HttpSpec::Version::http_1_1: return "1.1";
    case HttpSpec::Version::http_2: return "2";
  }
  return {};
}

std::string_view to_word(HttpAuth::Kind kind) {
  switch (kind) {
    case HttpAuth::Kind::none: return "none";
    case HttpAuth::Kind::basic: return "basic";
    case HttpAuth::Kind::digest: return "digest";
    case HttpAuth::Kind::bearer: return "bearer";
    case HttpAuth::Kind::aws_sigv4: return "aws_sigv4";
    case HttpAuth::Kind::netrc: return "netrc";
  }
  return {};
}

std::string signal_word(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name != nullptr ? name : std::to_string(signal);
}

std::string factor_word(double factor) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), factor).ptr;
  return {digits.data(), end};
}

bool grows_unusually(const BackoffSettings& backoff) {
  return backoff.kind == BackoffSettings::Kind::exponential && backoff.factor != BackoffSettings().factor;
}

std::string range_words(const std::vector<CodeRange>& ranges) {
  std::string words;
  for (const CodeRange& range : ranges) {
    if (!words.empty()) words += ", ";
    words += std::to_string(range.first);
    if (range.last != range.first) words += "-" + std::to_string(range.last);
  }
  return words;
}

namespace {

// `hedge`: its words; "": there is none.
std::vector<std::string> words_of(const Policies& policies, const JobFile& file, std::string hedge) {
  std::vector<std::string> words;
  const auto say_duration = [&](std::string_view name, const std::optional<Duration>& duration) {
    if (duration) words.push_back(std::string(name) + " " + format_duration(*duration));
  };
  say_duration("timeout", policies.timeout);
  say_duration("total timeout", policies.total_timeout);
  say_duration("queue timeout", policies.queue_timeout);
  say_duration("idle timeout", policies.idle_timeout);
  say_duration("connect timeout", policies.connect_timeout);
  if (policies.retry.attempts > 1) words.push_back(retry_words(policies.retry));
  if (!hedge.empty()) words.push_back(std::move(hedge));
  if (policies.cache) words.push_back(cache_words(*policies.cache));
  if (policies.breaker) words.push_back("breaker " + quoted(file.breakers[*policies.breaker].name));
  for (const std::uint32_t limit : policies.limits) words.push_back("limit " + quoted(file.limits[limit].name));
  if (!policies.expect.status.empty()) words.push_back("expects status " + range_words(policies.expect.status));
  if (!policies.expect.exit_codes.empty()) words.push_back("expects exit code " + range_words(policies.expect.exit_codes));
  say_duration("expects to take at most", policies.expect.max_time);
  if (policies.expect.json) words.push_back("expects " + policies.expect.json->text);
  for (const Pattern& pattern : policies.expect.headers) {
    words.push_back("expects header " + quoted(pattern.name) + ' ' + std::string(to_word(pattern.kind)) + ' ' +
                    quoted(pattern.text.text));
  }
  for (const Pattern& pattern : policies.expect.body) {
    words.push_back("expects body " + std::string(to_word(pattern.kind)) + ' ' + quoted(pattern.text.text));
  }
  const StopSettings normal;
  if (policies.stop.signal != normal.signal || policies.stop.grace != normal.grace) {
    words.push_back("stopped by " + signal_word(policies.stop.signal) + " with grace " + format_duration(policies.stop.grace));
  }
  return words;
}

}  // namespace

std::vector<std::string> policy_words(const Policies& policies, const JobFile& file) {
  return words_of(policies, file, policies.hedge ? hedge_words(*policies.hedge) : "");
}

std::vector<std::string> policy_words(const Job& job, const JobFile& file, const UsualTimes* usual) {
  const HedgeSettings* hedge = hedge_of(job);
  const bool of_history = hedge != nullptr && !hedge->after && usual != nullptr;
  const std::string known = of_history ? " (" + usual_words(job, *usual) + ")" : "";
  std::vector<std::string> words = words_of(*job.policies, file, hedge != nullptr ? hedge_words(*hedge, known) : "");
  if (job.continue_on_error) words.emplace_back("may fail");
  return words;
}

}  // namespace corun
