// The jobs of a file as a tree for people. Knows nothing of runs but their results.
#include <algorithm>
#include <deque>
#include <string>
#include <string_view>

#include "base/duration.h"
#include "base/text.h"
#include "base/text_columns.h"
#include "cli/graph_drawing.h"
#include "cli/text_width.h"
#include "report/style.h"
#include "report/words.h"

namespace corun {
namespace {

constexpr std::size_t kIndent = 3;          // columns of a level
constexpr std::size_t kForWords = 40;       // columns that are kept for names and what is said of them
constexpr std::size_t kResultColumns = 20;  // "! FAIL       1.2s  "
constexpr std::size_t kStateColumns = 8;
constexpr std::size_t kTimeColumns = 7;
constexpr std::size_t kLeastLevels = 4;

std::string counted(std::size_t count, std::string_view what) {
  return std::to_string(count) + ' ' + std::string(what) + (count == 1 ? "" : "s");
}

class TreeWriter {
 public:
  TreeWriter(const GraphDrawing& drawing, std::size_t width, bool color)
      : drawing_(drawing), jobs_(drawing.listing.jobs), style_(color), width_(width) {
    const std::size_t taken = kForWords + (drawing.run != nullptr ? kResultColumns : 0);
    levels_ = std::max(kLeastLevels, (width > taken ? width - taken : 0) / kIndent);
    waves_ = waves_of(drawing.listing);
    inside_ = groups_inside(drawing.listing);
    below_.resize(jobs_.size());
    for (const ListedGroup& group : drawing.listing.groups) {
      for (const std::uint32_t job : group.jobs) {
        if (!jobs_[job].needs.empty()) below_[last_need(jobs_[job])].push_back(job);
      }
    }
  }

  std::string take() {
    heading();
    for (const ListedGroup& group : drawing_.listing.groups) {
      if (group.parent >= 0) continue;
      text_ += '\n';
      if (!group.callback.empty()) text_ += std::string(group.callback) + ":\n";
      draw(group, "", 0);
    }
    failures();
    return std::move(text_);
  }

 private:
  // The jobs of a group that stand so deep that what is below them is drawn on its own.
  struct Deep {
    std::size_t limit;
    std::deque<std::uint32_t> open;
  };

  // Of the needs the one that can end last, or was named last.
  std::uint32_t last_need(const ListedJob& job) const {
    std::uint32_t last = job.needs[0].job;
    for (const ListedNeed& need : job.needs) {
      if (waves_[need.job] >= waves_[last]) last = need.job;
    }
    return last;
  }

  void heading() {
    const JobFile& file = *drawing_.listing.file;
    std::size_t top = 0;
    std::uint32_t waves = 0;
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      if (jobs_[i].parent >= 0 || !jobs_[i].callback.empty()) continue;
      ++top;
      waves = std::max(waves, waves_[i]);
    }
    text_ += escape_control(file.name) + ": " + counted(top, "job") + " in " + counted(waves, "wave");
    if (jobs_.size() > top) text_ += ", " + std::to_string(jobs_.size()) + " with all inside";
    text_ += '\n';
    if (drawing_.run == nullptr) return;
    const RunTimeline& run = *drawing_.run;
    text_ += "run " + run.id + ": " + (run.verdict.empty() ? "not ended" : run.verdict) + " after " +
             format_elapsed(run.elapsed) + '\n';
  }

  void draw(const ListedGroup& group, const std::string& prefix, std::size_t level) {
    Deep deep{std::max(levels_, level + kLeastLevels), {}};
    for (const std::uint32_t job : group.jobs) {
      if (jobs_[job].needs.empty()) draw(job, prefix, prefix, level, deep);
    }
    for (; !deep.open.empty(); deep.open.pop_front()) {
      line(std::string(results_width(), ' ') + prefix, "… " + std::string(short_name(*jobs_[deep.open.front()].job)), "");
      draw_below(deep.open.front(), prefix, level, deep);
    }
  }

  void draw(std::uint32_t index, const std::string& first, const std::string& rest, std::size_t level, Deep& deep) {
    line(result(index) + first, name(index), words(index));
    const bool has_below = !below_[index].empty();
    for (const ListedGroup* group : inside_[index]) {
      const std::string prefix = rest + (has_below ? "│  ┆ " : "   ┆ ");
      if (!group->callback.empty()) line(std::string(results_width(), ' ') + prefix, std::string(group->callback) + ":", "");
      draw(*group, prefix, level + 2);
    }
    if (!has_below) return;
    if (level + 1 < deep.limit) return draw_below(index, rest, level, deep);
    line(std::string(results_width(), ' ') + rest + "└─ ", "…", "");
    deep.open.push_back(index);
  }

  void draw_below(std::uint32_t index, const std::string& prefix, std::size_t level, Deep& deep) {
    const std::vector<std::uint32_t>& below = below_[index];
    for (std::size_t i = 0; i < below.size(); ++i) {
      const bool is_last = i + 1 == below.size();
      draw(below[i], prefix + (is_last ? "└─ " : "├─ "), prefix + (is_last ? "   " : "│  "), level + 1, deep);
    }
  }

  std::size_t results_width() const { return drawing_.run != nullptr ? kResultColumns : 0; }

  // `! FAIL       1.2s  `
  std::string result(std::uint32_t index) const {
    if (drawing_.run == nullptr) return {};
    const ListedResult& result = drawing_.results[index];
    std::string word = !result.known ? "-" : std::string(state_word(result.state));
    const std::string padding(kStateColumns - std::min(kStateColumns, word.size()), ' ');
    if (result.known) word = style_.state(result.state, word);
    std::string time = result.ran ? format_elapsed(result.time) : "";
    if (time.size() < kTimeColumns) time.insert(0, kTimeColumns - time.size(), ' ');
    return (result.is_on_failing_path ? style_.error("!") : std::string(" ")) + ' ' + word + padding + ' ' + time + "  ";
  }

  std::string name(std::uint32_t index) const {
    const std::string name(short_name(*jobs_[index].job));
    return drawing_.run != nullptr && drawing_.results[index].is_on_failing_path ? style_.error(name) : name;
  }

  std::string words(std::uint32_t index) const {
    std::string words;
    const std::string needs = needs_words(drawing_.listing, jobs_[index]);
    if (!needs.empty()) words = "← " + needs;
    std::string shape;
    const auto add = [&](const std::string& phrase) { shape += (shape.empty() ? "" : ", ") + phrase; };
    for (const std::string& phrase : shape_words(*jobs_[index].job)) add(phrase);
    if (drawing_.run != nullptr) {
      const ListedResult& result = drawing_.results[index];
      if (result.restored) add("done earlier");
      if (result.attempts > 1) add(std::to_string(result.attempts) + " attempts");
      if (!result.items.empty()) add(items_words(result));
    }
    if (!shape.empty()) words += (words.empty() ? "(" : "  (") + shape + ')';
    return words;
  }

  void line(const std::string& prefix, const std::string& name, const std::string& words) {
    text_ += prefix + name;
    const std::size_t taken = width_of(prefix) + width_of(name) + 2;
    if (!words.empty() && taken + 2 < width_) text_ += "  " + shortened_to_columns(words, width_ - taken);
    text_ += '\n';
  }

  void failures() {
    if (drawing_.run == nullptr) return;
    bool any = false;
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      const ListedResult& result = drawing_.results[i];
      if (!result.known || !is_failure(result.state)) continue;
      if (!any) text_ += '\n';
      any = true;
      text_ += style_.state(result.state, state_word(result.state)) + ' ' + jobs_[i].id;
      if (!result.reason.empty()) text_ += ": " + result.reason.substr(0, result.reason.find('\n'));
      text_ += '\n';
    }
  }

  const GraphDrawing& drawing_;
  const std::vector<ListedJob>& jobs_;
  Style style_;
  std::size_t width_;
  std::size_t levels_ = 0;
  std::vector<std::uint32_t> waves_;
  std::vector<std::vector<const ListedGroup*>> inside_;  // by job
  std::vector<std::vector<std::uint32_t>> below_;        // by job
  std::string text_;
};

}  // namespace

std::string graph_text(const GraphDrawing& drawing, std::size_t width, bool color) {
  return TreeWriter(drawing, width, color).take();
}

}  // namespace corun
