// The jobs of a file for Graphviz. Knows nothing of runs but their results.
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "cli/graph_drawing.h"
#include "cli/policy_words.h"

namespace corun {
namespace {

constexpr std::string_view kFailing = "#c62828";

struct Colours {
  std::string_view fill;
  std::string_view line;
};

Colours colours_of(const ListedResult& result) {
  if (!result.known) return {"#ffffff", "#9e9e9e"};
  switch (result.state) {
    case JobState::succeeded: return {"#e3f4e3", "#2e7d32"};
    case JobState::degraded: return {"#fff3d6", "#b26a00"};
    case JobState::skipped:
    case JobState::cancelled: return {"#eeeeee", "#757575"};
    default: return is_failure(result.state) ? Colours{"#fde0e0", kFailing} : Colours{"#e3edfb", "#1565c0"};
  }
}

// As the inside of a quoted string; `\n` parts the lines.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : escape_control(text)) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (c == '&') {  // `&lt;` is a character of its own
      out += "&amp;";
    } else {
      out += c == '\t' ? ' ' : c;
    }
  }
  return out;
}

class DotWriter {
 public:
  explicit DotWriter(const GraphDrawing& drawing)
      : drawing_(drawing), jobs_(drawing.listing.jobs), inside_(groups_inside(drawing.listing)) {}

  std::string take() {
    const JobFile& file = *drawing_.listing.file;
    std::string title = file.name;
    if (drawing_.run != nullptr) {
      title += "\nrun " + drawing_.run->id + ": " + (drawing_.run->verdict.empty() ? "not ended" : drawing_.run->verdict);
    }
    text_ = "digraph \"" + escaped(file.name) + "\" {\n";
    text_ += "  graph [rankdir=LR, compound=true, fontname=\"sans-serif\", labelloc=t, label=\"" + escaped(title) + "\"];\n";
    text_ += "  node [shape=box, style=\"rounded,filled\", fillcolor=\"#ffffff\", fontname=\"sans-serif\"];\n";
    text_ += "  edge [fontname=\"sans-serif\", fontsize=10];\n";
    for (const ListedGroup& group : drawing_.listing.groups) {
      if (group.parent < 0) add_group(group, "  ");
    }
    for (std::uint32_t i = 0; i < jobs_.size(); ++i) add_edges(i);
    return text_ + "}\n";
  }

 private:
  static std::string node(std::uint32_t index) { return "j" + std::to_string(index); }
  static std::string cluster(std::uint32_t index) { return "cluster_" + node(index); }
  bool is_group(std::uint32_t index) const { return !inside_[index].empty(); }

  void add_group(const ListedGroup& group, const std::string& indent) {
    if (group.callback.empty()) {
      for (const std::uint32_t job : group.jobs) add_job(job, indent);
      return;
    }
    text_ += indent + "subgraph \"cluster_" + std::string(group.callback) + '_' + node(group.jobs.front()) + "\" {\n";
    text_ +=
        indent + "  label=\"" + std::string(group.callback) + "\"; style=\"rounded,dashed\"; color=\"#9e9e9e\"; penwidth=1;\n";
    for (const std::uint32_t job : group.jobs) add_job(job, indent + "  ");
    text_ += indent + "}\n";
  }

  // A group is a cluster with an invisible point, at which its edges are fastened.
  void add_job(std::uint32_t index, const std::string& indent) {
    if (!is_group(index)) {
      text_ += indent + node(index) + " [label=\"" + escaped(graph_label(drawing_, index)) + '"' +
               attributes(index, ", ", "fillcolor") + "];\n";
      return;
    }
    text_ += indent + "subgraph \"" + cluster(index) + "\" {\n";
    text_ += indent + "  label=\"" + escaped(graph_label(drawing_, index)) + "\"; style=\"rounded,filled\"";
    const std::string colours = attributes(index, "; ", "fillcolor");
    text_ += (colours.empty() ? "; fillcolor=\"#f7f7f7\"" : colours) + ";\n";
    text_ += indent + "  " + node(index) + " [shape=point, style=invis, label=\"\"];\n";
    for (const ListedGroup* group : inside_[index]) add_group(*group, indent + "  ");
    text_ += indent + "}\n";
  }

  std::string attributes(std::uint32_t index, std::string_view between, std::string_view fill) const {
    if (drawing_.run == nullptr) return {};
    const ListedResult& result = drawing_.results[index];
    const Colours colours = colours_of(result);
    std::string text = std::string(between) + std::string(fill) + "=\"" + std::string(colours.fill) + '"';
    text += std::string(between) + "color=\"" + std::string(result.is_on_failing_path ? kFailing : colours.line) + '"';
    text +=
        std::string(between) + (result.is_on_failing_path ? "penwidth=2.5" : "penwidth=1");  // else that of the cluster around
    return text;
  }

  void add_edges(std::uint32_t index) {
    for (const ListedNeed& need : jobs_[index].needs) {
      std::string attributes;
      const auto add = [&](const std::string& attribute) { attributes += (attributes.empty() ? "" : ", ") + attribute; };
      if (is_group(need.job)) add("ltail=\"" + cluster(need.job) + '"');
      if (is_group(index)) add("lhead=\"" + cluster(index) + '"');
      if (need.when != EdgeCondition::succeeded) add("label=\"" + std::string(to_word(need.when)) + "\", style=dashed");
      if (drawing_.run != nullptr && is_failing_edge(drawing_.results[need.job], drawing_.results[index])) {
        add("color=\"" + std::string(kFailing) + "\", penwidth=2.5");
      }
      text_ += "  " + node(need.job) + " -> " + node(index) + (attributes.empty() ? "" : " [" + attributes + ']') + ";\n";
    }
  }

  const GraphDrawing& drawing_;
  const std::vector<ListedJob>& jobs_;
  std::vector<std::vector<const ListedGroup*>> inside_;  // by job
  std::string text_;
};

}  // namespace

std::string graph_dot(const GraphDrawing& drawing) { return DotWriter(drawing).take(); }

}  // namespace corun
