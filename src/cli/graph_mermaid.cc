// The jobs of a file as a flowchart for Mermaid. Knows nothing of runs but their results.
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "cli/graph_drawing.h"
#include "cli/policy_words.h"

namespace corun {
namespace {

// As the inside of a label in quotes: what Mermaid, its Markdown or HTML could read as syntax is a character reference.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : escape_control(text)) {
    if (c == '\n') {
      out += "<br>";
    } else if (std::string_view("\"#&;<>\\`*_~|{}[]()$%@^\t").find(c) != std::string_view::npos) {
      out += '#' + std::to_string(static_cast<int>(c)) + ';';
    } else {
      out += c;
    }
  }
  return out;
}

std::string_view class_of(const ListedResult& result) {
  if (!result.known) return {};
  switch (result.state) {
    case JobState::succeeded: return "ok";
    case JobState::degraded: return "degraded";
    case JobState::skipped:
    case JobState::cancelled: return "never";
    default: return is_failure(result.state) ? "failed" : "open";
  }
}

class MermaidWriter {
 public:
  explicit MermaidWriter(const GraphDrawing& drawing)
      : drawing_(drawing), jobs_(drawing.listing.jobs), inside_(groups_inside(drawing.listing)) {}

  std::string take() {
    text_ = "flowchart LR\n";
    for (const ListedGroup& group : drawing_.listing.groups) {
      if (group.parent < 0) add_group(group, "  ");
    }
    for (std::uint32_t i = 0; i < jobs_.size(); ++i) add_edges(i);
    if (drawing_.run != nullptr) add_classes();
    return std::move(text_);
  }

 private:
  static std::string node(std::uint32_t index) { return "j" + std::to_string(index); }

  void add_group(const ListedGroup& group, const std::string& indent) {
    if (group.callback.empty()) {
      for (const std::uint32_t job : group.jobs) add_job(job, indent);
      return;
    }
    text_ += indent + "subgraph c" + std::to_string(group.jobs.front()) + "[\"" + escaped(group.callback) + "\"]\n";
    for (const std::uint32_t job : group.jobs) add_job(job, indent + "  ");
    text_ += indent + "end\n";
  }

  void add_job(std::uint32_t index, const std::string& indent) {
    const bool is_group = !inside_[index].empty();
    text_ += indent + (is_group ? "subgraph " : "") + node(index) + "[\"" + escaped(graph_label(drawing_, index)) + "\"]\n";
    if (!is_group) return;
    for (const ListedGroup* group : inside_[index]) add_group(*group, indent + "  ");
    text_ += indent + "end\n";
  }

  void add_edges(std::uint32_t index) {
    for (const ListedNeed& need : jobs_[index].needs) {
      text_ += "  " + node(need.job);
      text_ += need.when == EdgeCondition::succeeded ? " --> " : " -. " + std::string(to_word(need.when)) + " .-> ";
      text_ += node(index) + '\n';
      if (drawing_.run != nullptr && is_failing_edge(drawing_.results[need.job], drawing_.results[index])) {
        failing_edges_ += (failing_edges_.empty() ? "" : ",") + std::to_string(edges_);
      }
      ++edges_;
    }
  }

  void add_classes() {
    text_ += "  classDef ok fill:#e3f4e3,stroke:#2e7d32,color:#000\n";
    text_ += "  classDef degraded fill:#fff3d6,stroke:#b26a00,color:#000\n";
    text_ += "  classDef failed fill:#fde0e0,stroke:#c62828,stroke-width:3px,color:#000\n";
    text_ += "  classDef never fill:#eeeeee,stroke:#757575,color:#000\n";
    text_ += "  classDef open fill:#e3edfb,stroke:#1565c0,color:#000\n";
    std::map<std::string_view, std::string> members;
    for (std::uint32_t i = 0; i < jobs_.size(); ++i) {
      const std::string_view name = class_of(drawing_.results[i]);
      if (name.empty()) continue;
      std::string& list = members[name];
      list += (list.empty() ? "" : ",") + node(i);
    }
    for (const auto& [name, list] : members) text_ += "  class " + list + ' ' + std::string(name) + '\n';
    if (!failing_edges_.empty()) text_ += "  linkStyle " + failing_edges_ + " stroke:#c62828,stroke-width:3px\n";
  }

  const GraphDrawing& drawing_;
  const std::vector<ListedJob>& jobs_;
  std::vector<std::vector<const ListedGroup*>> inside_;  // by job
  std::string text_;
  std::string failing_edges_;  // their numbers
  std::size_t edges_ = 0;
};

}  // namespace

std::string graph_mermaid(const GraphDrawing& drawing) { return MermaidWriter(drawing).take(); }

std::string beyond_mermaid(const GraphDrawing& drawing, std::string_view text) {
  constexpr std::size_t kMostEdges = 500;
  constexpr std::size_t kMostCharacters = 50'000;
  std::size_t edges = 0;
  for (const ListedJob& job : drawing.listing.jobs) edges += job.needs.size();
  const std::string remedy = "; draw a part of it (--only, --until), or use --format dot";
  if (edges > kMostEdges) return "Mermaid draws up to 500 edges, and there are " + std::to_string(edges) + remedy;
  if (text.size() > kMostCharacters) return "Mermaid draws what has up to 50000 characters, and this has more" + remedy;
  return {};
}

}  // namespace corun
