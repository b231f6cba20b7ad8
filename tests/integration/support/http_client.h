// What the HTTP tests ask their executor with: a loop, an executor, and one call a request. Knows no servers.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "io/http_executor.h"
#include "loop/cancel.h"
#include "loop/task.h"

namespace corun::testing {

/// Open descriptors of this process.
inline std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

/// A command for one request to `url`.
inline Command command_for(HttpRequest request) { return Command(std::make_unique<HttpRequest>(std::move(request))); }

/// A request with a method and, if it isn't empty, a body.
inline HttpRequest request_to(std::string url, std::string method = "GET", std::string body = "") {
  HttpRequest request;
  request.url = std::move(url);
  request.method = std::move(method);
  if (!body.empty()) request.body = std::move(body);
  return request;
}

struct Client {
  explicit Client(std::size_t concurrency = 64) {
    HttpSettings settings;
    settings.max_concurrency = concurrency;
    settings.user_agent = "corun/test";
    executor = std::move(*HttpExecutor::create(loop, settings));
  }

  /// Carries out one request; `timeout` cancels it as an attempt's deadline does.
  ActionResult send(HttpRequest request, Duration timeout = 20s) {
    const Command command = command_for(std::move(request));
    CancelScope root;
    DeadlineScope scope(loop, root, loop.now() + timeout, CancelReason::attempt_timeout);
    return run(loop, executor->execute(command, scope));
  }
  ActionResult get(std::string url) { return send(request_to(std::move(url))); }

  SystemClock clock;
  Loop loop{clock};
  std::unique_ptr<HttpExecutor> executor;
};

}  // namespace corun::testing
