// What GitHub Actions and GitLab CI are told: commands, annotations, outputs, summaries, folds.
#include "report/github.h"

#include <string>

#include "catch.h"
#include "graph/diagnostic.h"
#include "report/folded_output.h"
#include "report/folds.h"
#include "run_world.h"

using namespace corun;

namespace {

TimelineJob failed(const std::string& name, int ended, std::int32_t parent = -1) {
  TimelineJob job;
  job.name = name;
  job.state = JobState::failed;
  job.kind = FailureKind::exit_code;
  job.reason = "exit code 1";
  job.parent = parent;
  job.ended = std::chrono::seconds(ended);
  return job;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("Commands are escaped, properties more than data") {
  CHECK(github_escape("50%, a:b\r\n", false) == "50%25, a:b%0D%0A");
  CHECK(github_escape("50%, a:b\r\n", true) == "50%25%2C a%3Ab%0D%0A");
}

TEST_CASE("Masks are a line each, but not of lines that any text has") {
  CHECK(github_masks("secret") == "::add-mask::secret\n");
  CHECK(github_masks("first line\r\n\nab\n100%x") == "::add-mask::first line\n::add-mask::100%25x\n");
  CHECK(github_masks("abc").empty());
}

TEST_CASE("Annotations: what failed first, at most nine, of a group what is inside") {
  RunTimeline timeline;
  timeline.jobs = {failed("late", 9), failed("group", 2), failed("group/x", 1, 1)};
  timeline.jobs[2].file = "a,b.yaml";
  timeline.jobs[2].line = 7;
  timeline.jobs[2].reason = "HTTP 500: 100%\n::error::x";
  CHECK(github_annotations(timeline, {}) ==
        "::error file=a%2Cb.yaml,line=7,title=group/x::HTTP 500: 100%25%0A::error::x\n::error title=late::exit code 1\n");
  timeline.jobs.clear();
  for (int i = 0; i < 12; ++i) timeline.jobs.push_back(failed("j" + std::to_string(i), i));
  timeline.jobs[11].allowed = true;
  const std::string text = github_annotations(timeline, {});
  CHECK(count(text, "::error ") == 9);
  CHECK(text.ends_with("title=j8::exit code 1\n::error::+2 more jobs failed\n"));
}

TEST_CASE("Files of annotations are named from the workspace") {
  RunTimeline timeline;
  timeline.jobs = {failed("a", 1)};
  const auto named = [&](const std::string& file, const GithubPlace& place) {
    timeline.jobs[0].file = file;
    const std::string text = github_annotations(timeline, place);
    return text.substr(13, text.find(',') - 13);
  };
  CHECK(named("x.yaml", {"/w", "/w"}) == "x.yaml");
  CHECK(named("./x.yaml", {"/w/", "/w/sub"}) == "sub/x.yaml");
  CHECK(named("../x.yaml", {"/w", "/w/sub"}) == "x.yaml");
  CHECK(named("/w/y/x.yaml", {"/w", "/elsewhere"}) == "y/x.yaml");
  CHECK(named("x.yaml", {"/w", "/elsewhere"}) == "x.yaml");
  CHECK(named("x.yaml", {"", "/w"}) == "x.yaml");
}

TEST_CASE("Outputs end with what no value can hold") {
  CHECK(github_outputs({{"a", "1\n2"}, {"not a name", "x"}, {"b<<c", "x"}, {"b-2", ""}}, "token") ==
        "a<<corun_token\n1\n2\ncorun_token\nb-2<<corun_token\n\ncorun_token\n");
}

TEST_CASE("A summary has what failed first, nothing that is markup, and a bound") {
  RunTimeline timeline;
  timeline.name = "n";
  timeline.verdict = "failed";
  TimelineJob good;
  good.name = "good|*x*";
  good.state = JobState::succeeded;
  good.reason = "<b>`&\nnext";
  timeline.jobs = {good, failed("bad", 1)};
  CHECK(github_summary(timeline, 1 << 20) ==
        "### n: failed after 0ms\n\n| | job | time | attempts | |\n|---|---|--:|--:|---|\n"
        "| **FAIL** | bad |  |  | exit code 1 |\n| ok | good\\|\\*x\\* |  |  | &lt;b\\>\\`&amp; next |\n\n");
  timeline.jobs.assign(1000, good);
  const std::string text = github_summary(timeline, 5000);
  CHECK(text.size() <= 5000);
  CHECK(count(text, " more\n") == 1);
  CHECK(github_summary(timeline, 10).empty());
}

TEST_CASE("Output is shown whole at a job's end, folded if it went well, between marks that only we know") {
  MemoryFile file;
  OutputStream stream(file.fd());
  GithubFolds folds("T");
  FoldedOutput report(stream, folds, true);
  RunWorld world(report, {"a", "b", "silent"});
  world.begin();
  for (const char* name : {"a", "b", "silent"}) world.start(name, 1);
  world.output("a", "one\n");
  world.output("b", "::error::x");
  world.output("a", "two");
  world.end("a", JobState::succeeded, 3);
  world.fail("b", 4);
  world.end("silent", JobState::succeeded, 5);
  world.finish(5, 1);
  report.end();
  stream.flush();
  CHECK(file.text() ==
        "::stop-commands::T\n::T::\n::group::ok 2.0s a\n::stop-commands::T\none\ntwo\n::T::\n::endgroup::\n::stop-commands::T\n"
        "::error::x\n::T::\n");
}

TEST_CASE("GitLab's sections have times and names of their own") {
  GitlabFolds folds("T");
  CHECK(folds.fold("ok a\x1b[1m", WallTime(5s)) == "\x1b[0Ksection_start:5:corun_T_1[collapsed=true]\r\x1b[0Kok a\\x1b[1m\n");
  CHECK(folds.unfold(WallTime(7s)) == "\x1b[0Ksection_end:7:corun_T_1\r\x1b[0K\n");
  CHECK(folds.fold("b", WallTime(5s)).find("corun_T_2") != std::string::npos);
}
