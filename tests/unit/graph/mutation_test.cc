// Whatever is done to a job file, loading it ends with a file or with errors. Knows nothing of what is right.
#include <array>
#include <random>

#include "load_helpers.h"

using namespace corun;

namespace {

constexpr std::string_view kSeed = R"(version: 1
name: nightly
vars: {api: &api "https://h", pages: [1, 2.5, true, ~]}
env: {A: *api, LANG: 'C'}
defaults: {timeout: 30s, retry: {attempts: 3, on: {status: [429, 5xx]}}, http: {headers: {A: b}, base_url: "https://h",
           auth: {basic: {username: a, password: b}}, tls: {cert: c, key: k, pin: sha256//x}, cookies: job,
           proxy: "http://p", network: {deny: private}, idempotency_key: auto}}
limits: {api: {concurrency: 8, rate: 50/s, burst: 10}}
breakers: {api: {failure_ratio: 0.5, open_for: 30s}}
jobs:
  login:
    http: {method: POST, url: "${{ .vars.api }}/login", json: {key: "ä", n: [1, {}]}}
  load: &load
    needs: {login: done}
    join: {quorum: 1}
    run: |
      ./load.sh ${{ .x }}
    limit: [api]
    breaker: api
    fallback: {output: [1]}
  mirror:
    needs: [login, load]
    gather:
      policy: quorum
      n: 1
      jobs:
        eu: {<<: *load, needs: [], join: all}
        us: {sleep: 1s}
)";

constexpr std::array<std::string_view, 22> kPieces{"{",      "}",  "[",     "]",    ": ",   "- ",     "\n",  "\t",
                                                   "\"",     "'",  "&a ",   "*a",   "<<: ", "|\n",    "${{", "}}",
                                                   "!!str ", "? ", "---\n", "\xFF", "#",    "needs: "};

void check(const std::string& text) {
  const LoadResult result = load_job_file("p", text);
  bool errors = false;
  for (const Diagnostic& diagnostic : result.diagnostics) {
    errors = errors || diagnostic.severity == Severity::error;
    const bool shown = !render(diagnostic, "p", text).empty() && diagnostic.length > 0;
    if (!shown) FAIL(text);
  }
  if (result.file.has_value() == errors) FAIL(text);
}

}  // namespace

TEST_CASE("mutated files load or are refused") {
  REQUIRE(load_job_file("p", std::string(kSeed)).file.has_value());
  std::mt19937 random(20260917);
  const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random()) % limit; };
  for (int round = 0; round < 2000; ++round) {
    std::string text(kSeed);
    for (std::size_t i = 0, count = 1 + below(4); i < count && !text.empty(); ++i) {
      const std::size_t at = below(text.size());
      switch (below(5)) {
        case 0: text.erase(at, 1 + below(20)); break;
        case 1: text.insert(at, kPieces[below(kPieces.size())]); break;
        case 2: text[at] = static_cast<char>(below(256)); break;
        case 3: text.insert(at, text.substr(below(text.size()), below(60))); break;
        default: text.resize(at + 1); break;
      }
    }
    check(text);
  }
}

TEST_CASE("every beginning of a file loads or is refused") {
  for (std::size_t length = 0; length < kSeed.size(); ++length) check(std::string(kSeed.substr(0, length)));
}

TEST_CASE("loading the same text gives the same") {
  const std::string broken = std::string(kSeed) + "  x: {needs: [y, login, login], retires: 3}\n";
  CHECK(corun::test::shown(broken) == corun::test::shown(broken));
}
