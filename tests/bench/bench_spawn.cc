// Micro-benchmark: what the engine adds to starting and collecting processes. Usage: bench_spawn [JOBS] [SLOTS] [PROGRAM…]
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "engine/check_expressions.h"
#include "engine/engine.h"
#include "expr/variables.h"
#include "io/process_executor.h"
#include "policy/breaker_store.h"
#include "policy/random.h"
#include "state/log_store.h"

extern char** environ;

using namespace corun;

namespace {

double seconds(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6; }

}  // namespace

int main(int argc, char** argv) {
  const int jobs = argc > 1 ? std::atoi(argv[1]) : 1000;
  const int slots = argc > 2 ? std::atoi(argv[2]) : 2;
  const rlimit files{20000, 20000};
  setrlimit(RLIMIT_NOFILE, &files);

  JobFile file;
  const auto policies = std::make_shared<const Policies>();
  for (int i = 0; i < jobs; ++i) {
    auto spec = std::make_unique<RunSpec>();
    if (argc <= 3) spec->argv.push_back(Text{"/bin/true", {}});
    for (int k = 3; k < argc; ++k) spec->argv.push_back(Text{argv[k], {}});
    Job job;
    job.id = static_cast<std::uint32_t>(i);
    job.name = "t" + std::to_string(i);
    job.action = std::move(spec);
    job.policies = policies;
    file.top.jobs.push_back(std::move(job));
  }

  SystemClock clock;
  Loop loop(clock);
  ProcessSettings process_settings;
  for (char** variable = environ; *variable != nullptr; ++variable) process_settings.environment.emplace_back(*variable);
  ProcessExecutor processes(loop, process_settings);
  Report report;
  SystemRandom random;
  MemoryBreakerStore breakers({}, random);
  LogStore logs("", "bench", [](std::string_view) {});
  RunSettings settings;
  settings.process_slots = static_cast<std::uint32_t>(slots);
  const Variables variables;
  CancelScope scope;
  rusage before{};
  getrusage(RUSAGE_SELF, &before);
  const auto start = std::chrono::steady_clock::now();
  const RunResult result = run(loop, run_file(file, settings, variables, Expressions(),
                                              EngineParts{loop, processes, nullptr, report, breakers, logs, random}, scope));
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  rusage own{};
  rusage children{};
  getrusage(RUSAGE_SELF, &own);
  getrusage(RUSAGE_CHILDREN, &children);
  int failed = 0;
  for (const JobResult& each : result.results) failed += static_cast<int>(!is_success(each.state));
  const double own_cpu = seconds(own.ru_utime) + seconds(own.ru_stime) - seconds(before.ru_utime) - seconds(before.ru_stime);
  const double child_cpu = seconds(children.ru_utime) + seconds(children.ru_stime);
  std::printf("jobs=%d slots=%d wall=%.3fs us_per_job=%.1f own_cpu_us=%.1f child_cpu_us=%.1f failed=%d max_rss_mb=%.1f\n", jobs,
              slots, wall, wall / jobs * 1e6, own_cpu / jobs * 1e6, child_cpu / jobs * 1e6, failed,
              static_cast<double>(own.ru_maxrss) / 1024);
  return failed == 0 ? 0 : 1;
}
