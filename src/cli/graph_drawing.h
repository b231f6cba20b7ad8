// The ways to draw the jobs of a file, each a text. Knows nothing of where they come from, nor of where the text goes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/graph_results.h"
#include "cli/job_listing.h"
#include "report/run_timeline.h"

namespace corun {

/// What is drawn.
struct GraphDrawing {
  const JobListing& listing;
  const RunTimeline* run = nullptr;   ///< null: without results
  std::vector<ListedResult> results;  ///< by job; empty without a run
};

/// What stands in a job's box, a line each.
std::string graph_label(const GraphDrawing& drawing, std::uint32_t index);

/// For people: a tree, in which a job stands below the last one that it waits for. No line is longer than `width` columns, unless
/// for a name.
std::string graph_text(const GraphDrawing& drawing, std::size_t width, bool color);
/// For Graphviz.
std::string graph_dot(const GraphDrawing& drawing);
/// A flowchart for Mermaid.
std::string graph_mermaid(const GraphDrawing& drawing);
/// Why Mermaid, with its usual limits, doesn't draw `text`, which is `drawing` as a flowchart; "": it does.
std::string beyond_mermaid(const GraphDrawing& drawing, std::string_view text);
/// One JSON document with a line end.
std::string graph_json(const GraphDrawing& drawing);

}  // namespace corun
