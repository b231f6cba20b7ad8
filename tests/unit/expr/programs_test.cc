// jq programs: many as one, each judged by itself; what they mention.
#include "expr/programs.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include <set>

#include "catch.h"
#include "expr/references.h"
#include "support.h"

using namespace corun;
using namespace corun::test;

namespace {

// The leak checker doesn't mind what is allocated meanwhile.
#ifdef __SANITIZE_ADDRESS__
using KnownLeak = __lsan::ScopedDisabler;
#else
struct KnownLeak {
  KnownLeak() {}
};
#endif

std::string result_of(const std::vector<std::string>& sources, const std::string& source, const std::string& input) {
  Programs programs;
  for (const std::string& each : sources) programs.add(each);
  for (const Programs::Problem& problem : programs.compile()) return "problem: " + problem.message;
  const Result<Json> value = programs.run(source, json(input));
  return value ? value->dump() : "error: " + value.error().message;
}

std::string result_of(const std::string& source, const std::string& input) { return result_of({source}, source, input); }

std::vector<std::string> problems(const std::vector<std::string>& sources) {
  Programs programs;
  for (const std::string& each : sources) programs.add(each);
  std::vector<std::string> lines;
  for (const Programs::Problem& it : programs.compile()) {
    lines.push_back(std::to_string(it.program) + "+" + std::to_string(it.offset) + " " + it.message);
  }
  return lines;
}

std::string references(const std::string& program) {
  std::string text;
  for (const Reference& it : find_references(program)) {
    text += (text.empty() ? "" : " ") + it.root + "/" + it.name + "/" + it.part + (it.certain ? "!" : "?");
  }
  return text;
}

}  // namespace

TEST_CASE("each of many programs gives its own value") {
  std::vector<std::string> sources;
  for (std::size_t i = 0; i < 100; ++i) sources.push_back(".n + " + std::to_string(i));
  for (std::size_t i = 0; i < 100; ++i) CHECK(result_of(sources, sources[i], "{\"n\":1000}") == std::to_string(1000 + i));
}

TEST_CASE("a program gives exactly one value") {
  CHECK(result_of("[.a[] | . * 2]", R"({"a":[1,2]})") == "[2,4]");
  CHECK(result_of(".a // \"none\"", "{}") == "\"none\"");
  CHECK(result_of("def f: . + 1; .n | f", "{\"n\":1}") == "2");
  CHECK(result_of(". # a comment", "1") == "1");
  CHECK(result_of("\"\\(.a) of \\(.b + \"}\")\"", R"({"a":1,"b":"x"})") == "\"1 of x}\"");
  CHECK(result_of("empty", "1") == "error: it gives no value");
  CHECK(result_of("1, 2", "1") == "error: it gives more than one value: put it in [ ]");
  CHECK(result_of("error(\"no\")", "1") == "error: no");
  CHECK(result_of(".a.b", R"({"a":1})") == "error: Cannot index number with string \"b\"");
  CHECK(result_of("1, error(\"late\")", "1") == "error: late");
}

TEST_CASE("a program can't end, hang or crash the process") {
  CHECK(result_of("halt", "1") == "error: it halts");
  CHECK(result_of("path(.a) | halt", "{\"a\":1}") == "error: it halts");
  CHECK(result_of("\"no\" | halt_error", "1") == "error: no");
  CHECK(result_of("input", "1") == "error: there is no input to read");
  CHECK(result_of("[inputs]", "1") == "[]");
  CHECK(result_of("path(..)", R"({"a":{"b":1}})") == "error: it gives more than one value: put it in [ ]");
}

TEST_CASE("a program that runs away is stopped, and the others work as before") {
  const KnownLeak left_behind;  // what was stopped stands in the middle of something, and can't be torn down
  const std::vector<std::string> sources{"def f: f; f", "def f: 1 + f; f", "path(..) | def f: f; f", "repeat(1)", ".a + 1"};
  Programs programs;
  for (const std::string& each : sources) programs.add(each);
  REQUIRE(programs.compile().empty());
  const Json input = json(R"({"a":1})");
  JqLimits short_time;
  short_time.cpu = std::chrono::milliseconds(30);
  JqLimits little_memory;
  little_memory.memory = std::size_t{16} << 20U;
  for (int round = 0; round < 2; ++round) {
    CHECK(programs.run(sources[0], input, short_time).error().message == "it ran for more than 30ms and was stopped");
    CHECK(programs.run(sources[1], input, little_memory).error().message == "it took more than 16 MiB and was stopped");
    CHECK(programs.run(sources[2], input, short_time).error().message == "it ran for more than 30ms and was stopped");
    CHECK(programs.run(sources[3], input, short_time).error().message == "it ran for more than 30ms and was stopped");
    CHECK(programs.run(sources[4], input)->dump() == "2");
  }
}

TEST_CASE("more programs than fit into one jq, short and long ones") {
  std::vector<std::string> sources;
  for (std::size_t i = 0; i < 1200; ++i) sources.push_back(".n + " + std::to_string(i));
  for (std::size_t i = 0; i < 3; ++i) {
    std::string list = "[.n";
    for (std::size_t k = 0; k < 1500; ++k) list += ", " + std::to_string(k);
    sources.push_back(list + "] | length + " + std::to_string(i));
  }
  Programs programs;
  for (const std::string& each : sources) programs.add(each);
  REQUIRE(programs.compile().empty());
  const Json input = json(R"({"n":1})");
  bool all = true;
  for (std::size_t i = 0; i < 1200; ++i) all = all && programs.run(sources[i], input)->dump() == std::to_string(i + 1);
  CHECK(all);
  for (std::size_t i = 0; i < 3; ++i) CHECK(programs.run(sources[1200 + i], input)->dump() == std::to_string(1501 + i));
}

TEST_CASE("what doesn't compile is told of each program, wherever it is compiled") {
  std::vector<std::string> sources;
  for (std::size_t i = 0; i < 1100; ++i) sources.push_back(".n + " + std::to_string(i));
  sources[700] = ".a |";
  sources[1099] = "nope";
  CHECK(problems(sources) ==
        std::vector<std::string>{"700+4 syntax error, unexpected end of the expression", "1099+0 nope/0 is not defined"});
}

TEST_CASE("what doesn't compile is told of each program, near its place") {
  CHECK(problems({".a", ".b |", "nope", ".c"}) ==
        std::vector<std::string>{"1+4 syntax error, unexpected end of the expression", "2+0 nope/0 is not defined"});
  CHECK(problems({"( .a", ".b", ".c )", "\"open"}) == std::vector<std::string>{"0+0 `(` that isn't closed",
                                                                               "2+3 `)` without its opening bracket",
                                                                               "3+0 a string that isn't closed"});
  CHECK(problems({".a | foo | bar"}).size() == 1);
  CHECK(problems({"1; def x: 2"}).size() == 1);  // can't be two programs
  // That something around them lacks its end is no problem of others.
  CHECK(problems({".a and (.b > 0)", "always()"}) == std::vector<std::string>{"1+0 syntax error, unexpected ')'"});
  CHECK(problems({".a", "if .b then 1"}).size() == 1);
  CHECK(problems({".a |\n  .b ||"}) == std::vector<std::string>{"0+10 syntax error, unexpected '|'"});
}

TEST_CASE("each of many wrong programs gets the words it gets alone") {
  const std::vector<std::string> wrong{"1 +",         ".a |",         ".a | no",   "| .b",   ".a .. ..b b", ".a[", "\"abc",
                                       ".a as y | 1", "if .a then 1", ".a)",       "{a: }",  "[1,,2]",      "1 2", ".a == == 1",
                                       "%",           ".a // // 1",   "def f: 1;", ".a end", "foo(1)",      "then"};
  std::vector<std::string> alone;
  for (const std::string& each : wrong) {
    const std::vector<std::string> found = problems({each});
    REQUIRE(found.size() == 1);
    alone.push_back(found[0].substr(1));
  }
  std::vector<std::string> sources;
  for (const std::string& each : wrong) sources.insert(sources.end(), {".fine + " + std::to_string(sources.size()), each});
  std::set<std::size_t> told;
  for (const std::string& each : problems(sources)) {
    const std::size_t program = std::stoul(each);
    REQUIRE(program % 2 == 1);
    CHECK(each.substr(each.find('+')) == alone[program / 2]);
    told.insert(program);
  }
  // Names that aren't there are found once everything else is right.
  CHECK(told.size() >= wrong.size() - 2);
}

TEST_CASE("mentions of jobs, variables and secrets") {
  CHECK(references(".vars.pages") == "vars/pages/!");
  CHECK(references("[range(.vars.pages)]") == "vars/pages/!");
  CHECK(references(".jobs.a.outputs.x + .jobs.b.json") == "jobs/a/outputs! jobs/b/json!");
  CHECK(references("[.jobs.pages.outputs[].ids] | add") == "jobs/pages/outputs!");
  CHECK(references(".jobs.a.json | .vars.x") == "jobs/a/json! vars/x/?");
  CHECK(references("(.jobs.a | .vars.x) + .vars.y") == "jobs/a/! vars/x/? vars/y/!");
  CHECK(references("map(.vars.x)") == "vars/x/?");
  CHECK(references(".vars.a as $x | .vars.b + $x") == "vars/a/! vars/b/!");
  CHECK(references("reduce .jobs.a.lines[] as $l (.vars.x; . + .vars.y)") == "jobs/a/lines! vars/x/? vars/y/?");
  CHECK(references(".jobs[\"a\"].outputs") == "jobs/a/outputs!");
  CHECK(references(".jobs | keys") == "jobs//!");
  CHECK(references("{jobs}") == "jobs//?");
  CHECK(references(".item.vars.x") == "item//!");
  CHECK(references(".json.a[] | .b") == "json//!");
  CHECK(references("[.a[] | select(.b)] | sort_by(.c) | map(.d)") == "a//!");
  CHECK(references("(.a | gsub(\"(?<x>.)\"; \"<\\(.x)>\")) + .b") == "a//! b//!");
  CHECK(references("(try .a catch .b) + .c") == "a//! c//!");
  CHECK(references("\"\\(.vars.x) .vars.y\"") == "vars/x/!");
  CHECK(references("# .vars.x\n.vars.y") == "vars/y/!");
  CHECK(references(". | tojson") == "//!");
  CHECK(references("def f: .vars.x; f") == "vars/x/?");
}

TEST_CASE("mentions of the round before") {
  CHECK(references("(.previous.items // []) + .json.items") == "previous/items/! json//!");
  CHECK(references("reduce .json[] as $i (.previous.sum; . + $i)") == "json//! previous/sum/?");
  CHECK(references("{previous, a: 1}") == "previous//?");
  CHECK(references("{previous : .json.previous}") == "json//!");
  CHECK(references(".json[] | select(.rel == \"previous\")") == "json//!");
}
