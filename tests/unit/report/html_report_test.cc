// The HTML report as text: where a run's data stands in it, and that it can't be anything but data. What browsers make of it is
// tested in tests/browser.
#include "report/html_report.h"

#include <string>

#include "catch.h"

using namespace corun;

namespace {

std::size_t count(const std::string& text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

RunTimeline failed_run(const std::string& name) {
  RunTimeline timeline;
  timeline.id = "20260917T020003-4f1a";
  timeline.name = name;
  timeline.file = "nightly.yaml";
  timeline.verdict = "timed_out";
  timeline.exit_code = 124;
  TimelineJob& job = timeline.jobs.emplace_back();
  job.name = name;
  job.state = JobState::failed;
  job.reason = name;
  job.output = name;
  return timeline;
}

}  // namespace

TEST_CASE("An HTML report is one page with everything in it") {
  const std::string page = html_report(RunTimeline{});
  CHECK(page.starts_with("<!doctype html>"));
  CHECK(page.ends_with("</html>\n"));
  CHECK(page.size() < 90'000);
  CHECK(count(page, "{{") == 0);  // no place is left open
  CHECK(count(page, "http://") + count(page, "https://") == 0);
  CHECK(count(page, "default-src 'none'; script-src 'sha256-") == 1);
  CHECK(count(page, "unsafe-inline") == 0);
}

TEST_CASE("Without scripts an HTML report names what failed") {
  const std::string page = html_report(failed_run("load & go"));
  CHECK(count(page, "<title>timed out · load &amp; go</title>") == 1);
  CHECK(count(page, "<tr><td>load &amp; go</td><td>FAIL</td><td>load &amp; go</td></tr>") == 1);
  CHECK(count(page, "exit code 124") == 1);
}

TEST_CASE("What was made good didn't fail, and a group fails by what is in it") {
  RunTimeline timeline = failed_run("lost");
  timeline.jobs[0].parent = 1;
  timeline.jobs.emplace_back().name = "around";
  timeline.jobs[1].state = JobState::succeeded;
  CHECK(count(html_report(timeline), "<tr><td>") == 0);
  timeline.jobs[1].state = JobState::failed;
  const std::string page = html_report(timeline);
  CHECK(count(page, "<tr><td>lost</td>") == 1);
  CHECK(count(page, "<tr><td>") == 1);
}

TEST_CASE("In an HTML report nothing of a run is markup") {
  const std::string empty = html_report(failed_run("x"));
  const std::string page =
      html_report(failed_run("</title></noscript></script><script>'\"<!--<img src=x>\xE2\x80\xA8\xE2\x80\xA9"));
  CHECK(count(page, "<") == count(empty, "<"));
  CHECK(count(page, "<script>'&#39;") == 0);
  CHECK(count(page, "\\u003c/script>") == 4);
  CHECK(count(page, "\\u2028\\u2029") == 4);
  CHECK(count(page, "&lt;/title&gt;") == 4);
}
