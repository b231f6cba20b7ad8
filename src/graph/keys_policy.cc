// The key tables of the policies: retry, stop, limits, breakers. Knows nothing of jobs or of how policies act.
#include <array>

#include "graph/error_codes.h"
#include "graph/load_state.h"
#include "graph/read_values.h"
#include "graph/scalar.h"

namespace corun {
namespace {

constexpr std::array<Choice<BackoffSettings::Kind>, 3> kBackoffKinds{{{"constant", BackoffSettings::Kind::constant},
                                                                      {"linear", BackoffSettings::Kind::linear},
                                                                      {"exponential", BackoffSettings::Kind::exponential}}};

constexpr std::array<Choice<BackoffSettings::Jitter>, 4> kJitters{{{"none", BackoffSettings::Jitter::none},
                                                                   {"full", BackoffSettings::Jitter::full},
                                                                   {"equal", BackoffSettings::Jitter::equal},
                                                                   {"decorrelated", BackoffSettings::Jitter::decorrelated}}};

constexpr std::array<Choice<BreakerSettings::Mode>, 3> kBreakerModes{{{"auto", BreakerSettings::Mode::automatic},
                                                                      {"forced_open", BreakerSettings::Mode::forced_open},
                                                                      {"forced_closed", BreakerSettings::Mode::forced_closed}}};

/// `set` for members of RetrySettings::backoff.
template <auto member, auto read>
void set_backoff(Reader& reader, NodeId node, void* target) {
  set<member, read>(reader, node, &static_cast<RetrySettings*>(target)->backoff);
}

std::optional<int> read_signal(Reader& reader, NodeId node) {
  if (!reader.is_string(node)) {
    reader.wrong_type(node, "a signal's name");
    return std::nullopt;
  }
  if (const auto signal = parse_signal(reader.text(node))) return signal;
  not_a_choice(reader, node, {"TERM", "INT", "HUP", "QUIT", "KILL", "USR1", "USR2"});
  return std::nullopt;
}

void set_rate(Reader& reader, NodeId node, void* target) {
  auto& limit = *static_cast<LimitSettings*>(target);
  if (!reader.is_string(node)) return reader.wrong_type(node, "a rate");
  const auto rate = parse_rate(reader.text(node));
  if (!rate) {
    reader.error(node, code::kBadFormat, quoted(reader.text(node)) + " isn't a rate for " + reader.where(),
                 "such as `50/s`, `100/m` or `10/250ms`");
    return;
  }
  limit.rate_count = rate->count;
  limit.rate_period = rate->period;
}

void set_retry_on(Reader& reader, NodeId node, void* target) {
  if (reader.is_list(node)) return reader.wrong_type(node, "a map", "write it like `on: {status: [429, 5xx]}`");
  set_map<&RetrySettings::on, Scope::retry_on>(reader, node, target);
}

constexpr std::array kRetryKeys{
    Key{.name = "attempts",
        .shapes = kInteger,
        .accepts = "a whole number from 1",
        .default_text = "1",
        .description = "How often the action is tried at most; counts the first try.",
        .example = "attempts: 5",
        .decode = set<&RetrySettings::attempts, read_count>,
        .range = {1, kMostCount}},
    Key{.name = "backoff",
        .shapes = kChoice,
        .accepts = "a kind of backoff",
        .default_text = "exponential",
        .description = "How the pauses between attempts grow.",
        .example = "backoff: linear",
        .decode = set_backoff<&BackoffSettings::kind, read_choice<kBackoffKinds>>,
        .choices = words_of<kBackoffKinds>},
    Key{.name = "delay",
        .shapes = kDuration,
        .accepts = "a duration",
        .default_text = "500ms",
        .description = "The first pause, before jitter.",
        .example = "delay: 200ms",
        .decode = set_backoff<&BackoffSettings::delay, read_duration>},
    Key{.name = "factor",
        .shapes = kNumber,
        .accepts = "a number from 1 to 1000",
        .default_text = "2",
        .description = "By how much each pause is longer than the one before, if exponential.",
        .example = "factor: 1.5",
        .decode = set_backoff<&BackoffSettings::factor, read_number>,
        .range = {1, 1000}},
    Key{.name = "max_delay",
        .shapes = kDuration,
        .accepts = "a duration",
        .default_text = "30s",
        .description = "No pause is longer.",
        .example = "max_delay: 1m",
        .decode = set_backoff<&BackoffSettings::max_delay, read_duration>},
    Key{.name = "jitter",
        .shapes = kChoice,
        .accepts = "a kind of jitter",
        .default_text = "full",
        .description = "How pauses are made random, so that clients don't retry in step.",
        .example = "jitter: equal",
        .decode = set_backoff<&BackoffSettings::jitter, read_choice<kJitters>>,
        .choices = words_of<kJitters>},
    Key{.name = "max_elapsed",
        .shapes = kDuration,
        .accepts = "a duration",
        .description = "No attempt starts later than this after the first.",
        .example = "max_elapsed: 2m",
        .decode = set<&RetrySettings::max_elapsed, read_positive_duration>},
    Key{.name = "max_retry_after",
        .shapes = kDuration,
        .accepts = "a duration",
        .default_text = "5m",
        .description = "A server that asks to wait longer (Retry-After) fails the job at once.",
        .example = "max_retry_after: 1m",
        .decode = set<&RetrySettings::max_retry_after, read_duration>,
        .actions = kHttp},
    Key{.name = "on",
        .shapes = kMap,
        .accepts = "a map",
        .description = "Which failures are tried again, instead of the default rules.",
        .example = "on: {timeout: true}",
        .decode = set_retry_on,
        .fields = Scope::retry_on},
};

constexpr std::array kRetryOnKeys{
    Key{.name = "exit_codes",
        .shapes = kCodes,
        .accepts = "exit codes",
        .description = "Exit codes that are tried again.",
        .example = "exit_codes: [1, 75]",
        .decode = set<&RetryOn::exit_codes, read_codes>,
        .range = kExitCodes,
        .actions = kRun},
    Key{.name = "status",
        .shapes = kCodes,
        .accepts = "status codes",
        .description = "Status codes that are tried again.",
        .example = "status: [429, 5xx]",
        .decode = set<&RetryOn::status, read_codes>,
        .range = kStatusCodes,
        .actions = kHttp},
    Key{.name = "timeout",
        .shapes = kBoolean,
        .accepts = "true or false",
        .description = "Whether timeouts of an attempt are tried again.",
        .example = "timeout: false",
        .decode = set<&RetryOn::timeout, read_boolean>},
    Key{.name = "expect",
        .shapes = kBoolean,
        .accepts = "true or false",
        .description = "Whether unmet expectations are tried again.",
        .example = "expect: true",
        .decode = set<&RetryOn::expect, read_boolean>},
};

constexpr std::array kStopKeys{
    Key{.name = "signal",
        .shapes = kChoice,
        .accepts = "a signal's name",
        .default_text = "TERM",
        .description = "What the process's group is sent first.",
        .example = "signal: INT",
        .decode = set<&StopSettings::signal, read_signal>,
        .choices = "TERM|INT|HUP|QUIT|KILL|USR1|USR2|SIGTERM|SIGINT|SIGHUP|SIGQUIT|SIGKILL|SIGUSR1|SIGUSR2"},
    Key{.name = "grace",
        .shapes = kDuration,
        .accepts = "a duration",
        .default_text = "5s",
        .description = "How long until SIGKILL follows.",
        .example = "grace: 10s",
        .decode = set<&StopSettings::grace, read_duration>},
};

constexpr std::array kLimitKeys{
    Key{.name = "concurrency",
        .shapes = kInteger,
        .accepts = "a whole number from 1",
        .description = "Jobs at once.",
        .example = "concurrency: 8",
        .decode = set<&LimitSettings::concurrency, read_count>,
        .range = {1, kMostCount},
        .alternative = Alternative::at_least_one},
    Key{.name = "max_queue",
        .shapes = kInteger,
        .accepts = "a whole number",
        .description = "Jobs that may wait; more are rejected.",
        .example = "max_queue: 100",
        .decode = set<&LimitSettings::max_queue, read_count>},
    Key{.name = "rate",
        .shapes = kRate,
        .accepts = "a rate",
        .description = "Attempts that may start in a period.",
        .example = "rate: 50/s",
        .decode = set_rate,
        .alternative = Alternative::at_least_one},
    Key{.name = "burst",
        .shapes = kInteger,
        .accepts = "a whole number from 1",
        .default_text = "1",
        .description = "Attempts that may start at once after a pause.",
        .example = "burst: 10",
        .decode = set<&LimitSettings::burst, read_count>,
        .range = {1, kMostCount}},
};

constexpr std::array kBreakerKeys{
    Key{.name = "failure_ratio",
        .shapes = kNumber,
        .accepts = "a number above 0 and at most 1",
        .default_text = "0.5",
        .description = "The share of failures that opens it.",
        .example = "failure_ratio: 0.25",
        .decode = set<&BreakerSettings::failure_ratio, read_number>,
        .range = {1e-9, 1}},
    Key{.name = "min_calls",
        .shapes = kInteger,
        .accepts = "a whole number from 1",
        .default_text = "5",
        .description = "Calls the window must hold before shares count.",
        .example = "min_calls: 10",
        .decode = set<&BreakerSettings::min_calls, read_count>,
        .range = {1, kMostCount}},
    Key{.name = "window",
        .shapes = kInteger,
        .accepts = "a whole number from 1",
        .default_text = "20",
        .description = "The last calls that are looked at.",
        .example = "window: 50",
        .decode = set<&BreakerSettings::window, read_count>,
        .range = {1, kMostCount}},
    Key{.name = "window_age",
        .shapes = kDuration,
        .accepts = "a duration",
        .default_text = "1h",
        .description = "Calls older than this don't count.",
        .example = "window_age: 10m",
        .decode = set<&BreakerSettings::window_age, read_positive_duration>},
    Key{.name = "consecutive",
        .shapes = kInteger,
        .accepts = "a whole number",
        .default_text = "5",
        .description = "Failures in a row that open it; 0: off.",
        .example = "consecutive: 3",
        .decode = set<&BreakerSettings::consecutive, read_count>},
    Key{.name = "slow_ratio",
        .shapes = kNumber,
        .accepts = "a number above 0 and at most 1",
        .description = "The share of slow calls that opens it; needs slow_after.",
        .example = "slow_ratio: 0.5",
        .decode = set<&BreakerSettings::slow_ratio, read_number>,
        .range = {1e-9, 1}},
    Key{.name = "slow_after",
        .shapes = kDuration,
        .accepts = "a duration",
        .description = "A call that takes longer is slow.",
        .example = "slow_after: 4s",
        .decode = set<&BreakerSettings::slow_after, read_positive_duration>},
    Key{.name = "open_for",
        .shapes = kDuration,
        .accepts = "a duration",
        .default_text = "30s",
        .description = "How long it rejects calls before it probes.",
        .example = "open_for: 1m",
        .decode = set<&BreakerSettings::open_for, read_positive_duration>},
    Key{.name = "max_open_for",
        .shapes = kDuration,
        .accepts = "a duration",
        .default_text = "10m",
        .description = "The longest that failed probes make it stay open.",
        .example = "max_open_for: 30m",
        .decode = set<&BreakerSettings::max_open_for, read_positive_duration>},
    Key{.name = "open_factor",
        .shapes = kNumber,
        .accepts = "a number from 1 to 1000",
        .default_text = "2",
        .description = "By how much longer each failed probe makes it stay open.",
        .example = "open_factor: 1.5",
        .decode = set<&BreakerSettings::open_factor, read_number>,
        .range = {1, 1000}},
    Key{.name = "probes",
        .shapes = kInteger,
        .accepts = "a whole number from 1",
        .default_text = "1",
        .description = "Calls let through at once while it probes.",
        .example = "probes: 2",
        .decode = set<&BreakerSettings::probes, read_count>,
        .range = {1, kMostCount}},
    Key{.name = "successes",
        .shapes = kInteger,
        .accepts = "a whole number from 1",
        .default_text = "",
        .description = "Successful probes that close it; else as many as keep `probes` calls below failure_ratio.",
        .example = "successes: 3",
        .decode = set<&BreakerSettings::successes, read_count>,
        .range = {1, kMostCount}},
    Key{.name = "count_expect_failures",
        .shapes = kBoolean,
        .accepts = "true or false",
        .default_text = "false",
        .description = "Whether unmet expectations count as failures.",
        .example = "count_expect_failures: true",
        .decode = set<&BreakerSettings::count_expect_failures, read_boolean>},
    Key{.name = "mode",
        .shapes = kChoice,
        .accepts = "a mode",
        .default_text = "auto",
        .description = "Whether it decides by itself.",
        .example = "mode: forced_open",
        .decode = set<&BreakerSettings::mode, read_choice<kBreakerModes>>,
        .choices = words_of<kBreakerModes>},
};

}  // namespace

std::span<const Key> retry_keys() { return kRetryKeys; }
std::span<const Key> retry_on_keys() { return kRetryOnKeys; }
std::span<const Key> stop_keys() { return kStopKeys; }
std::span<const Key> limit_keys() { return kLimitKeys; }
std::span<const Key> breaker_keys() { return kBreakerKeys; }

}  // namespace corun
