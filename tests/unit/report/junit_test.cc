// JUnit XML: text of all kinds, what counts as a failure, suites and names.
#include "report/junit.h"

#include <string>

#include "catch.h"
#include "report/xml_text.h"

using namespace corun;

namespace {

TimelineJob job(const std::string& name, JobState state, std::int32_t parent = -1) {
  TimelineJob entry;
  entry.name = name;
  entry.state = state;
  entry.parent = parent;
  if (state == JobState::failed) {
    entry.kind = FailureKind::exit_code;
    entry.reason = "exit code 1";
  }
  return entry;
}

RunTimeline run_of(std::vector<TimelineJob> jobs) {
  RunTimeline timeline;
  timeline.name = "graph";
  timeline.jobs = std::move(jobs);
  return timeline;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("XML text is escaped and has no character that XML doesn't have") {
  CHECK(xml_text("a<b>&\"']]>") == "a&lt;b&gt;&amp;\"']]&gt;");
  CHECK(xml_text("\x1b[31mred\x1b[0m \x1b]0;title\x07!") == "red !");
  CHECK(xml_text(std::string_view("a\0\x01\x0b\x1f\tb\n", 8)) == "a\tb\n");
  CHECK(xml_text("\xff\xc3") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(xml_text("\xEF\xBF\xBE\xEF\xBF\xBF\xEF\xBF\xBD") == "\xEF\xBF\xBD");
  CHECK(xml_text("\xED\xA0\x80").find('\xED') == std::string::npos);  // a surrogate
  CHECK(xml_text("10%\r20%\r\nnext") == "20%\nnext");
  CHECK(xml_attribute("a\"b\nc\td") == "\"a&quot;b&#10;c&#9;d\"");
}

TEST_CASE("Only what fails the run is a failure") {
  std::vector<TimelineJob> jobs = {job("any", JobState::succeeded), job("any/bad", JobState::failed, 0),
                                   job("all", JobState::failed),    job("all/bad", JobState::failed, 2),
                                   job("may", JobState::failed),    job("after", JobState::failed)};
  jobs[2].kind = FailureKind::group;
  jobs[4].allowed = true;
  jobs[5].is_callback = true;
  const std::string text = junit_document(run_of(jobs));
  CHECK(contains(text, "<testsuites name=\"graph\" tests=\"6\" failures=\"3\" errors=\"0\" time=\"0.000\">"));
  CHECK(contains(text, "skipped=\"2\""));
  CHECK(contains(text, "<skipped message=\"exit code 1 (made good by what is around it)\">"));
  CHECK(contains(text, "<skipped message=\"exit code 1 (allowed to fail)\">"));
  CHECK(contains(text, "<testcase classname=\"graph\" name=\"after\" time=\"0.000\">\n      <failure "));  // it fails the run
}

TEST_CASE("Names that readers can't tell from each other get a number") {
  const std::string text = junit_document(run_of({job("a", JobState::succeeded), job("a\x01", JobState::succeeded)}));
  CHECK(contains(text, "name=\"a\""));
  CHECK(contains(text, "name=\"a (2)\""));
}

TEST_CASE("A file that jobs of two graphs run is a suite for each of them") {
  std::vector<TimelineJob> jobs = {job("one", JobState::succeeded), job("two", JobState::succeeded),
                                   job("one/x", JobState::succeeded, 0), job("two/x", JobState::succeeded, 1),
                                   job("two/x/y", JobState::succeeded, 3)};
  for (TimelineJob& each : jobs) each.file = each.parent < 0 ? "outer.yaml" : "inner.yaml";
  const std::string text = junit_document(run_of(jobs));
  CHECK(contains(text, "<testsuite name=\"graph\" tests=\"2\""));
  CHECK(contains(text, "<testsuite name=\"graph/one\" tests=\"1\""));
  CHECK(contains(text, "<testsuite name=\"graph/two\" tests=\"2\""));
}

TEST_CASE("A run without jobs is a suite without cases") {
  CHECK(contains(junit_document(run_of({})), "tests=\"0\" failures=\"0\" errors=\"0\" skipped=\"0\""));
}

TEST_CASE("An attempt that failed before the job passed is flaky, one that lost to another isn't") {
  TimelineJob entry = job("a", JobState::succeeded);
  for (const std::uint32_t number : {1U, 2U, 3U}) entry.attempts.emplace_back().number = number;
  entry.attempts[0].kind = FailureKind::exit_code;
  entry.attempts[1].kind = FailureKind::cancelled;
  entry.attempts[1].lost = true;
  const std::string text = junit_document(run_of({entry}));
  CHECK(contains(text, "attempt 1: exit_code"));
  CHECK_FALSE(contains(text, "attempt 2"));
}
