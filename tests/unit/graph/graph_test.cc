// Job files inside of job files: how they are found, read and checked.
#include <map>

#include "load_helpers.h"

using namespace corun;
using namespace corun::test;

namespace {

/// Files by path.
using Files = std::map<std::string, std::string>;

LoadResult load_main(const std::string& text, const Files& files, const std::string& path = "dir/main.yaml") {
  LoadOptions options;
  options.max_diagnostics = 100;
  options.read_file = [&files](const std::string& name) -> Result<std::string> {
    const auto found = files.find(name);
    if (found == files.end()) return Error{"No such file or directory"};
    return found->second;
  };
  return load_job_file(path, text, options);
}

/// The findings, short: "path:line:column CODE message (label)".
Lines findings_in(const std::string& text, const Files& files, const std::string& path = "dir/main.yaml") {
  const LoadResult result = load_main(text, files, path);
  Lines lines;
  for (const Diagnostic& it : result.diagnostics) {
    lines.push_back(result.sources[it.place.file].path + ':' + std::to_string(it.place.line) + ':' +
                    std::to_string(it.place.column) + ' ' + it.code + ' ' + it.message +
                    (it.label.empty() ? "" : " (" + it.label + ')'));
  }
  CHECK(result.file.has_value() == lines.empty());
  return lines;
}

std::string jobs(const std::string& text) { return "version: 1\njobs:\n" + text; }

const JobFile& file_of(const Job& job) { return *std::get<std::unique_ptr<GraphSpec>>(job.action)->file; }

}  // namespace

TEST_CASE("a graph's jobs are named and numbered after their job, and belong to it") {
  const Files files{{"dir/lib/sub.yaml",
                     "version: 1\nvars: {x: 1}\ntimeout: 5m\noutputs: {y: .vars.x}\n"
                     "jobs:\n  a: {run: x}\n  g: {gather: {jobs: {m: {run: x}}}}\nfinally: {tidy: {run: x}}\n"}};
  const LoadResult result = load_main(
      jobs("  first: {run: x}\n  s: {graph: {file: lib/sub.yaml, vars: {x: [2]}}, total_timeout: 1h}\n  last: {run: x}\n"),
      files);
  REQUIRE(result.file.has_value());
  const std::vector<Job>& top = result.file->top.jobs;
  const JobFile& sub = file_of(top[1]);
  CHECK(sub.path == "dir/lib/sub.yaml");
  CHECK(sub.name == "sub");
  CHECK(to_json(std::get<std::unique_ptr<GraphSpec>>(top[1].action)->vars.at(0).value) == "[2]");
  CHECK(sub.outputs.size() == 1);
  const Job& member = std::get<std::unique_ptr<GatherSpec>>(sub.top.jobs[1].action)->group->jobs[0];
  const Job& tidy = sub.finally.jobs[0];
  CHECK(sub.top.jobs[0].name == "s/a");
  CHECK(member.name == "s/g/m");
  CHECK(tidy.name == "s/finally/tidy");
  CHECK(std::vector<std::uint32_t>{top[1].id, sub.top.jobs[0].id, sub.top.jobs[1].id, member.id, tidy.id, top[2].id} ==
        std::vector<std::uint32_t>{1, 2, 3, 4, 5, 6});
  CHECK(sub.top.jobs[0].parent == 1);
  CHECK(member.parent == 3);
  CHECK(tidy.parent == 1);
  CHECK(top[2].parent == kNoParent);
  CHECK(top[1].policies->total_timeout == Duration(5min));  // the file's is shorter
  CHECK_FALSE(top[2].policies->total_timeout);
  CHECK(sub.top.jobs[0].place.file == 1);
  CHECK(sub.top.jobs[0].place.line == 6);
}

TEST_CASE("paths start where the file is that names them") {
  const std::string leaf = jobs("  a: {run: x}\n");
  const Files files{
      {"dir/lib/sub.yaml", jobs("  a: {graph: {file: ../other.yaml}}\n")}, {"dir/other.yaml", leaf}, {"/abs.yaml", leaf}};
  CHECK(findings_in(jobs("  a: {graph: {file: ./lib/sub.yaml}}\n  b: {graph: {file: /abs.yaml}}\n"), files) == Lines{});
  CHECK(findings_in(jobs("  a: {graph: {file: dir/other.yaml}}\n"), files, "<stdin>") == Lines{});
}

TEST_CASE("a file's limits and breakers are its own by name, and shared by all who include it") {
  const Files files{{"dir/sub.yaml",
                     "version: 1\ndefaults: {limit: api}\nlimits: {api: {concurrency: 1}}\nbreakers: {b: {window: 9}}\n"
                     "jobs: {a: {run: x, breaker: b}}\n"}};
  const LoadResult result = load_main(
      "version: 1\nlimits: {api: {concurrency: 7}}\ndefaults: {limit: api, retry: 3}\njobs:\n"
      "  a: {run: x}\n  s: {graph: {file: sub.yaml}}\n  t: {graph: {file: sub.yaml}}\n",
      files);
  REQUIRE(result.file.has_value());
  const JobFile& file = *result.file;
  REQUIRE(file.limits.size() == 2);
  CHECK(file.limits[1].name == "api of dir/sub.yaml");
  REQUIRE(file.breakers.size() == 1);
  CHECK(file.breakers[0].name == "b of dir/sub.yaml");
  CHECK(file.breakers[0].settings.window == 9);
  CHECK(file.top.jobs[0].policies->limits == std::vector<std::uint32_t>{0});
  CHECK(file.top.jobs[1].policies->limits.empty());  // as a gather: the jobs inside have the defaults, of their file
  CHECK(file.top.jobs[1].policies->retry.attempts == 1);
  for (const std::size_t i : {1U, 2U}) {
    const Policies& policies = *file_of(file.top.jobs[i]).top.jobs[0].policies;
    CHECK(policies.limits == std::vector<std::uint32_t>{1});
    CHECK(policies.breaker == 0U);
    CHECK(policies.retry.attempts == 1);
  }
}

TEST_CASE("what is of a run has no effect in a file that is a graph, and a warning says so once") {
  const Files files{{"dir/sub.yaml", "version: 1\nping: http://x\nconcurrency: {group: g}\njobs: {a: {run: x}}\n"}};
  const LoadResult result = load_main(jobs("  a: {graph: {file: sub.yaml}}\n  b: {graph: {file: sub.yaml}}\n"), files);
  CHECK(result.file.has_value());
  REQUIRE(result.diagnostics.size() == 2);
  const std::string why = "` has no effect here: this file is run as a graph of another one's";
  for (const auto& [index, line, key] : {std::tuple{0U, 2U, "ping"}, std::tuple{1U, 3U, "concurrency"}}) {
    const Diagnostic& warning = result.diagnostics[index];
    CHECK(warning.code == "W005");
    CHECK(warning.severity == Severity::warning);
    CHECK(result.sources[warning.place.file].path == "dir/sub.yaml");
    CHECK(warning.place.line == line);
    CHECK(warning.message == '`' + std::string(key) + why);
  }
}

TEST_CASE("a file that can't be included") {
  CHECK(findings_in(jobs("  a: {graph: {file: no.yaml}}\n"), {}) ==
        Lines{"dir/main.yaml:3:21 E210 can't read `dir/no.yaml` for `graph` of job `a`: No such file or directory"});
  CHECK(findings_in(jobs("  a: {graph: {file: main.yaml}}\n"), {}) ==
        Lines{"dir/main.yaml:3:21 E210 a job file that includes itself: `dir/main.yaml` → `dir/main.yaml`"});
  const Files circle{{"dir/b.yaml", jobs("  b: {graph: {file: c.yaml}}\n")},
                     {"dir/c.yaml", jobs("  c: {graph: {file: b.yaml}}\n")}};
  CHECK(findings_in(jobs("  a: {graph: {file: b.yaml}}\n"), circle) ==
        Lines{"dir/c.yaml:3:21 E210 a job file that includes itself: `dir/b.yaml` → `dir/c.yaml` → `dir/b.yaml`"});
  CHECK(findings_in(jobs("  a: {graph: {file: \"${{ .vars.x }}\"}}\n"), {}) ==
        Lines{"dir/main.yaml:3:21 E113 expressions aren't evaluated in `file` of `graph` of job `a`"});
  CHECK(findings_in(jobs("  a: {graph: {file: ''}}\n"), {}) ==
        Lines{"dir/main.yaml:3:21 E114 `file` of `graph` of job `a` is empty (name a job file)"});
  CHECK(load_job_file("p", jobs("  a: {graph: {file: b.yaml}}\n")).diagnostics.size() == 1);
}

TEST_CASE("no more than 16 levels, and no more than 1000 files") {
  Files chain;
  for (int i = 1; i <= 17; ++i) {
    chain["f" + std::to_string(i)] = jobs(i == 17 ? "  a: {run: x}\n" : "  a: {graph: {file: f" + std::to_string(i + 1) + "}}\n");
  }
  CHECK(findings_in(jobs("  a: {graph: {file: f2}}\n"), chain, "main") == Lines{});
  CHECK(findings_in(jobs("  a: {graph: {file: f1}}\n"), chain, "main") ==
        Lines{"f16:3:21 E210 job files include each other over more than 16 levels"});

  // Each level twice what is below it: 2¹⁵ files if nobody counts.
  Files tree;
  for (int i = 1; i <= 15; ++i) {
    const std::string graph = "{graph: {file: f" + std::to_string(i + 1) + "}}\n";
    tree["f" + std::to_string(i)] = jobs(i == 15 ? "  a: {run: x}\n" : "  a: " + graph + "  b: " + graph);
  }
  const Lines lines = findings_in(jobs("  a: {graph: {file: f1}}\n"), tree, "main");
  REQUIRE_FALSE(lines.empty());
  CHECK(lines.front().ends_with("E210 more than 1000 job files are included"));
}

TEST_CASE("variables that the file doesn't have") {
  const Files files{{"dir/s.yaml", "version: 1\nvars: {region: us}\njobs: {a: {run: x}}\n"},
                    {"dir/none.yaml", jobs("  a: {run: x}\n")}};
  CHECK(findings_in(jobs("  a: {graph: {file: s.yaml, vars: {regoin: eu}}}\n  b: {graph: {file: none.yaml, vars: {x: 1}}}\n"),
                    files) == Lines{"dir/main.yaml:3:36 E209 `dir/s.yaml` has no variable `regoin` (did you mean `region`?)",
                                    "dir/main.yaml:4:39 E209 `dir/none.yaml` has no variable `x`"});
  CHECK(findings_in(jobs("  a: {graph: {file: s.yaml, vars: [1]}}\n"), files).size() == 1);
}

TEST_CASE("what is wrong inside is shown where it is, once, with that file's lines") {
  const Files files{{"dir/s.yaml", "version: 1\njobs:\n  a: {run: x,\n      rum: y}\n  b: {run: x, needs: c}\n"},
                    {"dir/t.yaml", "\tversion: 1\n"}};
  const std::string text = jobs(
      "  a: {graph: {file: s.yaml}}\n  b: {graph: {file: s.yaml}}\n  c: {graph: {file: t.yaml}}\n  d: {nothing: 1, run: x}\n");
  CHECK(findings_in(text, files) == Lines{"dir/main.yaml:6:7 E101 unknown key `nothing` in job `d`",
                                          "dir/s.yaml:4:7 E101 unknown key `rum` in job `a/a` (did you mean `run`?)",
                                          "dir/s.yaml:5:22 E201 job `a/b` needs `c`, which doesn't exist (did you mean `a`?)",
                                          "dir/t.yaml:1:1 E002 a tab in the indentation (indent with spaces)"});
  const LoadResult result = load_main(text, files);
  const std::string shown = render_all(result.diagnostics, result.omitted, result.sources);
  CHECK(shown.find(" --> dir/s.yaml:5:22\n  |\n5 |   b: {run: x, needs: c}\n") != std::string::npos);
  CHECK(shown.find("note: job `a` is here\n --> dir/s.yaml:3:3\n") != std::string::npos);
}
