// Calls of corun's own. Knows nothing of what they say.
#include "cli/web_calls.h"

#include <algorithm>
#include <utility>

#include "io/http_executor.h"

namespace corun {

Result<std::unique_ptr<Executor>> make_web_calls(Loop& loop) {
  HttpSettings settings;
  settings.max_concurrency = 1;
  Result<std::unique_ptr<HttpExecutor>> executor = HttpExecutor::create(loop, std::move(settings));
  if (!executor) return executor.error();
  return std::unique_ptr<Executor>(std::move(*executor));
}

std::string with_path(const std::string& url, std::string_view more) {
  const std::size_t end = std::min(url.find_first_of("?#"), url.size());
  std::string path = url.substr(0, end);
  if (path.ends_with('/')) path.pop_back();
  return path + std::string(more) + url.substr(end);
}

std::string problem_of_answer(const Outcome& outcome) {
  if (!outcome.ok()) return outcome.message.empty() ? to_string(outcome.kind) : outcome.message;
  const bool fine = outcome.http_status >= 200 && outcome.http_status < 300;
  return fine ? std::string() : "HTTP " + std::to_string(outcome.http_status);
}

}  // namespace corun
