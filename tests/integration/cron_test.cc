// Runs that nobody watches, as cron starts them: real processes that overlap, replace and outlive each other, and a server that
// is pinged. A run says that it is under way by a file; nothing is judged by time.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "catch.h"
#include "support/http_servers.h"
#include "temporary_directory.h"

namespace fs = std::filesystem;
using corun::testing::Connection;
using corun::testing::ScriptedServer;

namespace {

constexpr unsigned kMostSeconds = 60;  // a corun that hangs is ended by SIGALRM

std::string read(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

struct Ended {
  int code = -1;
  int signal = 0;
  std::string text;  // both outputs
};

// A home as cron gives it to its jobs, with job files in it.
class Home {
 public:
  Home() = default;
  ~Home() {
    for (const pid_t pid : started_) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
    }
  }
  std::string operator/(const std::string& name) const { return path_ + '/' + name; }
  void file(const std::string& name, const std::string& text) const { std::ofstream(path_ + '/' + name) << text; }

  // Starts corun with cron's environment: HOME, LOGNAME, SHELL and a short PATH, no terminal, its input a pipe.
  pid_t start(std::vector<std::string> words, const std::string& output = "output") {
    words.insert(words.begin(), "corun");
    std::vector<std::string> variables{"HOME=" + path_, "LOGNAME=somebody", "SHELL=/bin/sh", "PATH=/usr/bin:/bin"};
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    std::vector<char*> envp;
    for (std::string& variable : variables) envp.push_back(variable.data());
    envp.push_back(nullptr);
    const pid_t pid = ::fork();
    if (pid == 0) {
      for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) ::signal(signal, SIG_DFL);
      ::setsid();
      int ends[2];
      if (::pipe(ends) != 0 || ::chdir(path_.c_str()) != 0) ::_exit(200);
      ::dup2(ends[0], 0);
      const int out = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
      ::dup2(out, 1);
      ::dup2(out, 2);
      for (const int fd : {ends[0], ends[1], out}) ::close(fd);
      ::alarm(kMostSeconds);
      ::execve(CORUN_BINARY, argv.data(), envp.data());
      ::_exit(201);
    }
    started_.push_back(pid);
    return pid;
  }

  Ended wait(pid_t pid, const std::string& output = "output") {
    int status = 0;
    ::waitpid(pid, &status, 0);
    std::erase(started_, pid);
    Ended ended;
    if (WIFEXITED(status)) ended.code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
    ended.text = read(path_ + '/' + output);
    return ended;
  }

  Ended run(const std::vector<std::string>& words) {
    fs::remove(path_ + "/output");
    return wait(start(words));
  }

  // Waits until a file is there.
  void await(const std::string& name) const {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!fs::exists(path_ + '/' + name)) {
      if (std::chrono::steady_clock::now() > give_up) FAIL("no file " << name);
      ::usleep(2000);
    }
  }

 private:
  TemporaryDirectory directory_;
  const std::string& path_ = directory_.path;
  std::vector<pid_t> started_;
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// What outlives a job whose corun is killed.
const char* const kSleeper = "sleep 300 > sleeper.out 2>&1 & sleeper=$!; echo $sleeper > sleeper.new; mv sleeper.new sleeper";

// A job that says that it runs, and runs until it is ended, or until there is a file `go`.
std::string long_job(const std::string& more = "", const std::string& trap = "") {
  return "version: 1\nname: long\n" + more + "jobs:\n  long:\n    run: |\n      " + trap +
         "\n      echo $$ > pid.new; mv pid.new pid\n      echo $$ >> begun\n      while [ ! -e go ]; do sleep 0.02; done\n"
         "      kill ${sleeper:-} 2> sleeper.out || true\n"
         "    stop: {grace: 50s}\n";
}

pid_t pid_in(const std::string& path) { return static_cast<pid_t>(std::strtol(read(path).c_str(), nullptr, 10)); }

// A kill takes a moment to arrive.
bool ends(pid_t pid) {
  for (int i = 0; i < 15'000; ++i) {
    const std::string stat = read("/proc/" + std::to_string(pid) + "/stat");
    if (stat.empty() || has(stat, ") Z")) return true;
    ::usleep(2000);
  }
  return false;
}

}  // namespace

TEST_CASE("A run skips while another one is under way, and complains after three times") {
  Home home;
  home.file("long.yaml", long_job());
  const pid_t first = home.start({"--cron", "--lock", "skip", "long.yaml"}, "first");
  home.await("begun");
  CHECK(has(home.run({"lock", "ls"}).text, "taken"));
  CHECK(has(home.run({"lock", "ls", "-o", "json"}).text, R"("state":"taken","since":")"));
  CHECK(has(home.run({"--lock", "skip", "long.yaml"}).text, "corun: long: skipped, run "));
  const Ended second = home.run({"--cron", "--lock", "skip", "long.yaml"});
  CHECK(second.code == 0);
  CHECK(second.text.empty());
  const Ended third = home.run({"--cron", "--lock", "skip", "long.yaml"});
  CHECK(third.code == 75);
  CHECK(has(third.text, "corun: long: lock busy: run "));
  CHECK(has(third.text, "skipped 3 times in a row"));
  home.file("go", "");
  const Ended ended = home.wait(first, "first");
  CHECK(ended.code == 0);
  CHECK(ended.text.empty());
  CHECK(home.run({"lock", "ls"}).text.empty());
  CHECK(home.run({"--cron", "--lock", "skip", "long.yaml"}).code == 0);
}

TEST_CASE("A run waits for the one before it, and a signal ends the wait") {
  Home home;
  home.file("long.yaml", long_job("concurrency: {group: '${{ .vars.name }}', on_conflict: wait}\nvars: {name: nightly}\n"));
  const pid_t first = home.start({"--cron", "long.yaml"}, "first");
  home.await("begun");
  const pid_t waiting = home.start({"--cron", "-vv", "long.yaml"}, "waiting");
  const pid_t stopped = home.start({"--cron", "-vv", "long.yaml"}, "stopped");
  const auto is_waiting = [&](const std::string& name) {
    for (int i = 0; i < 15'000 && !has(read(home / name), "change=waiting"); ++i) ::usleep(2000);
    return has(read(home / name), "change=waiting");
  };
  CHECK(is_waiting("waiting"));
  CHECK(is_waiting("stopped"));
  ::kill(stopped, SIGTERM);
  const Ended asked = home.wait(stopped, "stopped");
  CHECK(asked.signal == SIGTERM);
  CHECK(has(asked.text, "nightly: stopped while waiting for run "));
  CHECK(home.run({"--cron", "--lock", "wait:1ms", "long.yaml"}).code == 75);
  home.file("go", "");
  CHECK(home.wait(first, "first").code == 0);
  CHECK(home.wait(waiting, "waiting").code == 0);
  CHECK(fs::file_size(home / "begun") > 0);
}

TEST_CASE("A run that ignores TERM is replaced, and nothing of it is left") {
  Home home;
  home.file("long.yaml", long_job("concurrency: {grace: 200ms}\n", std::string("trap '' TERM; ") + kSleeper));
  home.file("short.yaml", "version: 1\nname: long\nconcurrency: {grace: 200ms}\njobs: {a: {run: touch replaced}}\n");
  const pid_t first = home.start({"--cron", "long.yaml"}, "first");
  home.await("pid");
  const pid_t job = pid_in(home / "sleeper");
  fs::rename(home / "short.yaml", home / "long.yaml");  // the same file, by its name
  const Ended second = home.run({"--lock", "replace", "long.yaml"});
  CHECK(second.code == 0);
  CHECK(has(second.text, "corun: long: replacing run "));
  CHECK(has(second.text, "was killed and has left "));
  CHECK(fs::exists(home / "replaced"));
  CHECK(home.wait(first, "first").signal == SIGKILL);
  CHECK(ends(job));
}

TEST_CASE("A run that heeds TERM ends by itself when it is replaced") {
  Home home;
  home.file("long.yaml", long_job());
  const pid_t first = home.start({"--cron", "--lock", "skip", "long.yaml"}, "first");
  home.await("pid");
  const pid_t second = home.start({"--cron", "--lock", "replace", "long.yaml"}, "second");
  const Ended ended = home.wait(first, "first");
  CHECK(ended.signal == SIGTERM);
  CHECK(has(ended.text, "long was stopped on "));
  home.file("go", "");
  const Ended last = home.wait(second, "second");
  CHECK(last.code == 0);
  CHECK(last.text.empty());
}

TEST_CASE("The lock of a run that is killed is free, and what it has left behind is ended") {
  Home home;
  home.file("long.yaml", long_job("", kSleeper));
  const pid_t first = home.start({"--cron", "--lock", "skip", "long.yaml"}, "first");
  home.await("pid");
  const pid_t job = pid_in(home / "sleeper");
  ::kill(first, SIGKILL);
  CHECK(home.wait(first, "first").signal == SIGKILL);
  CHECK(has(home.run({"lock", "ls"}).text, "free"));
  home.file("go.new", "");
  const pid_t second = home.start({"--lock", "skip", "long.yaml"}, "second");
  CHECK(ends(job));
  fs::rename(home / "go.new", home / "go");
  const Ended ended = home.wait(second, "second");
  CHECK(ended.code == 0);
  CHECK(has(ended.text, "was killed and has left "));
}

TEST_CASE("A run inside of a run that has the lock doesn't wait for it") {
  Home home;
  home.file("a.yaml", "version: 1\nconcurrency: {group: x, on_conflict: wait}\njobs: {a: {run: [" + std::string(CORUN_BINARY) +
                          ", --cron, a.yaml]}}\n");
  const Ended ended = home.run({"--cron", "a.yaml"});
  CHECK(ended.code == 1);
  CHECK(has(ended.text, "a: exit code 75"));
  CHECK(has(ended.text, "has it, and this run is one of its jobs"));
}

TEST_CASE("A lock that can't be had is an error before anything runs") {
  Home home;
  home.file("a.yaml", "version: 1\nconcurrency: {group: x}\njobs: {a: {run: touch ran}}\n");
  home.file("plain", "");
  CHECK(home.run({"--cron", "a.yaml", "--state-dir", "plain"}).code == 73);
  const Ended none = home.run({"--cron", "a.yaml", "--no-state"});
  CHECK(none.code == 73);
  CHECK(has(none.text, "the lock of x can't be had: there is no state directory (--no-state); `--lock allow` does without"));
  CHECK(!fs::exists(home / "ran"));
  CHECK(home.run({"--cron", "a.yaml", "--no-state", "--lock", "allow"}).code == 0);
}

TEST_CASE("Jitter is ended at once by TERM") {
  Home home;
  home.file("a.yaml", "version: 1\njobs: {a: {run: touch ran}}\n");
  const pid_t run = home.start({"a.yaml", "--cron", "--jitter", "1000d"});
  // As soon as the signal is heeded, it is blocked.
  const std::string status = "/proc/" + std::to_string(run) + "/status";
  for (int i = 0; i < 15'000; ++i) {
    const std::string text = read(status);
    const std::size_t at = text.find("SigBlk:\t");
    if (at != std::string::npos && (std::strtoull(text.c_str() + at + 8, nullptr, 16) & (1U << (SIGTERM - 1))) != 0) break;
    ::usleep(2000);
  }
  ::kill(run, SIGTERM);
  const Ended ended = home.wait(run);
  CHECK(ended.signal == SIGTERM);
  CHECK(has(ended.text, "a: stopped while it waited (--jitter)"));
  CHECK(!fs::exists(home / "ran"));
}

TEST_CASE("A run is due when its last success is old enough") {
  Home home;
  home.file("a.yaml", "version: 1\njobs: {a: {run: 'echo x >> ran'}, b: {run: '[ -e ok ]'}}\n");
  const auto times = [&] { return read(home / "ran").size() / 2; };
  CHECK(home.run({"--cron", "a.yaml", "--if-older-than", "1h"}).code == 1);
  CHECK(times() == 1);
  home.file("ok", "");
  CHECK(home.run({"--cron", "a.yaml", "b"}).code == 0);  // a part of it is no success of the whole
  CHECK(home.run({"--cron", "a.yaml", "--if-older-than", "1h"}).code == 0);
  CHECK(times() == 2);
  const Ended third = home.run({"--cron", "a.yaml", "--if-older-than", "1h"});
  CHECK(third.code == 0);
  CHECK(third.text.empty());
  CHECK(times() == 2);
  CHECK(has(home.run({"a.yaml", "--if-older-than", "1h"}).text, "corun: a: not due, the last success is less than 1h old\n"));
  CHECK(home.run({"--cron", "a.yaml", "--if-older-than", "1ns"}).code == 0);
  CHECK(times() == 3);
}

TEST_CASE("Pings") {
  Home home;
  const std::string log = home / "pings";
  const ScriptedServer server([log](Connection& connection, int) {
    for (;;) {
      std::string request = connection.read_request_and_body();
      if (request.empty()) return;
      const int fd = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
      const std::string line = request.substr(0, request.find("?rid=")) + request.substr(request.find("\r\n\r\n") + 4) + "\n";
      if (::write(fd, line.data(), line.size()) < 0) ::_exit(1);
      ::close(fd);
      if (!connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK")) return;
    }
  });
  // The job waits for the first ping.
  const auto text = [&](const std::string& then) {
    return "version: 1\nsecrets: {id: {file: id}}\nping: " + server.url("/${{ .secrets.id }}") +
           "\njobs:\n  a:\n    run: while [ ! -s pings ]; do sleep 0.02; done; cat id; " + then + "\n";
  };
  home.file("id", "b0b1-hidden");
  SECTION("of a run that succeeds") {
    home.file("a.yaml", text("exit 0"));
    const Ended ended = home.run({"--cron", "a.yaml"});
    CHECK(ended.code == 0);
    CHECK(ended.text.empty());
    CHECK(read(log) == "GET /b0b1-hidden/start\nGET /b0b1-hidden\n");
  }
  SECTION("of a run that fails") {
    home.file("a.yaml", text("exit 3"));
    const Ended ended = home.run({"--cron", "a.yaml"});
    CHECK(ended.code == 1);
    CHECK(has(ended.text, "a failed on "));
    const std::string pings = read(log);
    CHECK(pings.starts_with("GET /b0b1-hidden/start\nPOST /b0b1-hidden/faila failed on "));
    CHECK(has(pings, ": a: exit code 3\n"));
    CHECK(has(pings, "\n  | ***\n"));
    CHECK(pings.find("b0b1-hidden", pings.find("/fail")) == std::string::npos);
  }
  SECTION("of a run that is ended by a signal") {
    home.file("a.yaml", text("touch begun; sleep 50"));
    const pid_t run = home.start({"--cron", "a.yaml"});
    home.await("begun");
    ::kill(run, SIGTERM);
    CHECK(home.wait(run).signal == SIGTERM);
    CHECK(has(read(log), "POST /b0b1-hidden/faila was stopped on "));
  }
  SECTION("of a run that can't even start") {
    home.file("bad.yaml", "version: 1\njobs: {a: {rum: echo}}\n");
    CHECK(home.run({"--cron", "--ping", server.url("/x"), "bad.yaml"}).code == 65);
    CHECK(read(log).starts_with("POST /x/fail" + (home / "bad.yaml") + " couldn't be started on "));
    CHECK(has(read(log), "\n\nerror[E101]: unknown key `rum` in job `a`\n"));
    home.file("a.yaml",
              "version: 1\nping: " + server.url("/y") + "\nsecrets: {s: {env: NOBODY_SETS_IT}}\njobs: {a: {run: exit 0}}\n");
    const Ended ended = home.run({"--cron", "a.yaml"});
    CHECK(ended.code == 78);
    CHECK(has(read(log), "POST /y/fail" + (home / "a.yaml") + " couldn't be started on "));
    CHECK(has(read(log), "\n\n" + ended.text));
    CHECK(home.run({"--cron", "--ping", server.url("/z"), "-C", "/nowhere/at/all", "a.yaml"}).code == 66);
    CHECK(has(read(log), "POST /z/fail"));
  }
  SECTION("of a run whose lock stays busy") {
    home.file("a.yaml", "version: 1\njobs: {a: {run: 'touch begun; sleep 50'}}\n");
    const pid_t first = home.start({"--cron", "--lock", "skip", "a.yaml"}, "first");
    home.await("begun");
    CHECK(home.run({"--cron", "--lock", "wait:1ms", "--ping", server.url("/x"), "a.yaml"}).code == 75);
    CHECK(read(log).starts_with("POST /x/faila: lock busy: run "));
    ::kill(first, SIGTERM);
    home.wait(first, "first");
  }
}

TEST_CASE("A switch that is down changes nothing") {
  Home home;
  home.file("a.yaml", "version: 1\njobs: {a: {run: exit 0}}\n");
  const std::string url = "http://127.0.0.1:" + std::to_string(corun::testing::free_port()) + "/x";
  const Ended ended = home.run({"-q", "--ping", url, "a.yaml"});
  CHECK(ended.code == 0);
  CHECK(has(ended.text, "corun: warning: the ping failed: "));
  CHECK(ended.text.find("warning", ended.text.find("warning") + 1) == std::string::npos);
}

TEST_CASE("Metrics are written whole, and readable by others") {
  Home home;
  home.file("a.yaml", "version: 1\njobs: {a: {run: exit 0}}\n");
  CHECK(home.run({"--cron", "a.yaml", "--report", "prom=m.prom"}).code == 0);
  CHECK(has(read(home / "m.prom"), "\ncorun_run_success{graph=\"a\"} 1\n"));
  CHECK((fs::status(home / "m.prom").permissions() & fs::perms::all) == fs::perms(0644));
  const Ended lost = home.run({"--cron", "a.yaml", "--report", "prom=none/m.prom"});
  CHECK(lost.code == 73);
  CHECK(lost.text == "corun: the report none/m.prom can't be written: No such file or directory\n");
  for (const auto& entry : fs::directory_iterator(home / "")) CHECK(entry.path().extension() != ".tmp");
}
