// corun's entry: from the command line to a command, and from its end to the process's. Knows nothing of graphs or runs.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <system_error>
#include <variant>

#include "cli/arguments.h"
#include "cli/breaker_command.h"
#include "cli/cache_command.h"
#include "cli/check_command.h"
#include "cli/complete_command.h"
#include "cli/exit_code.h"
#include "cli/graph_command.h"
#include "cli/history_command.h"
#include "cli/load_graph.h"
#include "cli/lock_command.h"
#include "cli/logs_command.h"
#include "cli/machine.h"
#include "cli/not_started.h"
#include "cli/plan_command.h"
#include "cli/print_schedule_command.h"
#include "cli/print_text_commands.h"
#include "cli/report_command.h"
#include "cli/resume.h"
#include "cli/run_command.h"
#include "cli/setup_error.h"

namespace {

using namespace corun;

const char* variable(const char* name) { return std::getenv(name); }

CommandEnd run(const Arguments& arguments) {
  if (!arguments.directory.empty() && ::chdir(arguments.directory.c_str()) != 0) {
    throw SetupError(kExitNoInput, "can't change to `" + arguments.directory + "`: " + std::strerror(errno));
  }
  switch (arguments.command) {
    case CommandKind::breaker: return {breaker_command(arguments, variable)};
    case CommandKind::check: return {check_command(arguments, variable)};
    case CommandKind::plan: return {plan_command(arguments, load_graph(arguments, variable), variable)};
    case CommandKind::graph: return {graph_command(arguments, variable)};
    case CommandKind::ls: return {ls_command(arguments, variable)};
    case CommandKind::run: return run_command(arguments, load_graph(arguments, variable), variable);
    case CommandKind::history: return {history_command(arguments, variable)};
    case CommandKind::logs: return {logs_command(arguments, variable)};
    case CommandKind::report: return {report_command(arguments, variable)};
    case CommandKind::lock: return {lock_command(arguments, variable)};
    case CommandKind::cron:
    case CommandKind::systemd: return {print_schedule_command(arguments, variable)};
    case CommandKind::cache: return {cache_command(arguments, variable)};
    case CommandKind::init: return {init_command(arguments)};
    case CommandKind::explain: return {explain_command(arguments)};
    case CommandKind::schema: return {schema_command(arguments)};
    case CommandKind::completion: return {completion_command(arguments)};
    case CommandKind::complete: return {complete_command(arguments, variable)};
    case CommandKind::manual: return {manual_command(arguments)};
    case CommandKind::resume: return run(arguments_of_earlier(arguments, variable));
  }
  return {};
}

CommandEnd start(int argc, char** argv) {
  const std::variant<Arguments, Answer> asked = read_arguments(argc, argv, variable);
  if (const auto* arguments = std::get_if<Arguments>(&asked)) {
    try {
      return run(*arguments);
    } catch (const SetupError& error) {
      std::fputs(error.what(), stderr);
      tell_not_started(*arguments, variable, error);
      return {error.exit_code()};
    }
  }
  const auto& answer = std::get<Answer>(asked);
  std::FILE* stream = answer.exit_code == kExitSuccess ? stdout : stderr;
  const bool written = std::fputs(answer.text.c_str(), stream) >= 0 && std::fflush(stream) == 0;
  return {written ? answer.exit_code : kExitCantWrite};
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_descriptors();
  settle_signals();
  try {
    const CommandEnd end = start(argc, argv);
    if (end.signal != 0) die_by_signal(end.signal);
    return end.exit_code;
  } catch (const std::bad_alloc&) {
    std::fputs("corun: out of memory\n", stderr);
    return kExitInternal;
  } catch (const std::system_error& error) {
    std::fprintf(stderr, "corun: %s\n", error.what());
    return kExitInternal;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "corun: internal error: %s\n", error.what());
    return kExitInternal;
  }
}
