// What `cache` comes to, and what it doesn't go together with. Knows nothing of how results are kept.
#include "load_helpers.h"

using namespace corun;
using namespace corun::test;

namespace {

std::string only_message(std::string_view text) {
  const Lines found = job_findings(text);
  REQUIRE(found.size() == 1);
  return found[0].substr(found[0].find(' ') + 1);
}

}  // namespace

TEST_CASE("a job has no cache unless it says so") {
  CHECK(job("{run: x}").policies->cache == nullptr);
  const std::shared_ptr<const CacheSpec> cache = job("{run: x, cache: {}}").policies->cache;
  REQUIRE(cache != nullptr);
  CHECK_FALSE(cache->ttl);
  CHECK_FALSE(cache->negative_ttl);
  CHECK_FALSE(cache->stale_if_error);
  CHECK_FALSE(cache->key);
  CHECK(cache->inputs.empty());
}

TEST_CASE("every part of a cache") {
  const auto cache =
      job("{run: x, cache: {ttl: 1h, stale_if_error: 1d, negative_ttl: 5s, key: 'v${{ .vars.v }}', inputs: [a, 'b/**/*.c']}}")
          .policies->cache;
  CHECK(cache->ttl == 1h);
  CHECK(cache->stale_if_error == 24h);
  CHECK(cache->negative_ttl == 5s);
  CHECK(cache->key->text == "v${{ .vars.v }}");
  REQUIRE(cache->inputs.size() == 2);
  CHECK(cache->inputs[1].text == "b/**/*.c");
  CHECK(job("{http: 'https://h/', cache: {ttl: 0s, inputs: a}}").policies->cache->inputs.size() == 1);
}

TEST_CASE("jobs that say the same of their cache share it") {
  const JobFile file = load(
      "version: 1\njobs:\n  a: {run: x, cache: {ttl: 1h}}\n  b: {run: y, cache: {ttl: 1h}}\n"
      "  c: {run: x, cache: {ttl: 2h}}\n");
  CHECK(file.top.jobs[0].policies == file.top.jobs[1].policies);
  CHECK(file.top.jobs[2].policies->cache->ttl == 2h);
}

TEST_CASE("wrong values of cache") {
  CHECK(only_message("{run: x, cache: true}").starts_with("E104"));
  CHECK(only_message("{run: x, cache: 1h}").starts_with("E104"));
  CHECK(only_message("{run: x, cache: {ttl: 60}}").starts_with("E105"));
  CHECK(only_message("{run: x, cache: {negative_ttl: 0s}}").starts_with("E107"));
  CHECK(only_message("{run: x, cache: {inputs: []}}").starts_with("E114"));
  CHECK(only_message("{run: x, cache: {inputs: ''}}").starts_with("E114"));
  CHECK(only_message("{run: x, cache: {key: ''}}").starts_with("E114"));
  CHECK(only_message("{run: x, cache: {inputs: ['!a']}}") ==
        "E106 a glob can't leave files out in `inputs` of `cache` of job `a`");
  CHECK(only_message("{run: x, cache: {max_age: 1h}}").starts_with("E101"));
  CHECK(shown(file_with("{run: x, cache: {max_age: 1h}}")).find("did you mean `ttl`?") != std::string::npos);
  CHECK(only_message("{run: x, cache: {stale_if_error: 1h}}") == "E118 `stale_if_error` without `ttl` in `cache` of job `a`");
}

TEST_CASE("what cache doesn't go with") {
  for (const char* action : {"sleep: 1s", "sql: {dsn: 'postgresql://h/', query: select 1}", "gather: {jobs: {m: {run: x}}}",
                             "graph: {file: f.yaml}"}) {
    CHECK(only_message("{" + std::string(action) + ", cache: {}}").starts_with("E111"));
  }
  CHECK(only_message("{http: {url: 'https://h/', save: f}, cache: {}}") == "E109 `save` beside `cache` in job `a`");
  CHECK(only_message("{run: x, output: {file: f}, cache: {}}") == "E109 `output: {file: …}` beside `cache` in job `a`");
  CHECK(only_message("{http: {url: 'https://h/', cookies: mine}, cache: {}}") ==
        "E109 `cookies` of a session beside `cache` in job `a`");
  CHECK(job_findings("{http: {url: 'https://h/', cookies: job}, cache: {}}").empty());
}
