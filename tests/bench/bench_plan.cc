// Micro-benchmark: loading a job file and walking its plan without running anything. Usage: bench_plan [JOBS] [NEEDS] [FILE]
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "engine/plan.h"
#include "graph/load.h"

using namespace corun;

namespace {

double since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double max_rss_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

std::string generated(int jobs, int needs) {
  std::string text = "version: 1\njobs:\n";
  for (int i = 0; i < jobs; ++i) {
    text += "  job" + std::to_string(i) + ":\n    run: [/bin/true]\n";
    if (i < needs) continue;
    text += "    needs: [";
    for (int k = 1; k <= needs; ++k) text += (k > 1 ? ", job" : "job") + std::to_string(i - k);
    text += "]\n";
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  const int jobs = argc > 1 ? std::atoi(argv[1]) : 10000;
  const int needs = argc > 2 ? std::atoi(argv[2]) : 2;
  std::string text;
  if (argc > 3) {
    std::stringstream file;
    file << std::ifstream(argv[3]).rdbuf();
    text = file.str();
  } else {
    text = generated(jobs, needs);
  }
  const double rss_before = max_rss_mb();
  auto start = std::chrono::steady_clock::now();
  const LoadResult loaded = load_job_file("bench.yaml", text, LoadOptions());
  const double load = since(start);
  if (!loaded.file) return 1;
  const std::size_t count = loaded.file->top.jobs.size();

  start = std::chrono::steady_clock::now();
  Plan plan(loaded.file->top, {});
  std::vector<PlanStep> ready = plan.begin();
  for (std::size_t i = 0; i < ready.size(); ++i) {
    if (!ready[i].skipped) plan.ended(ready[i].job, JobState::succeeded, false, ready);
  }
  const double walk = since(start);
  std::printf("jobs=%zu load_us_per_job=%.2f plan_us_per_job=%.3f rss_bytes_per_job=%.0f\n", count,
              load * 1e6 / static_cast<double>(count), walk * 1e6 / static_cast<double>(count),
              (max_rss_mb() - rss_before) * 1048576 / static_cast<double>(count));
  return plan.remaining() == 0 ? 0 : 1;
}
