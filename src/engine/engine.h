// Runs a loaded job file: the one door from the command line into the engine. Knows nothing of argv, terminals or exit codes of
// shells.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/job_result.h"
#include "base/trace_context.h"
#include "graph/job.h"
#include "io/executor.h"
#include "loop/cancel.h"
#include "loop/task.h"
#include "report/report.h"

namespace corun {

class BreakerStore;
class Journal;
class LimitShare;
class LogStore;
class Random;
class FileMemory;
class ResultCache;

/// How a run differs from what its file says.
struct RunSettings {
  std::string run_id;
  std::string earlier;                     ///< the run that it takes up; "": none
  std::uint32_t process_slots = 1;         ///< -j: process jobs at once
  std::uint32_t http_slots = 256;          ///< --max-http: requests and statements at once
  bool fail_fast = false;                  ///< stop at the first failure
  std::optional<Duration> timeout;         ///< of the run; the file's own if not set
  bool use_cache = true;                   ///< false: only what this run itself has put there counts
  std::vector<bool> excluded;              ///< by Job::id: left out, as if it had succeeded
  std::optional<TraceContext> trace = {};  ///< the run's own span; nothing: there is no trace
  /// What 95 % of earlier ones took at most, by the name of a job as written: of those with `hedge: {after: p95}`, where enough
  /// is known.
  std::unordered_map<std::string, Duration> usual_times = {};
};

/// What the engine needs from outside; all must outlive it. Tests replace them.
struct EngineParts {
  Loop& loop;
  Executor& processes;
  Executor* http;  ///< null: the graph has no HTTP
  Report& report;
  BreakerStore& breakers;
  LogStore& logs;
  Random& random;
  Executor* sql = nullptr;                         ///< null: the graph has no SQL
  Journal* journal = nullptr;                      ///< null: nothing is noted down
  std::span<LimitShare* const> limit_shares = {};  ///< by index in JobFile::limits; empty: nobody else has them
  ResultCache* cache = nullptr;                    ///< null: `cache` does nothing
  FileMemory* known_files = nullptr;               ///< of inputs; null: each run reads them all
};

/// The end of a run.
struct RunResult {
  std::vector<JobResult> results;  ///< by Job::id
  std::string outputs;             ///< JSON: a map, of the file's `outputs`; "": it has none
  CancelReason stopped = CancelReason::none;
  Duration elapsed{};
};

/// Runs every job of `file` that isn't excluded and gives what became of each. `scope` cancelled means stop: nothing new
/// starts, what runs is ended with its grace (at once if forced), and everything is awaited. Tells parts.report all but
/// run_end. `expressions` are those of `file`, checked.
class Variables;
struct Expressions;
Task<RunResult> run_file(const JobFile& file, const RunSettings& settings, const Variables& variables,
                         const Expressions& expressions, EngineParts parts, CancelScope& scope);

}  // namespace corun
