// Values from outside the file, what the machine says, and where expressions are found.
#include "catch.h"
#include "cli/expression_findings.h"
#include "cli/machine.h"
#include "cli/run_inputs.h"
#include "cli/setup_error.h"
#include "small_file.h"

using namespace corun;

TEST_CASE("Scalars keep their type") {
  CHECK(to_json(scalar_value("5")) == "5");
  CHECK(to_json(scalar_value("1.50")) == "1.50");
  CHECK(to_json(scalar_value("true")) == "true");
  CHECK(to_json(scalar_value("FALSE")) == "false");
  CHECK(to_json(scalar_value("null")) == "null");
  CHECK(to_json(scalar_value("~")) == "null");
  CHECK(to_json(scalar_value("yes")) == "\"yes\"");
  CHECK(to_json(scalar_value("007")) == "\"007\"");
  CHECK(to_json(scalar_value("\"5\"")) == "\"5\"");
  CHECK(to_json(scalar_value("'a'")) == "\"a\"");
  CHECK(to_json(scalar_value("")) == "\"\"");
}

TEST_CASE("Variables must be declared") {
  JobFile file;
  file.path = "f.yaml";
  file.vars["name"];
  const Variables::Vars vars = set_variables({"name=1", "name=a=b"}, file);
  CHECK(to_json(vars.at("name")) == "\"a=b\"");
  CHECK_THROWS_WITH(set_variables({"nmae=1"}, file), "corun: --set: `f.yaml` has no variable `nmae`; did you mean `name`?\n");
  CHECK_THROWS_AS(set_variables({"=1"}, file), SetupError);
}

TEST_CASE("Command-line variables are taken out of the jobs' own, shared or not") {
  JobFile file;
  auto options = std::make_shared<ProcessOptions>();
  options->env = {{"A", {"1", {}}}, {"B", {"2", {}}}};
  add_job(file.top, 0, "a").process = options;
  add_job(file.top, 1, "b").process = options;
  add_job(file.top, 2, "c");
  override_job_environment(file, {"A=9"});
  REQUIRE(file.top.jobs[0].process->env.size() == 1);
  CHECK(file.top.jobs[0].process->env[0].name == "B");
  CHECK(file.top.jobs[0].process == file.top.jobs[1].process);
  CHECK(file.top.jobs[2].process == nullptr);
  CHECK(options->env.size() == 2);
}

TEST_CASE("A run's name tells its time") {
  CHECK(make_run_id(WallTime(1767225600s + 3s), 0.5) == "20260101T000003-800000");
  CHECK(make_run_id(WallTime(1767225600s), 0) == "20260101T000000-000000");
}

TEST_CASE("The state directory follows XDG") {
  std::map<std::string, std::string> environment;
  const GetVariable variable = [&](const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? nullptr : found->second.c_str();
  };
  CHECK(default_state_dir(variable).empty());
  environment["HOME"] = "/home/u";
  CHECK(default_state_dir(variable) == "/home/u/.local/state/corun");
  environment["XDG_STATE_HOME"] = "relative";
  CHECK(default_state_dir(variable) == "/home/u/.local/state/corun");
  environment["XDG_STATE_HOME"] = "/state";
  CHECK(default_state_dir(variable) == "/state/corun");
}

TEST_CASE("There is at least one core") { CHECK(usable_cores() >= 1); }

namespace {

// The place found for an expression `offset` bytes into the text at line:column.
std::string found_at(std::string_view source, Place start, std::size_t offset, std::size_t length) {
  ExpressionError error;
  error.place = start;
  error.offset = offset;
  error.length = length;
  const Diagnostic finding = expression_findings({error}, {{"jobs.yaml", std::string(source)}}).front();
  return std::to_string(finding.place.line) + ":" + std::to_string(finding.place.column) + "+" + std::to_string(finding.length);
}

}  // namespace

TEST_CASE("An expression is found on its line, in characters") {
  CHECK(found_at("a: x ${{ .v }} y", {1, 4}, 2, 9) == "1:6+9");
  CHECK(found_at("a: \"é ${{ .v }}\"", {1, 5}, 3, 9) == "1:7+9");
}

TEST_CASE("An expression is found in a block") {
  const std::string_view block = "run: |\n  one\n\n  two ${{ .v }}\n";
  CHECK(found_at(block, {2, 3}, 9, 9) == "4:7+9");
  CHECK(found_at(block, {1, 6}, 9, 9) == "4:7+9");
  CHECK(found_at("run: |\n\n  two ${{ .v }}\n", {1, 6}, 5, 9) == "3:7+9");
}

TEST_CASE("An expression is found behind escapes on its line") {
  CHECK(found_at("a: \"\\u00e9\\u00e9 ${{ .v }}\"", {1, 5}, 5, 9) == "1:18+9");
}

TEST_CASE("A text that can't be followed keeps its own place") {
  CHECK(found_at("a: \"\\u00e9\\u00e9\n  ${{ .v }}\"", {1, 5}, 5, 9) == "1:5+1");
}

TEST_CASE("Findings are sorted and said once") {
  ExpressionError first;
  first.message = "one";
  first.place = {2, 1};
  ExpressionError second;
  second.message = "two";
  second.place = {1, 1};
  const std::vector<Diagnostic> findings = expression_findings({first, second, first}, {{"jobs.yaml", "x\ny\n"}});
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].message == "two");
  CHECK(findings[1].message == "one");
}
