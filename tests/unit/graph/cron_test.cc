// `concurrency` and `ping` of a file: what is read, what is refused.
#include "load_helpers.h"

using namespace corun;
using namespace corun::test;

namespace {

LoadResult load_top(const std::string& more) {
  return load_job_file("p", "version: 1\njobs: {a: {run: x}}\n" + more + "\n", options());
}

std::string first_problem(const std::string& more) {
  const LoadResult loaded = load_top(more);
  return loaded.diagnostics.empty() ? "" : loaded.diagnostics.front().code + ": " + loaded.diagnostics.front().message;
}

}  // namespace

TEST_CASE("concurrency") {
  CHECK(!load_top("").file->concurrency);
  const auto defaults = load_top("concurrency: {}").file->concurrency;
  REQUIRE(defaults);
  CHECK(!defaults->group);
  CHECK(defaults->on_conflict == Concurrency::OnConflict::skip);
  CHECK(defaults->max_age == 24h);
  CHECK(defaults->grace == 30s);
  const auto all =
      load_top("concurrency: {group: 'a-${{ .vars.x }}', on_conflict: replace, max_age: 6h, grace: 0s}").file->concurrency;
  REQUIRE(all);
  CHECK(all->group->text == "a-${{ .vars.x }}");
  CHECK(all->on_conflict == Concurrency::OnConflict::replace);
  CHECK(all->max_age == 6h);
  CHECK(all->grace == 0s);
  CHECK(first_problem("concurrency: {on_conflict: cancel}").starts_with("E108"));
  CHECK(first_problem("concurrency: {group: ''}").starts_with("E114"));
  CHECK(first_problem("concurrency: {max_age: 0s}").starts_with("E107"));
  CHECK(first_problem("concurrency: nightly").starts_with("E104"));
}

TEST_CASE("ping") {
  CHECK(load_top("ping: https://h/x").file->ping->url.text == "https://h/x");
  CHECK(load_top("ping: https://h/x").file->ping->start);
  CHECK(!load_top("ping: {url: 'https://h/x', start: false}").file->ping->start);
  CHECK(load_top("ping: '${{ .vars.x }}/a'").file->ping->url.text == "${{ .vars.x }}/a");
  CHECK(first_problem("ping: h/x") == "E117: `ping` starts with http:// or https://");
  CHECK(first_problem("ping: 'https://h/a b'").starts_with("E117"));
  CHECK(first_problem("ping: {start: true}").starts_with("E103"));
  CHECK(first_problem("ping: ''").starts_with("E114"));
}
