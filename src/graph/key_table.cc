// Every scope's table in one place. Knows no single key.
#include "graph/key_table.h"

#include <algorithm>
#include <array>
#include <vector>

#include "graph/http_reader.h"
#include "graph/load_state.h"
#include "graph/reader.h"

namespace corun {
namespace {

void read_default_sql(Reader& reader, NodeId node, void* target) { reader.read_map(node, Scope::default_sql, target); }

// What jobs and defaults have in common, and the parts of actions that defaults may hold.
std::vector<Key> make_defaults_keys() {
  std::vector<Key> table;
  for (const Key& key : job_keys()) {
    if (key.in_defaults) table.push_back(key);
  }
  table.push_back({.name = "http",
                   .shapes = kMap,
                   .accepts = "a map",
                   .description = "Parts of every HTTP request.",
                   .example = "http: {headers: {User-Agent: nightly}}",
                   .decode = decode_default_http,
                   .fields = Scope::default_http,
                   .actions = kHttp,
                   .for_fallback = true});
  table.push_back({.name = "sql",
                   .shapes = kMap,
                   .accepts = "a map",
                   .description = "Parts of every SQL statement.",
                   .example = "sql: {dsn: \"postgresql://db.example.com/shop\"}",
                   .decode = read_default_sql,
                   .fields = Scope::default_sql,
                   .actions = kSql,
                   .for_fallback = true});
  return table;
}

struct ScopeName {
  Scope scope;
  std::string_view name;
};

constexpr std::array kScopeNames{
    ScopeName{Scope::file, "file"},
    ScopeName{Scope::job, "job"},
    ScopeName{Scope::defaults, "defaults"},
    ScopeName{Scope::default_http, "default_http"},
    ScopeName{Scope::default_sql, "default_sql"},
    ScopeName{Scope::http, "http"},
    ScopeName{Scope::redirects, "redirects"},
    ScopeName{Scope::tls, "tls"},
    ScopeName{Scope::auth, "auth"},
    ScopeName{Scope::credentials, "credentials"},
    ScopeName{Scope::aws_sigv4, "aws_sigv4"},
    ScopeName{Scope::part, "part"},
    ScopeName{Scope::network, "network"},
    ScopeName{Scope::sql, "sql"},
    ScopeName{Scope::save, "save"},
    ScopeName{Scope::ssh, "ssh"},
    ScopeName{Scope::gather, "gather"},
    ScopeName{Scope::graph, "graph"},
    ScopeName{Scope::join, "join"},
    ScopeName{Scope::fallback, "fallback"},
    ScopeName{Scope::retry, "retry"},
    ScopeName{Scope::retry_on, "retry_on"},
    ScopeName{Scope::hedge, "hedge"},
    ScopeName{Scope::cache, "cache"},
    ScopeName{Scope::expect, "expect"},
    ScopeName{Scope::expect_pattern, "expect_pattern"},
    ScopeName{Scope::output_rule, "output_rule"},
    ScopeName{Scope::matrix, "matrix"},
    ScopeName{Scope::foreach, "foreach"},
    ScopeName{Scope::foreach_gather, "foreach_gather"},
    ScopeName{Scope::repeat, "repeat"},
    ScopeName{Scope::callback, "callback"},
    ScopeName{Scope::secret, "secret"},
    ScopeName{Scope::concurrency, "concurrency"},
    ScopeName{Scope::ping, "ping"},
    ScopeName{Scope::stop, "stop"},
    ScopeName{Scope::output, "output"},
    ScopeName{Scope::limit, "limit"},
    ScopeName{Scope::breaker, "breaker"},
};
static_assert(kScopeNames.size() == static_cast<std::size_t>(Scope::breaker) + 1, "every scope, once");

// A gather without its members.
std::vector<Key> make_policy_keys() {
  std::vector<Key> table;
  for (const Key& key : gather_keys()) {
    if (key.name != "jobs") table.push_back(key);
  }
  return table;
}

std::vector<Key> make_job_keys() {
  std::vector<Key> table(job_keys().begin(), job_keys().end());
  const auto join = std::find_if(table.begin(), table.end(), [](const Key& key) { return key.name == "join"; });
  table.insert(join + 1, flow_keys().begin(), flow_keys().end());
  return table;
}

// A fallback's actions but the value, and how long one may take.
std::vector<Key> make_callback_keys() {
  std::vector<Key> table;
  for (const Key& key : fallback_keys()) {
    if (key.name != "output") table.push_back(key);
  }
  table.push_back(callback_timeout_key());
  return table;
}

}  // namespace

std::span<const Scope> scopes() {
  static const std::vector<Scope> all = [] {
    std::vector<Scope> list;
    for (const ScopeName& row : kScopeNames) list.push_back(row.scope);
    return list;
  }();
  return all;
}

std::string_view scope_name(Scope scope) {
  const auto row = std::find_if(kScopeNames.begin(), kScopeNames.end(), [&](const ScopeName& it) { return it.scope == scope; });
  return row == kScopeNames.end() ? std::string_view() : row->name;
}

std::span<const Key> keys(Scope scope) {
  switch (scope) {
    case Scope::file: return file_keys();
    case Scope::secret: return secret_keys();
    case Scope::concurrency: return concurrency_keys();
    case Scope::ping: return ping_keys();
    case Scope::job: {
      static const std::vector<Key> table = make_job_keys();
      return table;
    }
    case Scope::defaults: {
      static const std::vector<Key> table = make_defaults_keys();
      return table;
    }
    case Scope::default_http: return default_http_keys();
    case Scope::http: return http_keys();
    case Scope::redirects: return redirects_keys();
    case Scope::tls: return tls_keys();
    case Scope::auth: return auth_keys();
    case Scope::credentials: return credentials_keys();
    case Scope::aws_sigv4: return aws_sigv4_keys();
    case Scope::part: return part_keys();
    case Scope::network: return network_keys();
    case Scope::sql: return sql_keys();
    case Scope::default_sql: return default_sql_keys();
    case Scope::save: return save_keys();
    case Scope::ssh: return ssh_keys();
    case Scope::gather: return gather_keys();
    case Scope::graph: return graph_keys();
    case Scope::join: return join_keys();
    case Scope::fallback: return fallback_keys();
    case Scope::retry: return retry_keys();
    case Scope::retry_on: return retry_on_keys();
    case Scope::hedge: return hedge_keys();
    case Scope::cache: return cache_keys();
    case Scope::expect: return expect_keys();
    case Scope::expect_pattern: return expect_pattern_keys();
    case Scope::output_rule: return output_rule_keys();
    case Scope::matrix: return matrix_keys();
    case Scope::foreach: return foreach_keys();
    case Scope::foreach_gather: {
      static const std::vector<Key> table = make_policy_keys();
      return table;
    }
    case Scope::repeat: return repeat_keys();
    case Scope::callback: {
      static const std::vector<Key> table = make_callback_keys();
      return table;
    }
    case Scope::stop: return stop_keys();
    case Scope::output: return output_keys();
    case Scope::limit: return limit_keys();
    case Scope::breaker: break;
  }
  return breaker_keys();
}

}  // namespace corun
