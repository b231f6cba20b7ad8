// Every scope's table in one place. Knows no single key.
#include "graph/key_table.h"

#include <vector>

#include "graph/load_state.h"
#include "graph/reader.h"

namespace corun {
namespace {

void read_default_http(Reader& reader, NodeId node, void* target) { reader.read_map(node, Scope::default_http, target); }

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
                   .decode = read_default_http,
                   .fields = Scope::default_http,
                   .actions = kHttp,
                   .for_fallback = true});
  return table;
}

}  // namespace

std::span<const Key> keys(Scope scope) {
  switch (scope) {
    case Scope::file: return file_keys();
    case Scope::job: return job_keys();
    case Scope::defaults: {
      static const std::vector<Key> table = make_defaults_keys();
      return table;
    }
    case Scope::default_http: return default_http_keys();
    case Scope::http: return http_keys();
    case Scope::redirects: return redirects_keys();
    case Scope::tls: return tls_keys();
    case Scope::gather: return gather_keys();
    case Scope::join: return join_keys();
    case Scope::fallback: return fallback_keys();
    case Scope::retry: return retry_keys();
    case Scope::retry_on: return retry_on_keys();
    case Scope::expect: return expect_keys();
    case Scope::stop: return stop_keys();
    case Scope::output: return output_keys();
    case Scope::limit: return limit_keys();
    case Scope::breaker: break;
  }
  return breaker_keys();
}

}  // namespace corun
