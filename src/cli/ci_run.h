// A run in a CI system: what its log and its files are told besides what everybody sees. Knows nothing of how jobs run.
#pragma once

#include <memory>
#include <string>

#include "cli/arguments.h"
#include "cli/load_graph.h"
#include "report/folded_output.h"
#include "report/folds.h"
#include "report/github.h"
#include "report/output_stream.h"
#include "report/run_timeline.h"

namespace corun {

/// GitHub Actions or GitLab CI, whichever runs us.
class CiRun {
 public:
  /// Null: none does, or nobody wants to hear of it (--cron), or we are a job of another corun that tells it. Where standard
  /// output carries data, `err` takes what the log is told. Hides the secrets of `graph` there at once.
  static std::unique_ptr<CiRun> detect(const Arguments& arguments, const LoadedGraph& graph, const GetVariable& variable,
                                       OutputStream& out, OutputStream& err);

  /// Shows the output of jobs in place of the console; comes before it.
  Report& output() { return output_; }
  /// Tells how the run has ended. Gives what couldn't be written, a line each; "": all could.
  std::string end(const RunTimeline& timeline);

 private:
  CiRun(bool is_github, bool shows, const GetVariable& variable, OutputStream& log);

  bool is_github_;
  std::unique_ptr<Folds> folds_;
  FoldedOutput output_;
  OutputStream& log_;
  GithubPlace place_;
  std::string outputs_file_;  // "": there is none
  std::string summary_file_;
};

}  // namespace corun
