// What the command line and CORUN_* variables ask for, as plain values. Knows nothing of job files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "cli/color.h"
#include "cli/flags.h"
#include "cli/selection.h"
#include "graph/diagnostic.h"
#include "graph/job.h"
#include "report/output_order.h"

namespace corun {

/// -o.
enum class OutputFormat : std::uint8_t { text, json, ndjson };

/// --format of `corun graph`.
enum class GraphFormat : std::uint8_t { text, dot, mermaid, json };

/// --progress.
enum class ProgressChoice : std::uint8_t { automatic, tty, plain, none };

/// What is asked of past runs.
struct PastQuery {
  std::uint32_t most = 20;  ///< runs
  bool failed = false;      ///< only runs that didn't succeed
  std::string job;
  std::string run;                       ///< how its id begins; "": the job's last one
  std::optional<std::uint32_t> attempt;  ///< nothing: all
  bool follow = false;
};

/// --lock.
struct LockWish {
  Concurrency::OnConflict on_conflict = Concurrency::OnConflict::skip;
  std::optional<Duration> most;  ///< that is waited; nothing: until the other run is too old
};

/// --report: a file that is written at the end of the run.
struct ReportFile {
  std::string kind;
  std::string path;
};

/// What `corun cache` is asked to do.
enum class CacheAction : std::uint8_t { list, prune };

struct Arguments {
  CommandKind command = CommandKind::run;
  std::string file;  ///< "-": standard input; "": any (history)
  PastQuery past;
  SelectionSettings selection;
  std::optional<std::uint32_t> process_slots;  ///< nothing: one a core
  std::uint32_t http_slots = 256;
  bool fail_fast = false;
  std::optional<Duration> timeout;
  std::optional<std::uint32_t> retries;  ///< of jobs that don't say so themselves
  bool pass_exit_code = false;           ///< the exit code of the process that made the run fail is corun's
  bool clean_environment = false;        ///< processes get little of corun's own environment
  int quiet = 0;
  int verbose = 0;
  std::vector<std::string> set;          ///< K=V, as given
  std::vector<std::string> environment;  ///< K=V or K, as given
  std::vector<std::string> secrets;      ///< NAME, NAME=@path or NAME=-
  std::vector<std::string> env_files;
  std::vector<std::string> vars_files;  ///< --vars
  OutputFormat output = OutputFormat::text;
  GraphFormat graph_format = GraphFormat::text;
  ProgressChoice progress = ProgressChoice::automatic;
  LogOrder log_order = LogOrder::live;
  DiagnosticFormat diagnostics = DiagnosticFormat::text;
  ColorChoice color = ColorChoice::automatic;
  std::string directory;           ///< "": stay
  std::vector<std::string> words;  ///< of `corun breaker`: what to do, with which breaker of which file; of others all there are
  std::string_view init_template;  ///< --template
  bool write_schema = false;       ///< --schema
  std::string state_dir;           ///< "": the default one
  bool state_dir_given = false;    ///< on this command line: whoever refers to the run needs it, too
  bool keep_state = true;
  bool use_cache = true;  ///< false: what earlier runs have kept doesn't count
  CacheAction cache_action = CacheAction::list;
  std::optional<Duration> older_than;  ///< of `cache prune`: not used for so long; nothing: all
  bool resume = false;                 ///< --resume: take up the file's last run, if that has left something to do
  std::string earlier;                 ///< the run that is taken up; of `corun resume` before it is known: how its id begins
  bool cron = false;                   ///< silent unless something fails; of `check`: looks for what cron is known to break
  std::optional<LockWish> lock;        ///< nothing: as the file says
  std::optional<Duration> jitter;
  std::optional<Duration> if_older_than;
  std::string ping;  ///< "": as the file says
  std::vector<ReportFile> reports;
  std::string schedule;  ///< of `cron print` and `systemd print`
  /// What was given on the command line and says what is run (Flag::of_run); of `corun resume` all but the run.
  std::vector<std::string> line;
  std::string started_in;  ///< the directory, before --directory
};

/// Instead of running anything: a text to show and how to exit.
struct Answer {
  std::string text;
  int exit_code = 0;  ///< 0: the text is what was asked for and goes to standard output
};

/// Makes sense of the command line; `variable` looks up CORUN_* variables, which flags on the command line beat.
std::variant<Arguments, Answer> read_arguments(int argc, const char* const* argv, const GetVariable& variable);

}  // namespace corun
