// Measures the HTTP executor alone: N requests to one URL, so many at once, in microseconds of CPU a request. Knows no jobs.
//
// usage: bench_http N CONCURRENCY URL [new] [insecure] [headers]
//   new       a new connection for each request
//   insecure  the server's certificate isn't checked
//   headers   with two headers of the job's own
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "io/http_executor.h"
#include "loop/task.h"

namespace {

using corun::ActionResult;
using corun::Command;
using corun::HttpExecutor;
using corun::Task;

struct Work {
  std::size_t left = 0;
  std::size_t failed = 0;
  std::size_t bytes = 0;
  std::string first_failure;
};

Task<void> worker(HttpExecutor& executor, const Command& command, Work& work, corun::CancelScope& scope) {
  while (work.left > 0) {
    --work.left;
    ActionResult result = co_await executor.execute(command, scope);
    work.bytes += result.body.size();
    if (result.outcome.ok() && result.outcome.http_status == 200) continue;
    if (work.failed++ == 0) work.first_failure = result.outcome.message;
  }
}

Task<int> run_all(corun::Loop& loop, HttpExecutor& executor, const Command& command, Work& work, std::size_t concurrency) {
  corun::CancelScope scope;
  corun::TaskGroup group(loop);
  for (std::size_t i = 0; i < concurrency; ++i) group.start(worker(executor, command, work, scope));
  co_await group.join();
  co_return 0;
}

double seconds(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6; }

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fputs("usage: bench_http N CONCURRENCY URL [new] [insecure] [headers]\n", stderr);
    return 2;
  }
  const std::size_t count = std::strtoul(argv[1], nullptr, 10);
  const std::size_t concurrency = std::strtoul(argv[2], nullptr, 10);
  auto request = std::make_unique<corun::HttpRequest>();
  request->url = argv[3];
  for (int i = 4; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "new") {
      request->at_most_once = true;
      request->headers.emplace_back("Connection", "close");
    }
    if (option == "insecure") request->tls_verify = false;
    if (option == "headers") request->headers = {{"Accept", "application/json"}, {"X-Run", "1"}};
  }
  const Command command(std::move(request));

  corun::SystemClock clock;
  corun::Loop loop(clock);
  corun::HttpSettings settings;
  settings.max_concurrency = concurrency;
  auto executor = HttpExecutor::create(loop, settings);
  if (!executor) {
    std::fprintf(stderr, "%s\n", executor.error().message.c_str());
    return 1;
  }
  Work work;
  work.left = count;
  const corun::TimePoint begin = clock.now();
  corun::run(loop, run_all(loop, **executor, command, work, concurrency));
  const double wall = std::chrono::duration<double>(clock.now() - begin).count();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const double user = seconds(usage.ru_utime) * 1e6 / static_cast<double>(count);
  const double system = seconds(usage.ru_stime) * 1e6 / static_cast<double>(count);
  std::printf("conc=%-5zu rate=%8.0f/s wall=%7.3fs cpu/req us user=%6.1f sys=%6.1f tot=%6.1f maxrss=%5.1fMB fail=%zu bytes=%zu\n",
              concurrency, static_cast<double>(count) / wall, wall, user, system, user + system,
              static_cast<double>(usage.ru_maxrss) / 1024, work.failed, work.bytes);
  if (work.failed > 0) std::fprintf(stderr, "first failure: %s\n", work.first_failure.c_str());
  return work.failed > 0 ? 1 : 0;
}
