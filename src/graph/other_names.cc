// The words of CI services, playbooks, schedulers, curl and the like. Knows nothing of the file that is read.
#include "graph/other_names.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace corun {
namespace {

// Several words, with a space around each, for one key.
struct Words {
  std::string_view words;
  std::string_view key;
};

// A word for what no key means.
struct Advice {
  std::string_view words;
  std::string_view label;
};

constexpr std::array kFileWords{
    Words{" tasks targets recipes stages steps pipeline services ", "jobs"},
    Words{" variables inputs params parameters arguments ", "vars"},
    Words{" environment ", "env"},
    Words{" env_file env_files ", "dotenv"},
    Words{" default default_args ", "defaults"},
};

constexpr std::array kJobWords{
    Words{" depends depends_on dependencies dependency deps requires require upstream after wait_for ", "needs"},
    Words{" command commands cmd cmds script exec sh bash bash_command shell_command entrypoint ", "run"},
    Words{" when condition only_if unless rules preconditions ", "if"},
    Words{" loop for for_each each with_items with_list ", "foreach"},
    Words{" max_retries max_attempts retry_count tries ", "retry"},
    Words{" deadline time_limit execution_timeout ", "timeout"},
    Words{" cwd chdir dir directory workdir working_directory ", "working_dir"},
    Words{" environment ", "env"},
    Words{" env_file env_files ", "dotenv"},
    Words{" ignore_errors ignore_failure allow_failure ", "continue_on_error"},
    Words{" on_error rescue ", "on_failure"},
    Words{" always ensure cleanup after_script ", "finally"},
    Words{" register returns ", "outputs"},
    Words{" circuit_breaker ", "breaker"},
    Words{" memoize memo caching ", "cache"},
    Words{" curl request uri ", "http"},
    Words{" psql postgres postgresql ", "sql"},
    Words{" pause ", "sleep"},
    Words{" input ", "stdin"},
};

constexpr std::array kJobAdvice{
    Advice{" steps ", "a job is one action: `run: |` with the lines of a script, or several jobs that need each other"},
    Advice{" uses include import template workflow ", "another file is run by `graph: {file: …}`"},
    Advice{" with args ", "values go into the script by `${{ … }}`, or by `env`"},
    Advice{" runs_on image container services ", "jobs run on this machine, as they are"},
    Advice{" strategy ", "`matrix` is a key of the job itself"},
    Advice{" parallel ", "jobs that don't need each other run at once"},
    Advice{" concurrency pool max_parallel throttle ", "write `limit: x`, and at the top `limits: {x: {concurrency: 2}}`"},
    Advice{" trigger_rule ", "write `needs: {job: done}` or `failed`"},
    Advice{" retry_delay retry_interval retry_backoff retry_wait ", "write `retry: {attempts: 3, delay: 1s}`"},
    Advice{" stage ", "order is said by `needs`"},
    Advice{" before_script ", "write it into `run`, or as a job that this one needs"},
    Advice{" sources generates ", "`cache: {inputs: [globs]}` leaves a job out while its inputs are what they were"},
    Advice{" silent ", "`corun -q` shows failures only"},
    Advice{" extends ", "YAML itself has it: `<<: *name`, for what `&name` marks"},
    Advice{" restart ", "write `retry`, or `repeat: {until: …}`"},
    Advice{" type executor_type action ", "the action is a key itself: `run`, `http`, `sql`, …"},
    Advice{" name id ", "the key above is the job's name; `description` says more"},
};

constexpr std::array kFileAdvice{
    Advice{" on schedule cron triggers ", "corun runs when it is started, such as by cron"},
    Advice{" include includes import imports ", "a job runs another file by `graph: {file: …}`"},
};

constexpr std::array kHttpWords{
    Words{" data payload content ", "body"},
    Words{" params parameters ", "query"},
    Words{" verb type ", "method"},
    Words{" address endpoint ", "url"},
    Words{" output dest output_file out ", "save"},
    Words{" files ", "multipart"},
    Words{" follow redirects allow_redirects follow_location ", "follow_redirects"},
};

constexpr std::array kHttpAdvice{
    Advice{" get post put patch delete head GET POST PUT PATCH DELETE HEAD ", "write `method: POST, url: …`"},
    Advice{" user username password token bearer authorization ", "write `auth: {bearer: …}` or `auth: {basic: …}`"},
    Advice{" verify insecure verify_ssl validate_certs cacert ", "write `tls: {verify: false}` or `tls: {ca: …}`"},
};

constexpr std::array kRetryWords{
    Words{" count limit times tries max max_tries max_retries retries ", "attempts"},
    Words{" interval wait pause initial_delay ", "delay"},
    Words{" multiplier ", "factor"},
    Words{" max_interval max_wait ", "max_delay"},
    Words{" when ", "on"},
};
constexpr std::array kRepeatWords{
    Words{" count times tries max retries max_attempts ", "attempts"},
    Words{" interval delay wait pause ", "every"},
};
constexpr std::array kForeachWords{
    Words{" in list of over values ", "items"},
    Words{" var name loop_var ", "as"},
    Words{" parallel concurrency max_parallel workers limit ", "max_concurrent"},
};
constexpr std::array kCacheWords{
    Words{" max_age expires expire expires_in lifetime duration ", "ttl"},
    Words{" paths files sources deps watch ", "inputs"},
    Words{" stale_while_error max_stale ", "stale_if_error"},
};
constexpr std::array kExpectWords{
    Words{" code codes status_code statuses ", "status"},
    Words{" rc ", "exit_codes"},
};
constexpr std::array kSqlWords{
    Words{" url uri connection database db ", "dsn"},
    Words{" sql statement text command ", "query"},
    Words{" args arguments parameters values ", "params"},
};
constexpr std::array kGraphWords{
    Words{" path uses name ", "file"},
    Words{" with inputs params variables ", "vars"},
};
constexpr std::array kGatherWords{
    Words{" tasks steps members ", "jobs"},
    Words{" mode strategy ", "policy"},
};
constexpr std::array kLimitWords{
    Words{" max workers slots parallel max_concurrent ", "concurrency"},
    Words{" rps qps ", "rate"},
};
constexpr std::array kConcurrencyWords{
    Words{" name lock key ", "group"},
    Words{" mode policy overlap cancel_in_progress ", "on_conflict"},
};
constexpr std::array kBreakerWords{
    Words{" failures max_failures threshold failure_threshold ", "consecutive"},
    Words{" timeout cooldown reset_timeout recovery_timeout ", "open_for"},
};
constexpr std::array kAuthWords{Words{" token ", "bearer"}};
constexpr std::array kSecretWords{Words{" name from variable environment ", "env"}, Words{" path ", "file"}};

struct ScopeWords {
  Scope scope;
  std::span<const Words> words;
  std::span<const Advice> advice{};
};

const std::array kAll{
    ScopeWords{Scope::file, kFileWords, kFileAdvice},
    ScopeWords{Scope::job, kJobWords, kJobAdvice},
    ScopeWords{Scope::defaults, kJobWords},
    ScopeWords{Scope::http, kHttpWords, kHttpAdvice},
    ScopeWords{Scope::default_http, kHttpWords},
    ScopeWords{Scope::retry, kRetryWords},
    ScopeWords{Scope::repeat, kRepeatWords},
    ScopeWords{Scope::foreach, kForeachWords},
    ScopeWords{Scope::expect, kExpectWords},
    ScopeWords{Scope::sql, kSqlWords},
    ScopeWords{Scope::default_sql, kSqlWords},
    ScopeWords{Scope::graph, kGraphWords},
    ScopeWords{Scope::gather, kGatherWords},
    ScopeWords{Scope::limit, kLimitWords},
    ScopeWords{Scope::breaker, kBreakerWords},
    ScopeWords{Scope::auth, kAuthWords},
    ScopeWords{Scope::secret, kSecretWords},
    ScopeWords{Scope::concurrency, kConcurrencyWords},
    ScopeWords{Scope::cache, kCacheWords},
};

bool holds(std::string_view words, std::string_view name) {
  return name.find(' ') == std::string_view::npos && words.find(' ' + std::string(name) + ' ') != std::string_view::npos;
}

bool is_key(Scope scope, std::string_view name) {
  const std::span<const Key> table = keys(scope);
  return std::any_of(table.begin(), table.end(), [&](const Key& key) { return key.name == name; });
}

// `dependsOn` and `depends-on` as `depends_on`; what is in capitals stays as it is.
std::string snake_case(std::string_view name) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const bool capitals = std::none_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  std::string out;
  for (const char c : name) {
    if (c == '-') {
      out += '_';
    } else if (is_upper(c) && !capitals) {
      if (!out.empty() && out.back() != '_') out += '_';
      out += static_cast<char>(c - 'A' + 'a');
    } else {
      out += c;
    }
  }
  return out;
}

// Where a key of a job is missed beside `jobs`.
std::string of_all_jobs(std::string_view name) {
  if (is_key(Scope::defaults, name)) return "for all jobs it is written as `defaults: {" + std::string(name) + ": …}`";
  if (is_key(Scope::job, name)) return "it is a key of a job, below its name in `jobs`";
  return {};
}

// The key of a job whose map has the key `name`: "`retry`" for attempts; "": none.
std::string_view key_around(std::string_view name) {
  for (const std::string_view around : {"http", "retry", "foreach", "repeat", "sql"}) {
    for (const Key& key : keys(Scope::job)) {
      if (key.name == around && key.fields && is_key(*key.fields, name)) return around;
    }
  }
  return {};
}

// Maps of a job with keys of their own, beside which the job's keys may be missed.
bool is_of_job(Scope scope) {
  constexpr std::array kScopes{Scope::http,    Scope::sql,    Scope::gather, Scope::graph,  Scope::retry,
                               Scope::foreach, Scope::repeat, Scope::expect, Scope::output, Scope::save};
  return std::find(kScopes.begin(), kScopes.end(), scope) != kScopes.end();
}

}  // namespace

std::string_view unit_of_name(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kUnits{{{"_ms", "ms"},
                                                                                  {"_millis", "ms"},
                                                                                  {"_milliseconds", "ms"},
                                                                                  {"_s", "s"},
                                                                                  {"_sec", "s"},
                                                                                  {"_secs", "s"},
                                                                                  {"_seconds", "s"},

                                                                                  {"_m", "m"},
                                                                                  {"_min", "m"},
                                                                                  {"_mins", "m"},
                                                                                  {"_minutes", "m"},
                                                                                  {"_h", "h"},
                                                                                  {"_hours", "h"}}};
  const std::string written = snake_case(name);
  for (const auto& [end, unit] : kUnits) {
    if (written.ends_with(end)) return unit;
  }
  return {};
}

OtherName other_name(Scope scope, std::string_view written) {
  const std::string spelling = snake_case(written);
  const std::string_view name = spelling;
  for (const Key& key : keys(scope)) {
    if (key.name == name) return {key.name, "did you mean `" + spelling + "`?"};
  }
  for (const ScopeWords& each : kAll) {
    if (each.scope != scope) continue;
    for (const Words& row : each.words) {
      if (holds(row.words, name) && is_key(scope, row.key)) return {row.key, "did you mean `" + std::string(row.key) + "`?"};
    }
    for (const Advice& row : each.advice) {
      if (holds(row.words, name)) return {{}, std::string(row.label)};
    }
  }
  if (is_of_job(scope) && is_key(Scope::job, name)) return {{}, "it is a key of the job itself"};
  if (scope == Scope::file) return {{}, of_all_jobs(name)};
  if (scope == Scope::defaults && is_key(Scope::job, name)) return {{}, "each job says it for itself"};
  if (scope == Scope::job) {
    if (const std::string_view around = key_around(name); !around.empty()) {
      return {{}, "it belongs into the map of `" + std::string(around) + '`'};
    }
    if (is_key(Scope::file, name)) return {{}, "it is a key of the file, at the top"};
  }
  return {};
}

}  // namespace corun
