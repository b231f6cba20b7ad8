// How the defaults of requests and a request's own settings come together. Knows nothing of YAML or of how requests are sent.
#include "graph/http_defaults.h"

#include <algorithm>
#include <string>
#include <vector>

namespace corun {
namespace {

// Appends those of `defaults` whose names `own` hasn't.
template <typename Same>
void append_missing(std::vector<NamedText>& own, const std::vector<NamedText>& defaults, Same same) {
  const auto count = static_cast<std::ptrdiff_t>(own.size());
  for (const NamedText& each : defaults) {
    const bool set = std::any_of(own.begin(), own.begin() + count, [&](const NamedText& it) { return same(it.name, each.name); });
    if (!set) own.push_back(each);
  }
}

bool has_header(const HttpSpec& spec, std::string_view name) {
  return std::any_of(spec.headers.begin(), spec.headers.end(), [&](const NamedText& it) { return same_header(it.name, name); });
}

}  // namespace

bool same_header(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::unique_ptr<HttpSpec> start_with(const HttpSpec& defaults) {
  auto spec = std::make_unique<HttpSpec>();
  spec->follow_redirects = defaults.follow_redirects;
  spec->redirects_same_origin = defaults.redirects_same_origin;
  spec->max_redirects = defaults.max_redirects;
  spec->version = defaults.version;
  spec->tls_verify = defaults.tls_verify;
  spec->tls_ca = defaults.tls_ca;
  spec->max_body = defaults.max_body;
  if (defaults.options) spec->options = std::make_unique<HttpOptions>(*defaults.options);
  return spec;
}

void complete(HttpSpec& spec, const HttpSpec& defaults) {
  const HttpOptions none;
  const HttpOptions& theirs = defaults.options ? *defaults.options : none;
  if (theirs.auth && spec.options->auth == theirs.auth && has_header(spec, "Authorization")) spec.options->auth = nullptr;
  if (theirs.idempotency_key && has_header(spec, "Idempotency-Key")) spec.options->idempotency_key = nullptr;
  if (theirs.cookies != HttpOptions::Cookies::none && has_header(spec, "Cookie"))
    spec.options->cookies = HttpOptions::Cookies::none;
  std::vector<NamedText> headers = defaults.headers;
  if (spec.options && spec.options->auth != theirs.auth)
    std::erase_if(headers, [](const NamedText& header) { return same_header(header.name, "Authorization"); });
  if (spec.options && spec.options->idempotency_key != theirs.idempotency_key)
    std::erase_if(headers, [](const NamedText& header) { return same_header(header.name, "Idempotency-Key"); });
  append_missing(spec.headers, headers, same_header);
  append_missing(spec.query, defaults.query, [](const std::string& a, const std::string& b) { return a == b; });
}

}  // namespace corun
