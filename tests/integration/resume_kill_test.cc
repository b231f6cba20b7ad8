// The real corun, killed at random moments, again and again: every job succeeds in the end, and none that was kept as done runs
// again. Knows nothing of how that is kept but where.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "catch.h"
#include "io/orphans.h"
#include "state/past_runs.h"
#include "temporary_directory.h"

using namespace corun;
namespace fs = std::filesystem;

namespace {

// Each job notes that it runs, leaves a process behind and takes a moment.
constexpr const char* kStep = "echo \"$CORUN_JOB\" >> ran; sleep 60 >/dev/null 2>&1 & sleep 0.004";

std::string job_file() {
  std::string text = "version: 1\njobs:\n";
  const auto run = [](const std::string& more) { return "run: '" + std::string(kStep) + "'" + more; };
  for (int i = 0; i < 8; ++i) {
    text += "  a" + std::to_string(i) + ": {" + run("") + "}\n";
    text += "  b" + std::to_string(i) + ": {needs: [a" + std::to_string(i) + ", a" + std::to_string((i + 1) % 8) + "], " +
            run("") + "}\n";
  }
  text += "  each: {needs: b0, foreach: {items: [1, 2, 3, 4, 5, 6], max_concurrent: 2}, " + run("") + "}\n";
  text +=
      "  group: {needs: b1, gather: {jobs: {x: {" + run("") + "}, y: {" + run("") + "}, z: {needs: [x, y], " + run("") + "}}}}\n";
  text += "  end: {needs: [each, group, b2, b3, b4, b5, b6, b7], " + run("") + "}\n";
  return text;
}

constexpr long kNever = -1;
constexpr std::size_t kNames = 8 + 8 + 6 + 3 + 1;

class Place {
 public:
  Place() { std::ofstream(root_ / "jobs.yaml") << job_file(); }

  // Starts corun; it is killed after `most`, unless it has ended by then: then its exit code, else -1.
  int run(const std::vector<std::string>& arguments, long most_microseconds) const {
    const pid_t pid = ::fork();
    if (pid == 0) {
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
    const timespec moment{most_microseconds / 1'000'000, most_microseconds % 1'000'000 * 1000};
    if (most_microseconds >= 0) {
      ::nanosleep(&moment, nullptr);
      ::kill(pid, SIGKILL);
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  // How often each job has run.
  std::map<std::string, int> counts() const {
    std::map<std::string, int> counts;
    std::ifstream ran(root_ / "ran");
    for (std::string name; std::getline(ran, name);) ++counts[name];
    return counts;
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
};

}  // namespace

TEST_CASE("killed at any moment, a run is completed without doing anything twice") {
  constexpr int kRuns = 25;
  constexpr int kMostKills = 12;  // of one run
  std::mt19937 random(20261124);
  int kills = 0;
  int compared = 0;
  // What a run takes on this machine, busy as it is.
  const TimePoint start = std::chrono::steady_clock::now();
  REQUIRE(Place().run({"run", "jobs.yaml", "-j4"}, kNever) == 0);
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start).count();
  for (int round = 0; round < kRuns; ++round) {
    const Place place;
    std::map<std::string, int> done;  // how often those that are kept as done had run by then
    int code = -1;
    std::uniform_int_distribution<long> moments(0, whole);
    for (int kill = 0; code != 0 && kill <= kMostKills; ++kill) {
      code = place.run({"run", "jobs.yaml", "-j4", "--resume"}, kill < kMostKills ? moments(random) : kNever);
      kills += static_cast<int>(code == -1);
      const std::map<std::string, int> counts = place.counts();
      for (const auto& [name, times] : done) {
        INFO(name << " in round " << round << " after kill " << kill << "\n" << place.log());
        REQUIRE(counts.at(name) == times);
        ++compared;
      }
      const std::vector<PastRun> chain = place.chain();
      if (chain.empty()) continue;
      if (chain.front().succeeded()) code = 0;  // killed when all was done and noted down
      for (const auto& [name, job] : place.jobs(chain)) {
        if (is_success(job.result.state) && counts.contains(name)) done.emplace(name, counts.at(name));
      }
    }
    INFO(place.log());
    REQUIRE(code == 0);
    CHECK(place.counts().size() == kNames);
    std::vector<std::string> runs;
    for (const PastRun& run : place.chain()) runs.push_back(run.id);
    CHECK(end_orphans(
              runs, [](std::string_view) { return false; }, 1s) == 0);
  }
  CHECK(kills >= kRuns);
  CHECK(compared > kRuns);
}
