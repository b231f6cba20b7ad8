// The words of CI services, playbooks, schedulers, curl and the like. Knows nothing of the file that is read.
#include "graph/other_names.h"

#include <algorithm>
#include <array>
#include <span>

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
    Words{" tasks targets stages steps pipeline ", "jobs"},
    Words{" variables inputs params parameters arguments ", "vars"},
    Words{" environment ", "env"},
    Words{" env_file env_files ", "dotenv"},
    Words{" default default_args ", "defaults"},
};

constexpr std::array kJobWords{
    Words{" depends depends_on dependencies requires require upstream after ", "needs"},
    Words{" command commands cmd script exec bash bash_command shell_command ", "run"},
    Words{" when condition only_if ", "if"},
    Words{" loop for_each with_items ", "foreach"},
    Words{" max_retries tries ", "retry"},
    Words{" deadline time_limit execution_timeout timeout-minutes ", "timeout"},
    Words{" cwd chdir dir directory workdir working-directory ", "working_dir"},
    Words{" environment ", "env"},
    Words{" env_file env_files ", "dotenv"},
    Words{" ignore_errors ignore_failure allow_failure continue-on-error ", "continue_on_error"},
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
    Advice{" runs-on image container ", "jobs run on this machine, as they are"},
    Advice{" strategy ", "`matrix` is a key of the job itself"},
    Advice{" parallel ", "jobs that don't need each other run at once"},
    Advice{" concurrency pool max_parallel throttle ", "write `limit: x`, and at the top `limits: {x: {concurrency: 2}}`"},
    Advice{" trigger_rule ", "write `needs: {job: done}` or `failed`"},
    Advice{" name ", "the key above is the job's name; `description` says more"},
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
    Words{" count times tries max max_tries max_retries retries ", "attempts"},
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

OtherName other_name(Scope scope, std::string_view name) {
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
  if (scope == Scope::job) {
    if (const std::string_view around = key_around(name); !around.empty()) {
      return {{}, "it belongs into the map of `" + std::string(around) + '`'};
    }
    if (is_key(Scope::file, name)) return {{}, "it is a key of the file, at the top"};
  }
  return {};
}

}  // namespace corun
