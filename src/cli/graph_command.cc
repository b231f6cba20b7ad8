// `corun graph`. Knows nothing of how a graph is drawn.
#include "cli/graph_command.h"

#include <unistd.h>

#include <cstdio>
#include <optional>

#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/graph_drawing.h"
#include "cli/load_graph.h"
#include "cli/past_state.h"
#include "cli/past_timeline.h"
#include "cli/resume.h"
#include "cli/setup_error.h"
#include "cli/terminal.h"
#include "report/output_stream.h"

namespace corun {
namespace {

constexpr std::size_t kUsualWidth = 100;  // columns, where it isn't a terminal that says

PastRun run_asked_for(PastRuns& runs, const PastState& state, const Arguments& arguments) {
  const std::string file = known_file(arguments.file);
  if (arguments.past.run != "last") {
    PastRun run = the_run(runs, state, arguments.past.run);
    if (run.file != file) {
      std::fprintf(stderr, "corun: warning: run %s was one of %s\n", run.id.c_str(), escape_control(run.file).c_str());
    }
    return run;
  }
  std::optional<PastRun> last = runs.last_of(file);
  if (!last) {
    throw SetupError(kExitNoInput, "there is no run of `" + escape_control(arguments.file) + "` in `" + state.directory + "`");
  }
  return *std::move(last);
}

RunTimeline timeline_asked_for(const Arguments& arguments, const GetVariable& variable) {
  const PastState state = open_past_state(arguments, variable);
  try {
    PastRuns runs(*state.database, state.directory);
    return past_timeline(state, run_asked_for(runs, state, arguments));
  } catch (const DatabaseError& error) {
    fail_with(state, error);
  }
}

std::string drawn(const GraphDrawing& drawing, const Arguments& arguments, const GetVariable& variable) {
  switch (arguments.graph_format) {
    case GraphFormat::dot: return graph_dot(drawing);
    case GraphFormat::mermaid: return graph_mermaid(drawing);
    case GraphFormat::json: return graph_json(drawing);
    case GraphFormat::text: break;
  }
  const std::size_t width = terminal_size(STDOUT_FILENO).value_or(TerminalSize()).columns;
  const bool color = wants_color(arguments.color, ::isatty(STDOUT_FILENO) == 1, variable);
  return graph_text(drawing, width != 0 ? width : kUsualWidth, color);
}

}  // namespace

int graph_command(const Arguments& arguments, const GetVariable& variable) {
  JobFile file = load_jobs(arguments, variable);
  const std::vector<bool> excluded = selected_jobs(file, arguments);
  const JobListing listing = list_jobs(file, excluded);
  GraphDrawing drawing{listing, nullptr, {}};
  std::optional<RunTimeline> timeline;
  if (!arguments.past.run.empty()) {
    timeline = timeline_asked_for(arguments, variable);
    drawing.run = &*timeline;
    drawing.results = results_of(listing, *timeline);
  }
  OutputStream out(STDOUT_FILENO);
  const std::string text = drawn(drawing, arguments, variable);
  out.append(text);
  out.flush();
  if (arguments.graph_format == GraphFormat::mermaid) {
    const std::string problem = beyond_mermaid(drawing, text);
    if (!problem.empty()) std::fprintf(stderr, "corun: warning: %s\n", problem.c_str());
  }
  return out.error() == 0 ? kExitSuccess : kExitCantWrite;
}

}  // namespace corun
