// Keys of one request that contradict each other. Knows nothing of what they mean one by one.
#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "graph/error_codes.h"
#include "graph/http_defaults.h"
#include "graph/http_reader.h"
#include "graph/scalar.h"

namespace corun {
namespace {

// Whether it is one of the keys of which a request has at most one.
bool is_body(std::string_view name) {
  const std::span<const Key> table = keys(Scope::http);
  return std::any_of(table.begin(), table.end(),
                     [&](const Key& key) { return key.name == name && key.alternative == Alternative::at_most_one; });
}

// The keys that come to a header, which a request then hasn't besides.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kHeadersOfKeys{
    {{"auth", "Authorization"}, {"idempotency_key", "Idempotency-Key"}, {"cookies", "Cookie"}}};

}  // namespace

void check_bodies(Reader& reader, NodeId map) {
  const Pair* first = nullptr;
  bool method = false;
  const std::vector<Pair> pairs = reader.pairs(map);
  for (const Pair& pair : pairs) {
    method = method || pair.name == "method";
    if (!is_body(pair.name)) continue;
    if (first == nullptr) {
      first = &pair;
      continue;
    }
    Diagnostic diagnostic =
        reader.finding(pair.key, code::kConflict,
                       quoted(pair.name) + " and `" + std::string(first->name) + "` are both the body in " + reader.where());
    diagnostic.label = "a request has one body";
    diagnostic.notes.push_back(reader.note(first->key, quoted(first->name) + " is here"));
    reader.report(std::move(diagnostic));
  }
  if (first != nullptr && !method) {
    reader.error(first->key, code::kBodyWithGet, "a GET request with a body in " + reader.where(), {},
                 "say `method: POST`, or `method: GET` if it is meant");
  }
}

void check_headers_of_keys(Reader& reader, NodeId map) {
  const std::vector<Pair> pairs = reader.pairs(map);
  const auto headers = std::find_if(pairs.begin(), pairs.end(), [](const Pair& pair) { return pair.name == "headers"; });
  if (headers == pairs.end() || !reader.is_map(headers->value)) return;
  const std::vector<Pair> names = reader.pairs(headers->value);
  for (const auto& [name, header] : kHeadersOfKeys) {
    const auto key = std::find_if(pairs.begin(), pairs.end(), [name = name](const Pair& pair) { return pair.name == name; });
    const auto same =
        std::find_if(names.begin(), names.end(), [header = header](const Pair& pair) { return same_header(pair.name, header); });
    if (key == pairs.end() || same == names.end() || reader.text(key->value) == "none") continue;
    Diagnostic diagnostic =
        reader.finding(same->key, code::kConflict, "the header `" + std::string(header) + "` is what " + quoted(name) + " sends");
    diagnostic.label = "write one of both";
    diagnostic.notes.push_back(reader.note(key->key, quoted(name) + " is here"));
    reader.report(std::move(diagnostic));
  }
}

}  // namespace corun
