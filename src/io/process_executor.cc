// A command's life as a process: found, started, awaited, stopped, collected. Knows nothing of policies or of jobs.
#include "io/process_executor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/duration.h"
#include "io/output_file.h"
namespace corun {
namespace {

/// How long after a child's exit its output is still read when something else holds the pipe.
constexpr Duration kDrainTime = 200ms;
/// How often a child that has the terminal is asked whether ^Z has stopped it: nothing else tells.
constexpr Duration kLookForStop = 100ms;
/// vfork holds the loop for a moment: transfers get their turn after this many.
constexpr int kSpawnsPerTurn = 8;

std::string_view name_of(std::string_view variable) { return variable.substr(0, variable.find('=')); }

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> out;
  out.reserve(strings.size() + 1);
  for (const std::string& text : strings) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

std::string_view variable_of(const std::vector<char*>& environment, std::string_view name) {
  for (const char* variable : environment) {
    if (variable == nullptr) break;
    const std::string_view text(variable);
    if (text.size() > name.size() && text.starts_with(name) && text[name.size()] == '=') return text.substr(name.size() + 1);
  }
  return {};
}

// A file that holds `text` and has no name: whatever its size, the child reads it at its own pace.
UniqueFd text_file(const std::string& text, int& error) {
  UniqueFd file(::memfd_create("stdin", MFD_CLOEXEC));
  std::string_view rest = text;
  while (file && !rest.empty()) {
    const ssize_t written = ::write(file.get(), rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  error = errno;
  if (!file || !rest.empty() || ::lseek(file.get(), 0, SEEK_SET) != 0) return UniqueFd();
  return file;
}

// CORUN_OUTPUT: a nameless file of ours that the child opens anew, so that nothing is left behind whatever happens. Where nobody
// looks at it, it is `null`; not by its name: a script that removes or replaces the file would, as root, take /dev/null away.
std::string output_variable(const ProcessCommand& command, const UniqueFd& null, UniqueFd& file) {
  if (command.collects_outputs) file = UniqueFd(::memfd_create("outputs", MFD_CLOEXEC));
  return "CORUN_OUTPUT=/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(file ? file.get() : null.get());
}

// What the child has written there. False: it is too much.
bool read_outputs(const UniqueFd& file, std::string& text) {
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return true;
  if (static_cast<std::size_t>(status.st_size) > kMaxOutputFile) return false;
  text.resize(static_cast<std::size_t>(status.st_size));
  const ssize_t count = ::pread(file.get(), text.data(), text.size(), 0);
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return true;
}

Outcome spawn_failure(const SpawnResult& spawned, const ProcessCommand& command) {
  const std::string reason = std::strerror(spawned.error);
  const std::string& program = command.argv[0];
  if (spawned.failed_stage == SpawnResult::Stage::working_dir) {
    return failure(FailureKind::spawn, "working directory `" + command.working_dir + "`: " + reason);
  }
  if (spawned.failed_stage == SpawnResult::Stage::exec) {
    if (spawned.error == ENOENT) {
      return failure(FailureKind::command_not_found, "`" + program + "`: its interpreter doesn't exist", 127);
    }
    if (spawned.error == EACCES || spawned.error == EPERM || spawned.error == ETXTBSY) {
      return failure(FailureKind::not_executable, "`" + program + "` can't be executed: " + reason, 126);
    }
    if (spawned.error == E2BIG) {
      return failure(FailureKind::spawn, "`" + program + "`: its arguments and environment are longer than the system allows");
    }
  }
  if (spawned.failed_stage == SpawnResult::Stage::fork && spawned.error == EAGAIN) {
    return failure(FailureKind::spawn,
                   "`" + program + "` can't be started: too many processes (ulimit -u, or a container's limit)");
  }
  return failure(FailureKind::spawn, "`" + program + "` can't be started: " + reason);
}

Outcome output_file_failure(const ProcessCommand& command, int error) {
  return failure(FailureKind::spawn, "output file `" + *command.output_file + "`: " + std::strerror(error));
}

int stop_signal(CancelReason reason, const StopSettings& stop) {
  return reason == CancelReason::interrupted ? SIGINT : stop.signal;
}

}  // namespace

ProcessExecutor::ProcessExecutor(Loop& loop, ProcessSettings settings)
    : loop_(loop), settings_(std::move(settings)), null_(::open("/dev/null", O_RDONLY | O_CLOEXEC)) {
  if (!null_) throw std::system_error(errno, std::generic_category(), "/dev/null");
}

std::vector<char*> ProcessExecutor::environment_of(const ProcessCommand& command) const {
  std::vector<char*> environment = pointers(settings_.environment);
  environment.pop_back();
  const auto base = static_cast<std::ptrdiff_t>(environment.size());
  for (const std::string& variable : command.environment) {
    const std::string_view name = name_of(variable);
    auto* text = const_cast<char*>(variable.c_str());
    const auto in_base = std::lower_bound(environment.begin(), environment.begin() + base, name,
                                          [](const char* each, std::string_view wanted) { return name_of(each) < wanted; });
    if (in_base != environment.begin() + base && name_of(*in_base) == name) {
      *in_base = text;
      continue;
    }
    const auto added =
        std::find_if(environment.begin() + base, environment.end(), [&](const char* each) { return name_of(each) == name; });
    if (added != environment.end()) {
      *added = text;
    } else {
      environment.push_back(text);
    }
  }
  environment.push_back(nullptr);
  return environment;
}

std::string ProcessExecutor::find_program(const std::string& name, const std::vector<char*>& environment,
                                          const std::string& working_dir, bool& found_not_executable) {
  found_not_executable = false;
  const auto place_of = [&](const std::string& path) {
    return path.starts_with('/') || working_dir.empty() ? path : working_dir + '/' + path;
  };
  const auto is_program = [&](const std::string& path) {
    const std::string place = place_of(path);
    struct stat status {};
    if (::stat(place.c_str(), &status) != 0) {
      found_not_executable = found_not_executable || errno == EACCES;
      return false;
    }
    if (S_ISREG(status.st_mode) && ::access(place.c_str(), X_OK) == 0) return true;
    found_not_executable = true;
    return false;
  };
  if (name.find('/') != std::string::npos) return is_program(name) ? name : std::string();
  std::string_view search = variable_of(environment, "PATH");
  if (search.data() == nullptr) search = "/usr/local/bin:/usr/bin:/bin";
  const std::string key = std::string(search) + '\n' + name;
  if (const auto known = programs_.find(key); known != programs_.end() && is_program(known->second)) return known->second;
  for (;;) {
    const std::size_t colon = search.find(':');
    const std::string_view directory = search.substr(0, colon);
    std::string path = (directory.empty() ? std::string(".") : std::string(directory)) + '/' + name;
    if (is_program(path)) {
      if (path.starts_with('/') && programs_.size() < 1024) programs_[key] = path;
      return path;
    }
    if (colon == std::string_view::npos) return {};
    search.remove_prefix(colon + 1);
  }
}

ProcessExecutor::Started ProcessExecutor::start(const ProcessCommand& command, UniqueFd& outputs, bool on_terminal) {
  Started started;
  if (command.argv.empty() || command.argv[0].empty()) {
    started.outcome = failure(FailureKind::command_not_found, "the command is empty", 127);
    return started;
  }
  for (const auto* texts : {&command.argv, &command.environment}) {
    for (const std::string& text : *texts) {
      if (text.find('\0') == std::string::npos) continue;
      started.outcome = failure(FailureKind::invalid_request, "an argument or environment variable holds a NUL byte");
      return started;
    }
  }
  std::vector<char*> environment = environment_of(command);
  std::string outputs_variable = output_variable(command, null_, outputs);
  environment.back() = outputs_variable.data();
  environment.push_back(nullptr);
  std::vector<char*> argv = pointers(command.argv);
  bool not_executable = false;
  std::string program = find_program(command.argv[0], environment, command.working_dir, not_executable);
  struct stat status {};
  if (!command.working_dir.empty() && (::stat(command.working_dir.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))) {
    started.outcome = failure(FailureKind::spawn, "working directory `" + command.working_dir + "` " +
                                                      (S_ISREG(status.st_mode) ? "isn't a directory" : "doesn't exist"));
    return started;
  }
  if (program.empty()) {
    started.outcome = not_executable ? failure(FailureKind::not_executable, "`" + command.argv[0] + "` isn't executable", 126)
                                     : failure(FailureKind::command_not_found, "command not found: " + command.argv[0], 127);
    return started;
  }

  UniqueFd input;
  UniqueFd tee;
  ChildProcess::Pipes pipes;
  int error = 0;
  if (command.stdin_text) {
    input = text_file(*command.stdin_text, error);
    if (!input) {
      started.outcome = failure(FailureKind::spawn, std::string("stdin can't be made: ") + std::strerror(error));
      return started;
    }
  }
  if (command.output_file) {
    // Non-blocking: a FIFO that nobody reads must not hold the loop.
    tee = UniqueFd(::open(command.output_file->c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC, 0666));
    if (!tee) {
      started.outcome = output_file_failure(command, errno);
      return started;
    }
  }
  if (!pipes.open()) {
    started.outcome = failure(FailureKind::spawn, std::string("no pipe for the output: ") + std::strerror(errno));
    return started;
  }

  SpawnRequest request;
  request.path = program.c_str();
  request.argv = argv.data();
  request.environment = environment.data();
  request.working_dir = command.working_dir.empty() ? nullptr : command.working_dir.c_str();
  request.stdin_fd = input ? input.get() : null_.get();
  request.stdout_fd = pipes.stdout_write.get();
  request.stderr_fd = pipes.stderr_write.get();
  if (on_terminal) {
    request.stdin_fd = STDIN_FILENO;
    request.stdout_fd = terminal_->output();
    request.stderr_fd = STDERR_FILENO;
    request.in_foreground = true;
  }
  request.open_files = settings_.open_files ? &*settings_.open_files : nullptr;
  SpawnResult spawned = spawner_.spawn(request);
  if (spawned.failed_stage == SpawnResult::Stage::exec &&
      spawned.error == ENOEXEC) {  // a script without `#!`, as every shell does
    std::string shell = "/bin/sh";
    argv.insert(argv.begin(), shell.data());
    argv[1] = program.data();
    request.path = shell.c_str();
    request.argv = argv.data();
    spawned = spawner_.spawn(request);
  }
  if (spawned.failed_stage != SpawnResult::Stage::none) {
    started.outcome = spawn_failure(spawned, command);
    return started;
  }
  started.child = std::make_unique<ChildProcess>(loop_, spawned.pid, std::move(spawned.pidfd), std::move(pipes), command.output,
                                                 command.output_max, std::move(tee));
  return started;
}

void ProcessExecutor::pause_all() {
  for (ChildProcess* child : running_) child->pause();
}

void ProcessExecutor::resume_all() {
  for (ChildProcess* child : running_) child->resume();
}

void ProcessExecutor::kill_all() {
  for (ChildProcess* child : running_) child->signal_group(SIGKILL);
}

void ProcessExecutor::collect_strays() {
  if (::getpid() != 1) return;
  for (;;) {
    siginfo_t ended{};
    if (::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid == 0) return;
    // One of ours has its collector, and stays the first in the row until that has come.
    const bool is_helper = ::getpgid(ended.si_pid) == ::getpgrp();
    const bool is_ours = is_helper || std::any_of(running_.begin(), running_.end(),
                                                  [&](const ChildProcess* child) { return child->pid() == ended.si_pid; });
    if (is_ours) return;
    ::waitpid(ended.si_pid, nullptr, WNOHANG);
  }
}

void ProcessExecutor::listen(bool on) {
  if (on == listening_) return;
  listening_ = on;
  for (ChildProcess* child : running_) child->listen(on);
}

Task<ActionResult> ProcessExecutor::execute(const Command& generic, CancelScope& scope) {
  const ProcessCommand& command = *std::get<std::unique_ptr<ProcessCommand>>(generic);
  ActionResult result;
  while (spawn_turn_ == loop_.turn() && spawned_in_turn_ >= kSpawnsPerTurn) {
    co_await NextTurn(loop_);
  }
  if (spawn_turn_ != loop_.turn()) spawned_in_turn_ = 0;
  spawn_turn_ = loop_.turn();
  ++spawned_in_turn_;
  if (scope.cancelled()) {
    result.outcome.kind = FailureKind::cancelled;
    result.outcome.cancel_reason = scope.reason();
    co_return result;
  }

  UniqueFd outputs;
  const bool on_terminal = command.wants_terminal && terminal_ != nullptr && terminal_->lend();
  Started started = start(command, outputs, on_terminal);
  if (!started.child) {
    if (on_terminal) terminal_->take_back(0, 0);
    result.outcome = std::move(started.outcome);
    co_return result;
  }
  ChildProcess& child = *started.child;
  running_.insert(&child);
  if (on_terminal) terminal_->lent_to(child.pid());
  child.listen(listening_);
  Outcome& outcome = result.outcome;

  Event::Wake wake = Event::Wake::deadline;
  for (;;) {
    TimePoint deadline = command.idle_timeout ? child.last_activity() + *command.idle_timeout : TimePoint::max();
    if (on_terminal) deadline = loop_.now() + kLookForStop;
    wake = co_await child.exited().wait(scope, deadline);
    if (wake != Event::Wake::deadline) break;
    if (on_terminal) {  // its output isn't seen
      if (child.has_stopped()) terminal_->stopped();
      continue;
    }
    if (loop_.now() >= child.last_activity() + *command.idle_timeout) {
      outcome.kind = FailureKind::idle_timeout;
      outcome.message = "no output for " + format_duration(*command.idle_timeout);
      break;
    }
  }
  if (wake == Event::Wake::cancelled) {
    outcome.kind = FailureKind::cancelled;
    outcome.cancel_reason = scope.reason();
  }
  if (wake != Event::Wake::set) {
    child.signal_group(stop_signal(outcome.cancel_reason, command.stop));
    wake = co_await child.exited().wait_unless_forced(scope, loop_.now() + command.stop.grace);
    if (wake != Event::Wake::set) child.signal_group(SIGKILL);
  }
  CancelScope shield;
  co_await child.exited().wait(shield);
  child.finish_output();
  co_await child.drained().wait_unless_forced(scope, loop_.now() + kDrainTime);
  running_.erase(&child);
  const ChildEnd end = child.reap();
  if (on_terminal) terminal_->take_back(end.signal, end.exit_code);
  collect_strays();
  child.take_output(result);
  if (!read_outputs(outputs, result.output_text) && outcome.ok()) {
    outcome =
        failure(FailureKind::expectation, "more than " + std::to_string(kMaxOutputFile >> 20) + " MiB written to CORUN_OUTPUT");
  }
  if (outcome.ok() && end.signal == 0 && child.tee_error() != 0) outcome = output_file_failure(command, child.tee_error());
  result.usage = end.usage;
  outcome.exit_code = end.exit_code;
  outcome.signal = end.signal;
  if (outcome.ok() && end.signal != 0) {
    outcome.kind = FailureKind::signal;
    const char* name = ::sigabbrev_np(end.signal);
    outcome.message = "killed by " + (name != nullptr ? "SIG" + std::string(name) : "signal " + std::to_string(end.signal));
  }
  co_return result;
}

}  // namespace corun
