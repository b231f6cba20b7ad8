// Signals, terminals and readers that don't read, with the real program: it ends as asked, nothing is left, the rest is resumed.
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <random>

#include "catch.h"
#include "support/terminal.h"

using namespace corun;

namespace {

constexpr const char* kCorun = CORUN_BINARY;

// `other` writes while `much` does, but ends after it: one that ends first is shown at once, in the middle of the other's lines.
constexpr const char* kMuch = R"(version: 1
jobs:
  much: {run: 'echo $$ > pid; seq 1 200000; touch begun; seq 200001 400000'}
  other:
    run: |
      until test -e begun; do sleep 0.01; done
      seq 1 200000
      while kill -0 $(cat pid) 2>/dev/null; do sleep 0.01; done
      seq 200001 400000 && touch written
  slow: {run: 'sleep 60', timeout: 10ms, continue_on_error: true}
  last: {run: 'touch last', needs: [much, slow, other]}
)";

std::string numbers() {
  std::string text;
  for (int i = 1; i <= 400'000; ++i) text += std::to_string(i) + '\n';
  return text;
}

}  // namespace

TEST_CASE("a pipe that nobody reads holds neither jobs nor timeouts, and loses nothing") {
  const Scratch scratch;
  scratch.write("jobs.yaml", kMuch);
  const Scratch::Program corun = scratch.start({"sh", "-c", "exec \"$CORUN\" jobs.yaml -j4 2>err"});
  REQUIRE(scratch.await("last"));  // all jobs have ended, and nothing has been read so far
  const std::string text = corun.read_all();
  CHECK(corun.wait().code == 0);
  const std::string all = numbers();
  CHECK(text.starts_with(all));
  CHECK(text.ends_with(all));
  CHECK(text.size() == 2 * all.size());
  CHECK(scratch.read("err").find("TIMEOUT") != std::string::npos);
  CHECK(scratch.processes_left() == 0);
}

TEST_CASE("a signal ends what waits for a reader") {
  const Scratch scratch;
  SECTION("after the run") {
    scratch.write("jobs.yaml", kMuch);
    const Scratch::Program corun = scratch.start({kCorun, "jobs.yaml", "-j4"});
    REQUIRE(scratch.await("last"));
    ::kill(corun.pid, SIGTERM);
    CHECK(corun.wait().signal == SIGTERM);
  }
  SECTION("in the middle, also where events can't be left to logs") {
    scratch.write("jobs.yaml", "version: 1\njobs: {a: {run: 'touch begun; yes'}}\n");
    for (const char* format : {"text", "ndjson"}) {
      std::filesystem::remove(scratch / "begun");
      const Scratch::Program corun = scratch.start({kCorun, "jobs.yaml", "-o", format});
      REQUIRE(scratch.await("begun"));
      ::kill(corun.pid, SIGINT);
      CHECK(corun.wait().signal == SIGINT);
    }
  }
  CHECK(scratch.processes_left() == 0);
}

TEST_CASE("a terminal whose output is stopped holds nothing") {
  const Scratch scratch;
  scratch.write("jobs.yaml",
                "version: 1\njobs:\n  a: {run: 'until test -e stopped; do sleep 0.01; done; seq 1 100000; touch written'}\n"
                "  b: {run: 'touch begun; sleep 60', timeout: 200ms, continue_on_error: true}\n"
                "  c: {run: 'touch last', needs: [a, b]}\n");
  const Scratch::Program corun = scratch.start_on_terminal({kCorun, "jobs.yaml", "-j4"});
  REQUIRE(scratch.await("begun"));
  corun.types("\x13");  // ^S
  scratch.write("stopped", "");
  REQUIRE(scratch.await("last"));
  SECTION("until it goes on") {
    corun.types("\x11");  // ^Q
    CHECK(corun.reads("100000\r\n"));
    corun.read_all();
    CHECK(corun.wait().code == 0);
  }
  SECTION("or a signal comes") {
    ::kill(corun.pid, SIGTERM);
    CHECK(corun.wait().signal == SIGTERM);
  }
  CHECK(scratch.processes_left() == 0);
}

TEST_CASE("keys of a terminal") {
  const Scratch scratch;
  // The job has a group of its own: it knows only what corun passes on.
  scratch.write("jobs.yaml",
                "version: 1\njobs: {a: {run: 'trap \"echo INT >>got; exit 1\" INT; echo up; while :; do sleep 0.01; done', "
                "stop: {grace: 1m}}}\n");
  SECTION("^C") {
    const Scratch::Program corun = scratch.start_on_terminal({kCorun, "jobs.yaml"});
    REQUIRE(corun.reads("up"));
    corun.types("\x03");
    CHECK(corun.reads("interrupted; ending 1 job"));
    CHECK(corun.wait().signal == SIGINT);
    CHECK(scratch.read("got") == "INT\n");
  }
  SECTION("^C twice kills") {
    scratch.write(
        "jobs.yaml",
        "version: 1\njobs: {a: {run: 'trap \"\" INT TERM; echo up; while :; do sleep 0.01; done', stop: {grace: 1m}}}\n");
    const Scratch::Program corun = scratch.start_on_terminal({kCorun, "jobs.yaml"});
    REQUIRE(corun.reads("up"));
    corun.types("\x03");
    REQUIRE(corun.reads("interrupted; ending 1 job"));
    ::usleep(110'000);  // sooner it is the same signal once more
    corun.types("\x03");
    CHECK(corun.reads("killing what still runs"));
    CHECK(corun.wait().signal == SIGINT);
  }
  SECTION("^\\ kills at once") {
    const Scratch::Program corun =
        scratch.start_on_terminal({"sh", "-c", "ulimit -S -c $(ulimit -H -c); exec \"$CORUN\" jobs.yaml"});
    REQUIRE(corun.reads("up"));
    corun.types("\x1c");
    const Scratch::Ended ended = corun.wait();
    CHECK(ended.signal == SIGQUIT);
    CHECK_FALSE(ended.dumped);  // there would be secrets in it
    CHECK(scratch.read("got").empty());
  }
  SECTION("^Z, and fg") {
    scratch.write("jobs.yaml", "version: 1\njobs: {a: {run: 'echo up; until test -e go; do sleep 0.01; done; echo done'}}\n");
    const Scratch::Program shell =
        scratch.start_on_terminal({"bash", "-c", "set -m; \"$CORUN\" jobs.yaml; echo code $?; touch go; fg; echo code $?"});
    REQUIRE(shell.reads("up"));
    shell.types("\x1a");
    CHECK(shell.reads("code 148"));
    CHECK(shell.reads("code 0"));
    shell.read_all();
    CHECK(shell.wait().code == 0);
  }
  SECTION("a terminal that goes away") {
    Scratch::Program corun = scratch.start_on_terminal({kCorun, "jobs.yaml"});
    REQUIRE(corun.reads("up"));
    corun.out.reset();
    CHECK(corun.wait().signal == SIGHUP);
  }
  SECTION("a shell goes no further") {
    const Scratch::Program shell =
        scratch.start_on_terminal({"bash", "-c", "\"$CORUN\" jobs.yaml && touch further; touch further"});
    REQUIRE(shell.reads("up"));
    shell.types("\x03");
    CHECK(shell.wait().signal == SIGINT);
    CHECK_FALSE(std::filesystem::exists(scratch / "further"));
  }
  CHECK(scratch.processes_left() == 0);
}

TEST_CASE("under nohup a run outlives its terminal, and nobody misses its output") {
  const Scratch scratch;
  scratch.write("jobs.yaml", "version: 1\njobs: {a: {run: 'touch up; until test -e go; do sleep 0.01; done; echo done'}}\n");
  Scratch::Program corun = scratch.start_on_terminal({"sh", "-c", "trap '' HUP; exec \"$CORUN\" jobs.yaml"});
  REQUIRE(scratch.await("up"));
  corun.out.reset();
  scratch.write("go", "");
  CHECK(corun.wait().code == 0);
  CHECK(scratch.processes_left() == 0);
}

TEST_CASE("a terminal or session that goes away while corun ends its jobs is no second signal") {
  const Scratch scratch;
  scratch.write(
      "jobs.yaml",
      "version: 1\njobs: {a: {run: 'trap \"touch asked; until test -e go; do sleep 0.01; done; echo clean >got; exit 1\" "
      "TERM; touch up; while :; do sleep 0.01; done', stop: {grace: 1m}}}\n");
  const Scratch::Program corun = scratch.start({kCorun, "jobs.yaml"});
  REQUIRE(scratch.await("up"));
  ::kill(corun.pid, SIGTERM);
  REQUIRE(scratch.await("asked"));
  ::kill(corun.pid, SIGHUP);
  ::kill(corun.pid, SIGUSR1);
  CHECK(corun.reads("1 running"));  // so it has taken HUP, too
  scratch.write("go", "");
  CHECK(corun.wait().signal == SIGTERM);
  CHECK(scratch.read("got") == "clean\n");
  CHECK(scratch.processes_left() == 0);
}

TEST_CASE("a signal while the job file is still being read") {
  const Scratch scratch;
  REQUIRE(::mkfifo((scratch / "jobs.yaml").c_str(), 0600) == 0);
  const auto starts_with = [&](const std::vector<std::string>& argv, int signal) {
    Scratch::Program corun = scratch.start(argv);
    const UniqueFd file(::open((scratch / "jobs.yaml").c_str(), O_WRONLY | O_CLOEXEC));  // it has it open
    REQUIRE(file);
    ::kill(corun.pid, signal);
    const std::string text = "version: 1\njobs: {a: {run: touch done}}\n";
    REQUIRE(::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    return corun;
  };
  SECTION("USR1 ends nothing") {
    CHECK(starts_with({kCorun, "jobs.yaml"}, SIGUSR1).wait().code == 0);
    CHECK(std::filesystem::exists(scratch / "done"));
  }
  SECTION("TERM, where it is blocked: nothing starts") {
    const Scratch::Program corun = starts_with({"env", "--block-signal=TERM", kCorun, "jobs.yaml"}, SIGTERM);
    CHECK(corun.reads("corun: asked to end\n"));
    CHECK(corun.wait().signal == SIGTERM);
    CHECK_FALSE(std::filesystem::exists(scratch / "done"));
  }
}

TEST_CASE("a parent that ignores the end of children doesn't hide failures") {
  const Scratch scratch;
  scratch.write("jobs.yaml", "version: 1\njobs: {a: {run: exit 3}, b: {run: 'kill -9 $$'}}\n");
  const Scratch::Program corun = scratch.start({kCorun, "jobs.yaml"}, SIGCHLD);
  const std::string text = corun.read_all();
  INFO(text);
  CHECK(text.find(" a: exit code 3") != std::string::npos);
  CHECK(text.find(" b: killed by SIGKILL") != std::string::npos);
  CHECK(corun.wait().code == 1);
}

TEST_CASE("where files may not grow, what can't be written is said, and jobs have the system's own end") {
  const Scratch scratch;
  scratch.write("jobs.yaml", "version: 1\njobs: {a: {run: 'seq 1 100000; touch up'}, b: {run: 'exec seq 1 100000 >b'}}\n");
  const Scratch::Program corun = scratch.start({"bash", "-c", "ulimit -f 100; exec \"$CORUN\" jobs.yaml"});
  const std::string text = corun.read_all();
  CHECK(text.find("File too large") != std::string::npos);
  CHECK(text.find(" b: killed by SIGXFSZ") != std::string::npos);
  CHECK(corun.wait().code == 1);
  CHECK(std::filesystem::exists(scratch / "up"));
  CHECK(scratch.processes_left() == 0);
}

#ifndef __SANITIZE_ADDRESS__  // it needs more addresses, and a process at the end
TEST_CASE("where no process may be added, that is what a job fails with") {
  const Scratch scratch;
  scratch.write("jobs.yaml", "version: 1\njobs: {a: {run: exit 0}}\n");
  std::filesystem::permissions(scratch / "", std::filesystem::perms::others_exec, std::filesystem::perm_options::add);
  std::vector<std::string> argv = {"prlimit", "--nproc=1", kCorun, "--no-state", "jobs.yaml"};
  if (::geteuid() == 0) {  // root may always
    const std::vector<std::string> as_nobody = {"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"};
    argv.insert(argv.begin(), as_nobody.begin(), as_nobody.end());
    if (scratch.start({"setpriv", "--reuid", "65534", kCorun, "--version"}).wait().code != 0) {
      WARN("needs a program that everybody may execute");
      return;
    }
  }
  const Scratch::Program corun = scratch.start(argv);
  CHECK(corun.reads("`sh` can't be started: too many processes (ulimit -u, or a container's limit)"));
  CHECK(corun.wait().code == 1);
}

TEST_CASE("without memory corun ends with its jobs, and the rest is resumed") {
  const Scratch scratch;
  scratch.write("jobs.yaml",
                "version: 1\njobs:\n  before: {run: echo before >>before}\n"
                "  much: {needs: before, run: 'test -e done || exec head -c 300000000 /dev/zero', output: {max: 300MiB}}\n"
                "  other: {needs: before, run: 'test -e done || sleep 60; true'}\n");
  const Scratch::Program corun = scratch.start({"bash", "-c", "ulimit -v 150000; exec \"$CORUN\" jobs.yaml -j3 >/dev/null"});
  CHECK(corun.read_all().find("\ncorun: out of memory; what ran has been killed\n") != std::string::npos);
  CHECK(corun.wait().code == 70);
  CHECK(scratch.processes_left() == 0);
  scratch.write("done", "");
  const Scratch::Program resumed = scratch.start({kCorun, "resume"});
  INFO(resumed.read_all());
  CHECK(resumed.wait().code == 0);
  CHECK(scratch.read("before") == "before\n");
}
#endif

TEST_CASE("as the first process of a container, corun collects what daemons leave, and ends by signals") {
  const Scratch scratch;
  if (scratch.start({"unshare", "-p", "-f", "--mount-proc", "true"}).wait().code != 0) {
    WARN("needs the right to make a pid namespace");
    return;
  }
  SECTION("asked while it reads its job file") {
    REQUIRE(::mkfifo((scratch / "jobs.yaml").c_str(), 0600) == 0);
    const Scratch::Program outer = scratch.start(
        {"unshare", "-p", "-f", "--mount-proc", "sh", "-c",
         "(exec 3>jobs.yaml; kill -TERM 1; echo 'version: 1\njobs: {a: {run: touch done}}' >&3) & exec \"$CORUN\" jobs.yaml"});
    CHECK(outer.wait().code == 128 + SIGTERM);
    CHECK_FALSE(std::filesystem::exists(scratch / "done"));
    return;
  }
  scratch.write("jobs.yaml", R"(version: 1
jobs:
  daemon: {run: "(setsid sh -c 'echo $$ >daemon; until test -e go; do sleep 0.01; done' &); until test -s daemon; do sleep 0.01; done"}
  ends: {needs: daemon, run: "touch go; until grep -q '^State:.Z' /proc/$(cat daemon)/status; do sleep 0.01; done"}
  gone: {needs: ends, run: 'test ! -e /proc/$(cat daemon)'}
  waits: {needs: gone, run: 'trap "echo TERM >got; exit 1" TERM; touch up; while :; do sleep 0.01; done'}
)");
  const Scratch::Program outer =
      scratch.start({"unshare", "-p", "-f", "--mount-proc", "sh", "-c",
                     "(until test -e up; do sleep 0.01; done; kill -TERM 1) & exec \"$CORUN\" jobs.yaml"});
  const std::string text = outer.read_all();
  INFO(text);
  CHECK(outer.wait().code == 128 + SIGTERM);
  CHECK(text.find(" ok ") != std::string::npos);
  CHECK(text.find("FAIL") == std::string::npos);
  CHECK(scratch.read("got") == "TERM\n");
  CHECK(scratch.processes_left() == 0);
}

TEST_CASE("what is ignored from the start stays ignored") {
  const Scratch scratch;
  scratch.write("jobs.yaml", "version: 1\njobs: {a: {run: 'touch up; until test -e go; do sleep 0.01; done; echo done'}}\n");
  for (const int signal : {SIGHUP, SIGINT, SIGQUIT}) {
    for (const char* file : {"up", "go"}) std::filesystem::remove(scratch / file);
    const Scratch::Program corun = scratch.start({kCorun, "jobs.yaml"}, signal);
    REQUIRE(scratch.await("up"));
    ::kill(corun.pid, signal);
    scratch.write("go", "");
    const std::string text = corun.read_all();
    INFO(text);
    CHECK(text.find("done\n") != std::string::npos);
    CHECK(corun.wait().code == 0);
  }
}

TEST_CASE("whenever it is ended or killed, nothing is left and the rest is resumed") {
  const Scratch scratch;
  // A server that takes connections and never says anything.
  const UniqueFd server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(::bind(server.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::listen(server.get(), 1000) == 0);
  REQUIRE(::getsockname(server.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
  const std::string host = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  scratch.write("vars.env", "HOST=" + host + "\n");
  scratch.write("jobs.yaml", R"(version: 1
limits: {two: {concurrency: 2}}
jobs:
  again: {run: 'sleep 0.005; test $CORUN_ATTEMPT -ge 3', retry: {attempts: 3, delay: 10ms}}
  refused: {http: "http://127.0.0.1:1/", retry: {attempts: 3, delay: 10ms}, fallback: {run: echo offline}}
  each:
    foreach: [1, 2, 3, 4, 5, 6]
    limit: two
    run: 'sh -c "sleep 0.01; exit 0"; true'
    finally: {run: 'sleep 0.005; true'}
  request: {http: "http://${{ .env.HOST }}/", timeout: 30ms, retry: {attempts: 2, delay: 10ms}, continue_on_error: true}
  query: {sql: {dsn: "postgresql://${{ .env.HOST }}/x", query: select 1}, timeout: 50ms, continue_on_error: true}
  deep: {needs: again, run: '(sleep 0.02; true) & wait; echo deep', on_success: {run: 'sleep 0.005; true'}}
  group: {gather: {jobs: {x: {run: sleep 0.02}, y: {run: 'sleep 0.01; true'}}}}
  last: {needs: [deep, each, group, refused, request, query], run: 'echo "$SCRATCH" >/dev/null'}
finally: {done: {run: 'sleep 0.005; true'}}
)");
  std::mt19937 random(20261124);
  constexpr int kRounds = 20;
  for (int round = 0; round < kRounds; ++round) {
    const bool politely = round % 2 == 0;
    // Short moments more often: start-up and the first words of the journal are over soon.
    const unsigned range = round % 3 == 0 ? 8'000 : 140'000;
    const unsigned moment = std::uniform_int_distribution<unsigned>(0, range)(random);
    INFO("round " << round << ": " << (politely ? "TERM" : "KILL") << " after " << moment << " µs");
    const Scratch::Program corun = scratch.start({kCorun, "jobs.yaml", "-q", "-j4", "--env-file", "vars.env"});
    ::usleep(moment);
    ::kill(corun.pid, politely ? SIGTERM : SIGKILL);
    const Scratch::Ended ended = corun.wait();
    CHECK((ended.signal == (politely ? SIGTERM : SIGKILL) || ended.code == 0));
    if (politely) CHECK(scratch.processes_left() == 0);
    const Scratch::Program resumed = scratch.start({kCorun, "--resume", "jobs.yaml", "-q", "-j4", "--env-file", "vars.env"});
    const std::string text = resumed.read_all();
    INFO(text);
    CHECK(resumed.wait().code == 0);
    CHECK(scratch.processes_left() == 0);
  }
}
