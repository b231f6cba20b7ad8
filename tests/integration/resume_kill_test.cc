// The real corun, killed at random moments, again and again: every job succeeds in the end, and none that was kept as done runs
// again. Knows nothing of how that is kept but where.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "catch.h"
#include "state/past_runs.h"
#include "temporary_directory.h"

using namespace corun;
namespace fs = std::filesystem;

namespace {

// A job that notes that it runs and on what, leaves a process behind, takes a moment and hands on what it was given.
std::string step(const std::string& value) {
  return "run: 'echo \"$CORUN_JOB " + value + "\" >> ran; sleep 60 >/dev/null 2>&1 & sleep 0.004; echo " + value +
         "', outputs: {v: \".lines[0]\"}";
}

std::string given_by(const std::string& job) { return "${{ .jobs." + job + ".outputs.v }}"; }

constexpr int kSides = 4;

// What a0 is given comes from the variable, and so what comes of it: the jobs of whose names `depends` holds.
std::string job_file() {
  std::string text = "version: 1\nvars: {v: \"1\"}\njobs:\n";
  for (int i = 0; i < kSides; ++i) {
    const std::string name = std::to_string(i);
    const std::string a = "a" + name;
    text += "  " + a + ": {" + step(i == 0 ? "${{ .vars.v }}" : "0") + "}\n";
    const std::string next = "a" + std::to_string((i + 1) % kSides);
    text += "  b" + name + ": {needs: [" + a + ", " + next + "], " + step(given_by(next == "a0" ? next : a)) + "}\n";
  }
  text += "  each: {needs: b0, foreach: {items: [1, 2, 3, 4], max_concurrent: 2}, " + step(given_by("b0")) + "}\n";
  text += "  group: {needs: b0, gather: {jobs: {x: {" + step(given_by("b0")) + "}, y: {" + step(given_by("b0")) +
          "}, z: {needs: [x, y], " + step(given_by("x")) + "}}}}\n";
  text += "  end: {needs: [each, group, b1, b2, b3], " + step("${{ .jobs.each.outputs[3].v }}") + "}\n";
  return text;
}

bool depends(const std::string& name) {
  static const std::set<std::string> kOthers{"a1", "a2", "a3", "b1", "b2"};
  return !kOthers.contains(name);
}

constexpr std::size_t kNames = kSides + kSides + 4 + 3 + 1;

class Place {
 public:
  explicit Place(const std::string& jobs = job_file()) { std::ofstream(root_ / "jobs.yaml") << jobs; }

  void start(const std::vector<std::string>& arguments) {
    pid_ = ::fork();
    if (pid_ != 0) return;
    if (::chdir(root_.path.c_str()) != 0) ::_exit(200);
    const int log = ::open("log", O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(log, 1);
    ::dup2(log, 2);
    std::vector<const char*> argv{"corun"};
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    argv.insert(argv.end(), {"--state-dir", "state", nullptr});
    ::execv(CORUN_BINARY, const_cast<char* const*>(argv.data()));
    ::_exit(201);
  }
  // Kills corun, unless it has ended by then: then its exit code, else -1.
  int kill() const {
    ::kill(pid_, SIGKILL);
    return await();
  }
  int await() const {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  struct Ran {
    int times = 0;
    std::string last;  // what it was given
  };
  // The same by a shell that has `variable` in its environment; whether it has come to its end.
  bool run_within(const std::string& variable, const std::string& arguments) const {
    const std::string script = std::string(CORUN_BINARY) + ' ' + arguments + " --state-dir state >> log 2>&1; echo > survived";
    const std::string command = "cd " + root_.path + " && " + variable + " sh -c '" + script + "'";
    return std::system(command.c_str()) == 0 && fs::exists(root_ / "survived");
  }
  void touch(const std::string& name) const { std::ofstream{root_ / name}; }

  // How often each job has run.
  std::map<std::string, Ran> ran() const {
    std::map<std::string, Ran> all;
    std::ifstream lines(root_ / "ran");
    for (std::string name, value; lines >> name >> value;) {
      ++all[name].times;
      all[name].last = value;
    }
    return all;
  }

  // Processes that were started here and are still there.
  int left_over() const {
    int count = 0;
    for (const fs::directory_entry& process : fs::directory_iterator("/proc")) {
      std::error_code gone;
      const fs::path directory = fs::read_symlink(process.path() / "cwd", gone);
      count += static_cast<int>(!gone && directory == root_.path);
    }
    return count;
  }

  std::string log() const {
    std::ifstream stream(root_ / "log");
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  // The runs so far, newest first, and what they have of jobs.
  std::vector<PastRun> chain() const {
    if (!fs::exists(root_ / "state/corun.db")) return {};
    Store store((root_ / "state").string(), [](std::string_view message) { FAIL(message); });
    PastRuns runs(*store.database(), store.directory());
    const std::optional<PastRun> last = runs.last_of("");
    return last ? runs.chain_of(*last) : std::vector<PastRun>();
  }
  EarlierJobs jobs(const std::vector<PastRun>& chain) const {
    Store store((root_ / "state").string(), [](std::string_view message) { FAIL(message); });
    return PastRuns(*store.database(), store.directory()).jobs_of(chain);
  }

 private:
  TemporaryDirectory root_;
  pid_t pid_ = -1;
};

// A run that is killed and taken up until it is done.
class Trial {
 public:
  explicit Trial(std::mt19937& random) : random_(random) {}

  void start() {
    if (random_() % 4 == 0) {  // an edit: what depends on it runs again
      ++value_;
      std::erase_if(done_, [](const auto& job) { return depends(job.first); });
    }
    place_.start({"run", "jobs.yaml", "-j4", "--resume", "--set", "v=" + std::to_string(value_)});
  }
  void kill() { ended(place_.kill()); }
  void await() { ended(place_.await()); }
  bool over() const { return code_ != -1; }
  int kills() const { return kills_; }
  int compared() const { return compared_; }

  void check_end() const {
    INFO(place_.log());
    REQUIRE(code_ == 0);
    const auto ran = place_.ran();
    CHECK(ran.size() == kNames);
    for (const auto& [name, job] : ran) {
      INFO(name);
      CHECK(job.last == (depends(name) ? std::to_string(value_) : "0"));
    }
    CHECK(place_.left_over() == 0);
  }

 private:
  void ended(int code) {
    code_ = code;
    kills_ += static_cast<int>(code == -1);
    const auto ran = place_.ran();
    for (const auto& [name, times] : done_) {
      INFO(name << " after kill " << kills_ << "\n" << place_.log());
      REQUIRE(ran.at(name).times == times);
      ++compared_;
    }
    const std::vector<PastRun> chain = place_.chain();
    if (chain.empty()) return;
    value_of_.emplace(chain.front().number, value_);
    if (chain.front().succeeded() && value_of_.at(chain.front().number) == value_) code_ = 0;  // killed when all was noted down
    for (const auto& [name, job] : place_.jobs(chain)) {
      if (!is_success(job.result.state) || !ran.contains(name)) continue;
      if (!depends(name) || value_of_.at(job.last_run) == value_) done_.emplace(name, ran.at(name).times);
    }
  }

  std::mt19937& random_;
  Place place_;
  int value_ = 1;
  std::map<std::int64_t, int> value_of_;  // of runs
  std::map<std::string, int> done_;       // how often those that are kept as done had run by then
  int code_ = -1;
  int kills_ = 0;
  int compared_ = 0;
};

}  // namespace

TEST_CASE("killed at any moment, a run is completed without doing anything twice") {
  constexpr int kTrials = 48;
  constexpr int kAtOnce = 6;
  constexpr int kMostKills = 10;  // of one trial
  std::mt19937 random(20261124);
  // What a run takes on this machine, busy as it is.
  const auto now = [] { return std::chrono::steady_clock::now(); };
  const TimePoint begin = now();
  Trial whole(random);
  whole.start();
  whole.await();
  whole.check_end();
  std::int64_t longest = (now() - begin).count();
  int kills = 0;
  int compared = 0;
  for (int trial = 0; trial < kTrials; trial += kAtOnce) {
    std::vector<std::unique_ptr<Trial>> trials;
    for (int i = 0; i < kAtOnce; ++i) trials.push_back(std::make_unique<Trial>(random));
    for (int kill = 0; kill <= kMostKills; ++kill) {
      std::multimap<TimePoint, Trial*> running;
      for (const auto& each : trials) {
        if (each->over()) continue;
        each->start();
        running.emplace(now() + Duration(std::uniform_int_distribution<std::int64_t>(0, longest)(random)), each.get());
      }
      for (const auto& [moment, each] : running) {
        if (kill == kMostKills) {
          each->await();
        } else {
          std::this_thread::sleep_until(moment);
          each->kill();
          longest = each->over() ? longest / 4 * 3 : longest / 20 * 21;  // what it takes changes, and most shall be killed
        }
      }
    }
    for (const auto& each : trials) {
      each->check_end();
      kills += each->kills();
      compared += each->compared();
    }
  }
  CHECK(kills >= 2 * kTrials);
  CHECK(compared > 2 * kTrials);
}

TEST_CASE("what a killed run has left of a job is ended, though an earlier run has done that, and nobody else is") {
  Place place(R"(version: 1
vars: {v: "1"}
jobs:
  a: {run: "echo a ${{ .vars.v }} >> ran; if test ${{ .vars.v }} = 2 && test ! -e open; then sleep 60; fi"}
  gate: {needs: a, run: "test -e open"}
)");
  place.start({"run", "jobs.yaml"});
  REQUIRE(place.await() == 1);
  place.start({"run", "jobs.yaml", "--resume", "--set", "v=2"});
  while (place.ran()["a"].times < 2) std::this_thread::sleep_for(1ms);
  REQUIRE(place.kill() == -1);
  CHECK(place.left_over() > 0);
  place.touch("open");
  CHECK(place.run_within("CORUN_RUN=" + place.chain().front().id, "resume"));  // which isn't left over, whatever it was given
  INFO(place.log());
  CHECK(place.chain().front().succeeded());
  CHECK(place.ran()["a"].times == 3);
  CHECK(place.left_over() == 0);
}
