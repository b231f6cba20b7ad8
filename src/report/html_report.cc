// Puts a run's data into the page. Knows nothing of its scripts and style.
#include "report/html_report.h"

#include <string_view>

#include "base/duration.h"
#include "report/html_page.h"
#include "report/timeline_failures.h"
#include "report/timeline_json.h"
#include "report/words.h"

namespace corun {
namespace {

constexpr std::size_t kMostFailures = 1000;

// As text, or as a quoted value of an attribute.
void append_html(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
}

std::string html(std::string_view text) {
  std::string out;
  append_html(out, text);
  return out;
}

// JSON inside of a script element: nothing in it ends the element or begins a comment, and no old parser sees a line end.
void append_script_json(std::string& out, std::string_view json) {
  out.reserve(out.size() + json.size() + json.size() / 64);
  std::size_t done = 0;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string_view rest = json.substr(i);
    const bool separator = rest.starts_with("\xE2\x80\xA8") || rest.starts_with("\xE2\x80\xA9");
    if (json[i] != '<' && !separator) continue;
    out += json.substr(done, i - done);
    out += json[i] == '<' ? "\\u003c" : rest[2] == '\xA8' ? "\\u2028" : "\\u2029";
    if (separator) i += 2;
    done = i + 1;
  }
  out += json.substr(done);
}

std::string title(const RunTimeline& timeline) {
  const std::string_view verdict = timeline.verdict.empty() ? std::string_view("not ended") : timeline.verdict;
  std::string text(verdict);
  for (char& c : text) {
    if (c == '_') c = ' ';
  }
  return text + " · " + (timeline.name.empty() ? timeline.file : timeline.name);
}

// For browsers without scripts: what went wrong.
std::string summary(const RunTimeline& timeline) {
  std::string out = "<h1>" + html(title(timeline)) + "</h1>\n<p>Run " + html(timeline.id) + " of " + html(timeline.file) +
                    " took " + html(format_elapsed(timeline.elapsed));
  if (timeline.exit_code >= 0) out += ", exit code " + std::to_string(timeline.exit_code);
  out += ". With scripts this page shows all of it.</p>\n";
  if (!timeline.resume.empty()) out += "<p>Resume with <code>" + html(timeline.resume) + "</code></p>\n";
  std::size_t failures = 0;
  std::string rows;
  for (const TimelineJob* job : root_failures(timeline)) {
    if (++failures > kMostFailures) continue;
    rows += "<tr><td>" + html(job->name) + "</td><td>" + html(state_word(job->state)) + "</td><td>" + html(job->reason) +
            "</td></tr>\n";
  }
  if (failures == 0) return out;
  out += "<table><caption>What failed</caption><thead><tr><th>Job</th><th>State</th><th>Reason</th></tr></thead><tbody>\n" +
         rows + "</tbody></table>\n";
  if (failures > kMostFailures) out += "<p>and " + std::to_string(failures - kMostFailures) + " more</p>\n";
  return out;
}

}  // namespace

std::string html_report(const RunTimeline& timeline) {
  std::string_view page = html_page();
  std::string out;
  const auto up_to = [&](std::string_view mark) {
    const std::size_t end = page.find(mark);
    out += page.substr(0, end);
    page.remove_prefix(end + mark.size());
  };
  up_to("{{title}}");
  append_html(out, title(timeline));
  up_to("{{summary}}");
  out += summary(timeline);
  up_to("{{run}}");
  append_script_json(out, timeline_json(timeline));
  out += page;
  return out;
}

}  // namespace corun
