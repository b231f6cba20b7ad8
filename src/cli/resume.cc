// From a past run to one that takes it up. Knows nothing of jobs.
#include "cli/resume.h"

#include <time.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "cli/exit_code.h"
#include "cli/machine.h"
#include "cli/setup_error.h"
#include "expr/json.h"
#include "graph/diagnostic.h"

namespace corun {
namespace {

constexpr Duration kGrace = 5s;

std::vector<std::string> parse_arguments(const PastRun& run) {
  std::vector<std::string> arguments;
  const Result<Json> list = Json::parse(run.arguments);
  for (std::size_t i = 0; list && i < list->size(); ++i) arguments.emplace_back(list->at(i).text());
  return arguments;
}

// As if these words had been typed.
Arguments read_again(const std::vector<std::string>& line, const PastRun& run, const GetVariable& variable) {
  std::vector<const char*> argv{"corun", "run"};
  for (const std::string& argument : line) argv.push_back(argument.c_str());
  std::variant<Arguments, Answer> read = read_arguments(static_cast<int>(argv.size()), argv.data(), variable);
  if (const auto* answer = std::get_if<Answer>(&read)) throw SetupError::with_text(kExitUsage, answer->text);
  auto& arguments = std::get<Arguments>(read);
  arguments.earlier = run.id;
  return arguments;
}

// Whoever asks to resume doesn't want all to be done again because of that.
[[noreturn]] void throw_busy(const Store& store) {
  throw SetupError(kExitLockBusy, "another process keeps " + store.directory() + "/corun.db locked: what is done can't be told");
}

// A child that was being started when its corun was killed shares the files of that, its lock too, until it has become another
// program or is gone.
void check_not_running(PastRuns& runs, const PastRun& run) {
  constexpr timespec kMoment{0, 20'000'000};
  for (int moments = 0; runs.is_running(run); ++moments) {
    if (moments == 25) throw SetupError(kExitLockBusy, "run " + run.id + " is still running");
    ::nanosleep(&kMoment, nullptr);
  }
}

}  // namespace

std::optional<Arguments> arguments_of(const PastRun& run, const GetVariable& variable) {
  const std::vector<std::string> line = parse_arguments(run);
  std::vector<const char*> argv{"corun"};
  for (const std::string& argument : line) argv.push_back(argument.c_str());
  std::variant<Arguments, Answer> read = read_arguments(static_cast<int>(argv.size()), argv.data(), variable);
  if (auto* arguments = std::get_if<Arguments>(&read)) return std::move(*arguments);
  return std::nullopt;
}

std::string known_file(const std::string& path) {
  if (path == "-") return path;
  std::error_code error;
  const std::filesystem::path known = std::filesystem::canonical(path, error);
  return error ? path : known.string();
}

std::string state_directory(const Arguments& arguments, const GetVariable& variable) {
  if (!arguments.keep_state) return {};
  if (arguments.state_dir.empty()) return default_state_dir(variable);  // if that can't be used, the run goes on without
  if (const int error = make_state_directory(arguments.state_dir); error != 0) {
    throw SetupError(kExitCantWrite, "state directory `" + arguments.state_dir + "`: " + std::strerror(error));
  }
  return std::filesystem::absolute(arguments.state_dir).string();
}

Arguments arguments_of_earlier(const Arguments& asked, const GetVariable& variable) {
  const std::string directory = state_directory(asked, variable);
  std::string problem;
  Store store(directory, [&problem](std::string_view message) { problem = message; });
  Database* database = store.database();
  if (database == nullptr) throw SetupError(kExitNoInput, problem.empty() ? "there is no state directory" : problem);
  try {
    PastRuns runs(*database, directory);
    std::optional<PastRun> run = asked.earlier.empty() ? runs.last_of("") : runs.find(asked.earlier);
    if (!run) {
      throw SetupError(kExitNoInput, asked.earlier.empty()
                                         ? "there is no run to resume in " + corun::quoted(directory)
                                         : "no run " + corun::quoted(asked.earlier) + " in " + corun::quoted(directory));
    }
    const std::string named = run->id;
    run = runs.latest_of(std::move(*run));
    check_not_running(runs, *run);
    if (run->succeeded()) {
      throw SetupError(kExitNoInput, named == run->id
                                         ? "nothing to resume: run " + named + " has succeeded"
                                         : "nothing to resume: run " + run->id + ", which took up " + named + ", has succeeded");
    }
    if (run->file == "-") {
      throw SetupError(kExitNoInput,
                       "run " + run->id + " read its job file from standard input: give it again with `corun run --resume -`");
    }
    if (::chdir(run->directory.c_str()) != 0) {
      throw SetupError(kExitNoInput, "can't change to " + corun::quoted(run->directory) + ": " + std::strerror(errno));
    }
    std::vector<std::string> line = parse_arguments(*run);
    line.insert(line.end(), asked.line.begin(), asked.line.end());
    return read_again(line, *run, variable);
  } catch (const DatabaseError& error) {
    throw SetupError(kExitNoInput, directory + "/corun.db: " + error.what());
  }
}

std::optional<EarlierRun> find_earlier(Store& store, const Arguments& arguments) {
  if (!arguments.resume && arguments.earlier.empty()) return std::nullopt;
  Database* database = store.database();
  if (database == nullptr) {
    if (store.is_busy()) throw_busy(store);
    return std::nullopt;
  }
  try {
    PastRuns runs(*database, store.directory());
    std::optional<PastRun> run =
        arguments.earlier.empty() ? runs.last_of(known_file(arguments.file)) : runs.find(arguments.earlier);
    if (!run || run->succeeded()) return std::nullopt;
    check_not_running(runs, *run);
    EarlierRun earlier;
    earlier.lock = RunLock::take_over(store.directory(), run->number);
    const bool taken_over = !earlier.lock && RunLock::is_taken_over(store.directory(), run->number);
    if (taken_over || runs.latest_of(*run).number != run->number) {
      throw SetupError(kExitLockBusy, "run " + run->id + " is being resumed by another process");
    }
    earlier.chain = runs.chain_of(std::move(*run));
    earlier.jobs = runs.jobs_of(earlier.chain);
    return earlier;
  } catch (const DatabaseError& error) {
    if (error.code() == SQLITE_BUSY) throw_busy(store);
    if (!arguments.earlier.empty()) throw SetupError(kExitNoInput, store.directory() + "/corun.db: " + error.what());
    store.report(error);
    return std::nullopt;
  }
}

OrphansEnded end_left_over(const EarlierRun& earlier) {
  std::vector<std::string> ids;
  for (const PastRun& run : earlier.chain) ids.push_back(run.id);
  const auto is_done = [&earlier](std::size_t run, std::string_view job) {
    const auto found = earlier.jobs.find(std::string(job));
    if (found == earlier.jobs.end() || !is_success(found->second.result.state)) return false;
    return found->second.last_run == earlier.chain[run].number;
  };
  return end_orphans(ids, is_done, kGrace);
}

}  // namespace corun
