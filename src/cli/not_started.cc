// Pings of runs that couldn't start. Knows nothing of runs.
#include "cli/not_started.h"

#include <signal.h>

#include <utility>

#include "cli/exit_code.h"
#include "cli/load_graph.h"
#include "cli/machine.h"
#include "cli/ping.h"
#include "cli/resume.h"
#include "cli/run_clock.h"
#include "cli/run_control.h"
#include "cli/run_reports.h"
#include "cli/web_calls.h"
#include "io/http_executor.h"
#include "loop/loop.h"
#include "loop/signals.h"
#include "policy/random.h"

namespace corun {
namespace {

// The switch of the file, as far as it is known without values.
std::string switch_of_file(const Arguments& arguments) {
  if (arguments.file.empty() || arguments.file == "-") return {};
  try {
    const LoadResult loaded = load_from_disk(arguments.file);
    if (!loaded.file || !loaded.file->ping) return {};
    const std::string& url = loaded.file->ping->url.text;
    return url.find("${{") == std::string::npos ? url : std::string();
  } catch (const SetupError&) {
    return {};  // it can't be read
  }
}

}  // namespace

void tell_not_started(const Arguments& arguments, const GetVariable& variable, const SetupError& error) {
  if (arguments.command != CommandKind::run && arguments.command != CommandKind::resume) return;
  if (error.exit_code() == kExitLockBusy) return;  // another run is at it, and tells its end itself
  Arguments told = arguments;
  if (told.ping.empty() && error.exit_code() != kExitNoInput) told.ping = switch_of_file(arguments);
  if (told.ping.empty()) return;
  told.reports.clear();
  told.output = OutputFormat::text;
  ::signal(SIGPIPE, SIG_IGN);
  RunClock clock;
  Loop loop(clock);
  SignalSource signals(loop, kHeededSignals);
  SystemRandom random;
  const LoadedGraph none;
  RunReports reports(told, none, variable, clock, signals.fd(), false);
  Ping ping(loop, told, none, random, reports.report(), [&loop] { return make_web_calls(loop); });
  const std::string what = known_file(arguments.file) + " couldn't be started on " + host_name() + "\n\n" + error.what();
  say_end(loop, signals, ping, error.exit_code(), what);
  reports.finish();
}

}  // namespace corun
