// Real processes, hostile ones too: stopping, draining, limits of what is kept, nothing left behind.
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <vector>

#include "catch.h"
#include "io/process_executor.h"
#include "loop/fake_clock.h"

using namespace corun;

namespace {

std::set<std::string> open_descriptors() {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) names.insert(entry.path().filename().string());
  return names;
}

// Whether a process of the group lives; what has been killed and waits for init to collect it doesn't.
bool lives(pid_t group) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "stat");
    std::string stat;
    if (!std::getline(file, stat)) continue;
    std::istringstream fields(stat.substr(stat.rfind(')') + 1));
    char state = 0;
    pid_t parent = 0;
    pid_t process_group = 0;
    fields >> state >> parent >> process_group;
    if (process_group == group && state != 'Z' && state != 'X') return true;
  }
  return false;
}

// A kill takes a moment to arrive: looks until the group is gone, or says that it stays.
bool group_stays(pid_t group) {
  const auto give_up = std::chrono::steady_clock::now() + 10s;
  while (lives(group)) {
    if (std::chrono::steady_clock::now() > give_up) return true;
  }
  return false;
}

class Sink final : public OutputSink {
 public:
  void write(Stream stream, std::string_view bytes) override {
    (stream == Stream::standard_output ? out : err).append(bytes.substr(0, 4096));
    total += bytes.size();
    if (notify != nullptr && !out.empty()) notify->cancel(reason);
  }
  std::string out;
  std::string err;
  std::size_t total = 0;
  CancelScope* notify = nullptr;  ///< cancelled at the first output: the child is surely up
  CancelReason reason = CancelReason::attempt_timeout;
};

// Starts one command and gives its result; checks that no descriptor and no child is left.
struct Machine {
  SystemClock clock;
  Loop loop{clock};
  ProcessSettings settings{{"CORUN_BASE=base", "PATH=/usr/local/bin:/usr/bin:/bin"}, std::nullopt};
  Sink sink;
  CancelScope scope;

  ActionResult run(ProcessCommand command) {
    ActionResult result;
    const std::set<std::string> before = open_descriptors();
    {
      ProcessExecutor executor(loop, settings);
      command.output = &sink;
      const Command generic(std::make_unique<ProcessCommand>(std::move(command)));
      result = corun::run(loop, executor.execute(generic, scope));
    }
    CHECK(open_descriptors() == before);
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
    CHECK(errno == ECHILD);
    return result;
  }
  ActionResult sh(const std::string& script) {
    ProcessCommand command;
    command.argv = {"sh", "-c", script};
    return run(std::move(command));
  }
};

ProcessCommand shell(const std::string& script) {
  ProcessCommand command;
  command.argv = {"sh", "-c", script};
  return command;
}

Task<void> run_one(ProcessExecutor& executor, const Command& command, ActionResult& result) {
  CancelScope scope;
  result = co_await executor.execute(command, scope);
}

// All commands at once, on a clock that moves only when corun waits for a time to come.
Task<void> run_all(ProcessExecutor& executor, const std::vector<Command>& commands, std::vector<ActionResult>& results,
                   Loop& loop) {
  TaskGroup tasks(loop);
  for (std::size_t i = 0; i < commands.size(); ++i) tasks.start(run_one(executor, commands[i], results[i]));
  co_await tasks.join();
}

// So many that the table of descriptors is shared with children until they have their own, not copied.
std::vector<UniqueFd> many_descriptors() {
  std::vector<UniqueFd> descriptors;
  while (descriptors.size() < 300) descriptors.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  return descriptors;
}

}  // namespace

TEST_CASE("output, exit code and usage come back") {
  Machine machine;
  const ActionResult result = machine.sh("echo out; echo err >&2; exit 3");
  CHECK(result.outcome.ok());
  CHECK(result.outcome.exit_code == 3);
  CHECK(result.stdout_text == "out\n");
  CHECK(result.stderr_text == "err\n");
  CHECK(machine.sink.out == "out\n");
  CHECK(result.usage.max_rss_kib > 0);
}

TEST_CASE("death by a signal has its name") {
  Machine machine;
  const ActionResult result = machine.sh("kill -SEGV $$");
  CHECK(result.outcome.kind == FailureKind::signal);
  CHECK(result.outcome.signal == SIGSEGV);
  CHECK(result.outcome.message == "killed by SIGSEGV");
}

TEST_CASE("programs that can't be started") {
  Machine machine;
  ProcessCommand command;
  const std::string directory = std::filesystem::temp_directory_path().string();
  const std::string file = directory + "/corun-process-test";
  SECTION("not found") {
    command.argv = {"no-such-program-here"};
    const ActionResult result = machine.run(std::move(command));
    CHECK(result.outcome.kind == FailureKind::command_not_found);
    CHECK(result.outcome.exit_code == 127);
    CHECK(result.outcome.message == "command not found: no-such-program-here");
  }
  SECTION("not executable") {
    std::ofstream(file) << "x";
    command.argv = {file};
    const ActionResult result = machine.run(std::move(command));
    CHECK(result.outcome.kind == FailureKind::not_executable);
    CHECK(result.outcome.exit_code == 126);
  }
  SECTION("no interpreter") {
    std::ofstream(file) << "#!/no/such/interpreter\n";
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    command.argv = {file};
    CHECK(machine.run(std::move(command)).outcome.kind == FailureKind::command_not_found);
  }
  SECTION("a script without #! is run by sh") {
    std::ofstream(file) << "echo \"$0 $1\"\n";
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    command.argv = {file, "x"};
    CHECK(machine.run(std::move(command)).stdout_text == file + " x\n");
  }
  SECTION("no working directory") {
    command.argv = {"true"};
    command.working_dir = "/no/such/directory";
    CHECK(machine.run(std::move(command)).outcome.message == "working directory `/no/such/directory` doesn't exist");
  }
  SECTION("arguments too long") {
    command.argv = {"true", std::string(4 << 20, 'x')};
    CHECK(machine.run(std::move(command)).outcome.kind == FailureKind::spawn);
  }
  std::filesystem::remove(file);
}

TEST_CASE("the environment is the run's, with the command's own on top") {
  Machine machine;
  ProcessCommand command;
  command.argv = {"env"};
  command.environment = {"A=1", "CORUN_BASE=changed", "A=2"};
  const ActionResult result = machine.run(ProcessCommand(command));
  // The file nobody looks at is named such that a script that removes it, as root, can't take /dev/null away.
  const std::string name = "CORUN_OUTPUT=/proc/" + std::to_string(::getpid()) + "/fd/";
  const std::size_t number = result.stdout_text.find_last_of('/') + 1;
  CHECK(result.stdout_text.substr(0, number) == "CORUN_BASE=changed\nPATH=/usr/local/bin:/usr/bin:/bin\nA=2\n" + name);
  command.argv = {"sh", "-c", "readlink \"$CORUN_OUTPUT\""};
  CHECK(machine.run(std::move(command)).stdout_text == "/dev/null\n");
}

TEST_CASE("stdin is empty, or the text of any size") {
  Machine machine;
  CHECK(machine.sh("cat; echo end").stdout_text == "end\n");
  ProcessCommand command = shell("wc -c");
  command.stdin_text = std::string(5'000'000, 'x');
  CHECK(machine.run(std::move(command)).stdout_text == "5000000\n");
  ProcessCommand ignored = shell("exit 0");
  ignored.stdin_text = std::string(1'000'000, 'x');
  CHECK(machine.run(std::move(ignored)).outcome.exit_code == 0);
}

TEST_CASE("a child has its own group, default signals and no other descriptors") {
  Machine machine;
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGINT, SIG_IGN);  // as a shell does it for what it starts with `&`
  sigset_t blocked;
  sigset_t before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &blocked, &before);
  const int leak = ::dup(0);  // without O_CLOEXEC
  const ActionResult result = machine.sh(
      "ls /proc/self/fd | wc -w; awk '/^Sig(Blk|Ign)/ {print $2}' /proc/self/status; test $(ps -o pgid= -p $$) = $$ && echo "
      "leader");
  ::close(leak);
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  ::signal(SIGINT, SIG_DFL);
  CHECK(result.stdout_text == "4\n0000000000000000\n0000000000000000\nleader\n");  // 0, 1, 2 and ls's own
}

TEST_CASE("a child of what runs under nohup ignores HUP too") {
  Machine machine;
  ::signal(SIGHUP, SIG_IGN);
  const ActionResult result = machine.sh("kill -HUP $$; echo still here");
  ::signal(SIGHUP, SIG_DFL);
  CHECK(result.stdout_text == "still here\n");
}

TEST_CASE("memory is bounded, the sink gets everything") {
  Machine machine;
  ProcessCommand command = shell("head -c 30000000 /dev/zero; head -c 30000000 /dev/zero >&2");
  command.output_max = 1000;
  const ActionResult result = machine.run(std::move(command));
  CHECK(machine.sink.total == 60000000);
  CHECK(result.stdout_text.size() == 1000);
  CHECK(result.stdout_cut);
  CHECK(result.stderr_text.size() == 1000);
  CHECK(result.stderr_cut);
}

TEST_CASE("writing to /dev/stderr again loses nothing") {
  Machine machine;
  CHECK(machine.sh("echo one >/dev/stderr; echo two >/dev/stderr; echo three | tee /dev/stderr").stderr_text ==
        "one\ntwo\nthree\n");
}

TEST_CASE("a cancelled child gets TERM, and its grace") {
  Machine machine;
  machine.sink.notify = &machine.scope;
  const ActionResult result = machine.sh("trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done");
  CHECK(result.outcome.kind == FailureKind::cancelled);
  CHECK(result.outcome.cancel_reason == CancelReason::attempt_timeout);
  CHECK(result.stdout_text == "up\nbye\n");
}

TEST_CASE("an interrupt is passed on as INT, stop.signal is the job's own") {
  Machine machine;
  machine.sink.notify = &machine.scope;
  SECTION("interrupted") {
    machine.sink.reason = CancelReason::interrupted;
    CHECK(machine.sh("trap 'echo int; exit 0' INT; echo up; while :; do sleep 0.05; done").stdout_text == "up\nint\n");
  }
  SECTION("own") {
    ProcessCommand command = shell("trap 'echo usr; exit 0' USR1; echo up; while :; do sleep 0.05; done");
    command.stop.signal = SIGUSR1;
    CHECK(machine.run(std::move(command)).stdout_text == "up\nusr\n");
  }
}

TEST_CASE("a child that ignores TERM is killed with its group after the grace") {
  Machine machine;
  machine.sink.notify = &machine.scope;
  ProcessCommand command = shell("trap '' TERM; (trap '' TERM; sleep 60) & echo $$; wait; sleep 60");
  command.stop.grace = 50ms;
  const ActionResult result = machine.run(std::move(command));
  CHECK(result.outcome.kind == FailureKind::cancelled);
  CHECK(result.outcome.signal == SIGKILL);
  CHECK_FALSE(group_stays(std::atoi(result.stdout_text.c_str())));
}

TEST_CASE("a forced cancel doesn't wait for the grace") {
  Machine machine;
  machine.scope.force(CancelReason::interrupted);
  CHECK(machine.sh("echo never").outcome.kind == FailureKind::cancelled);

  Machine second;
  class Forcer final : public OutputSink {
   public:
    explicit Forcer(CancelScope& scope) : scope_(scope) {}
    void write(Stream, std::string_view) override { scope_.force(CancelReason::interrupted); }

   private:
    CancelScope& scope_;
  } forcer(second.scope);
  ProcessCommand command = shell("trap '' INT TERM; echo up; sleep 60");
  command.stop.grace = 1h;
  command.output = &forcer;
  ProcessExecutor executor(second.loop, second.settings);
  const Command generic(std::make_unique<ProcessCommand>(std::move(command)));
  CHECK(corun::run(second.loop, executor.execute(generic, second.scope)).outcome.signal == SIGKILL);
}

TEST_CASE("a grandchild that holds the output doesn't hold the job, and is ended with it") {
  Machine machine;
  const ActionResult result = machine.sh("sleep 60 & echo $$; exit 0");
  CHECK(result.outcome.exit_code == 0);
  CHECK_FALSE(group_stays(std::atoi(result.stdout_text.c_str())));
}

TEST_CASE("what a grandchild still writes right after the end is read") {
  Machine machine;
  CHECK(machine.sh("(sleep 0.05; echo late) & echo early; exit 0").stdout_text == "early\nlate\n");
}

TEST_CASE("a child that has left its group, for ours even, can be ended") {
  Machine machine;
  machine.sink.notify = &machine.scope;
  ProcessCommand command;
  const std::string leave = "setpgrp(0, getpgrp(getppid())); $| = 1; print qq(up\n); sleep 60";
  SECTION("politely") {
    command.argv = {"perl", "-e", leave};
    CHECK(machine.run(std::move(command)).outcome.signal == SIGTERM);
  }
  SECTION("killed") {
    command.argv = {"perl", "-e", "$SIG{TERM} = 'IGNORE'; " + leave};
    command.stop.grace = 10ms;
    CHECK(machine.run(std::move(command)).outcome.signal == SIGKILL);
  }
}

TEST_CASE("a stopped child can be ended") {
  Machine machine;
  machine.sink.notify = &machine.scope;
  ProcessCommand command = shell("echo up; kill -STOP $$; sleep 60");
  command.stop.grace = 5s;
  CHECK(machine.run(std::move(command)).outcome.signal == SIGTERM);
}

TEST_CASE("outputs are at their end as soon as the children are: corun holds none of their descriptors") {
  std::vector<UniqueFd> others;
  SECTION("few descriptors") {}
  SECTION("many descriptors") { others = many_descriptors(); }
  FakeClock clock;
  Loop loop(clock);
  const std::set<std::string> before = open_descriptors();
  {
    ProcessExecutor executor(loop, {{"PATH=/usr/local/bin:/usr/bin:/bin"}, std::nullopt});
    std::vector<Command> commands;
    std::vector<ActionResult> results(20);
    for (std::size_t i = 0; i < results.size(); ++i) {
      ProcessCommand command = shell("cat; echo err >&2; ls /proc/self/fd | wc -w");
      command.stdin_text = "text " + std::to_string(i) + "\n";
      commands.emplace_back(std::make_unique<ProcessCommand>(std::move(command)));
    }
    corun::run(loop, run_all(executor, commands, results, loop));
    for (std::size_t i = 0; i < results.size(); ++i) {
      CHECK(results[i].outcome.exit_code == 0);
      CHECK(results[i].stdout_text == "text " + std::to_string(i) + "\n4\n");  // 0, 1, 2 and ls's own
      CHECK(results[i].stderr_text == "err\n");
    }
  }
  CHECK(clock.elapsed() == Duration(0));  // else something waited for a pipe that stayed open
  CHECK(open_descriptors() == before);
}

TEST_CASE("a program that can't be executed is known for what it is, with a shared table too") {
  const std::vector<UniqueFd> others = many_descriptors();
  Machine machine;
  ProcessCommand command;
  command.argv = {"true", std::string(4 << 20, 'x')};
  CHECK(machine.run(std::move(command)).outcome.kind == FailureKind::spawn);
}

TEST_CASE("idle_timeout counts from the last byte") {
  Machine machine;
  ProcessCommand command = shell("for i in 1 2 3 4 5 6; do echo $i; sleep 0.1; done; sleep 60");
  command.idle_timeout = 400ms;
  const ActionResult result = machine.run(std::move(command));
  CHECK(result.outcome.kind == FailureKind::idle_timeout);
  CHECK(result.outcome.message == "no output for 400ms");
  CHECK(result.stdout_text == "1\n2\n3\n4\n5\n6\n");
}

TEST_CASE("output that its file doesn't get is a failure, and a FIFO that nobody reads holds nothing up") {
  Machine machine;
  ProcessCommand full = shell("echo lost");
  full.output_file = "/dev/full";
  const ActionResult result = machine.run(std::move(full));
  CHECK(result.outcome.message == "output file `/dev/full`: No space left on device");
  CHECK(result.outcome.exit_code == 0);
  CHECK(result.stdout_text == "lost\n");

  const std::string fifo = (std::filesystem::temp_directory_path() / ("corun-fifo-" + std::to_string(::getpid()))).string();
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  ProcessCommand unread = shell("echo never");
  unread.output_file = fifo;
  CHECK(machine.run(std::move(unread)).outcome.message == "output file `" + fifo + "`: No such device or address");
  std::filesystem::remove(fifo);
}

TEST_CASE("output also goes to a file") {
  Machine machine;
  const std::string file = (std::filesystem::temp_directory_path() / "corun-output-test").string();
  ProcessCommand command = shell("echo one; echo two >&2");
  command.output_file = file;
  machine.run(std::move(command));
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  CHECK(text.str() == "one\n");
  std::filesystem::remove(file);
}
