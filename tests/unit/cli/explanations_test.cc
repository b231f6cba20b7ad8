// Every code is explained, by examples that are what they say they are.
#include "graph/explanations.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "catch.h"
#include "cli/cron_check.h"
#include "cli/expression_findings.h"
#include "graph/error_codes.h"
#include "graph/load.h"
#include "temporary_directory.h"

using namespace corun;

namespace {

std::string with_bytes(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("\\x")) {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 2, 2)), nullptr, 16));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

// The files that examples name.
Result<std::string> read_named(const std::string& path) {
  const std::string jobs = "version: 1\njobs: {a: {run: \"true\"}}\n";
  if (path.ends_with("nightly.yaml")) return jobs + "concurrency: {group: nightly, on_conflict: skip}\n";
  if (path.ends_with("plain.yaml")) return jobs;
  return Error{"No such file or directory"};
}

// All that `corun check` finds, with --cron for the codes that need it.
std::vector<std::string> codes_of(std::string_view file, bool cron, const std::string& path) {
  LoadOptions options;
  options.read_file = read_named;
  const LoadResult loaded = load_job_file("jobs.yaml", with_bytes(file), options);
  std::vector<Diagnostic> findings = find_in_expressions(loaded);
  findings.insert(findings.end(), loaded.diagnostics.begin(), loaded.diagnostics.end());
  if (cron) {
    for (Diagnostic& finding : find_for_cron(loaded, path)) findings.push_back(std::move(finding));
  }
  std::vector<std::string> codes;
  for (const Diagnostic& finding : findings) codes.push_back(finding.code);
  return codes;
}

}  // namespace

TEST_CASE("every code is explained, once, with a wrong example and a right one") {
  const TemporaryDirectory directory;
  const std::string program = directory.path + "/deploy-tool";
  std::ofstream(program) << "#!/bin/sh\n";
  REQUIRE(::chmod(program.c_str(), 0755) == 0);
  const std::string path = directory.path + ":/usr/bin:/bin";
  std::size_t explained = 0;
  for (const auto& table : {yaml_explanations(), key_explanations(), graph_explanations(), warning_explanations()}) {
    explained += table.size();
  }
  CHECK(explained == error_codes().size());
  for (const ErrorCode& code : error_codes()) {
    const Explanation& explanation = explanation_of(code.code);
    INFO(code.code);
    REQUIRE(explanation.code == code.code);
    CHECK(explanation.text.ends_with(".\n"));
    const bool cron = code.code.starts_with("W01");
    const std::vector<std::string> wrong = codes_of(explanation.wrong, cron, path);
    INFO(explanation.wrong);
    CHECK(std::find(wrong.begin(), wrong.end(), code.code) != wrong.end());
    INFO(explanation.right);
    CHECK(codes_of(explanation.right, cron, path) == std::vector<std::string>());
    for (std::string_view rest = explanation.text; !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(line.size() + 1);
      CHECK(line.size() <= 92);
    }
  }
}
