// Pings of a dead man's switch. Knows nothing of jobs.
#include "cli/ping.h"

#include <array>
#include <cstdio>
#include <utility>

#include "base/text.h"
#include "cli/end_by_signal.h"
#include "cli/exit_code.h"
#include "cli/setup_error.h"
#include "cli/web_calls.h"
#include "expr/context.h"
#include "expr/evaluator.h"
#include "expr/render.h"
#include "loop/awaiters.h"
#include "loop/cancel.h"

namespace corun {
namespace {

constexpr Duration kMostTime = 10s;  // of one try
constexpr int kTries = 3;
constexpr Duration kPause = 1s;  // after the first, then twice that
constexpr std::size_t kMostBody = 10'000;

std::string url_of_file(const PingSpec& ping, const LoadedGraph& graph) {
  Context names;
  graph.variables.add_to(names);
  const ContextEvaluator evaluator(names, graph.expressions.programs);
  Evaluated<std::string> url = render_url(ping.url, evaluator);
  if (const auto* error = std::get_if<ExpressionError>(&url)) {
    throw SetupError(kExitInvalidFile, "`ping`: " + error->message);
  }
  return std::get<std::string>(std::move(url));
}

// Random (version 4): by it the switch tells runs that overlap from each other.
std::string make_uuid(Random& random) {
  std::string digits;
  for (int i = 0; i < 32; ++i) digits += "0123456789abcdef"[static_cast<std::size_t>(random.unit() * 16) & 15U];
  digits[12] = '4';
  digits[16] = "89ab"[static_cast<std::size_t>(random.unit() * 4) % 4];
  for (const int at : {8, 13, 18, 23}) digits.insert(static_cast<std::size_t>(at), "-");
  return digits;
}

// The end of `text`, from the beginning of a character on.
std::string tail_of(std::string_view text) {
  if (text.size() <= kMostBody) return std::string(text);
  return std::string(from_character(text.substr(text.size() - kMostBody)));
}

bool may_pass(const Outcome& outcome) {
  if (!outcome.ok()) return outcome.kind != FailureKind::invalid_request;
  return outcome.http_status == 429 || outcome.http_status >= 500;
}

}  // namespace

Ping::Ping(Loop& loop, const Arguments& arguments, const LoadedGraph& graph, Random& random, Report& report, MakeExecutor make)
    : loop_(loop), graph_(graph), report_(&report), make_(std::move(make)) {
  const std::optional<PingSpec>& ping = graph.file.ping;
  if (ping) says_start_ = ping->start;
  if (!arguments.ping.empty()) {
    url_ = arguments.ping;
  } else if (ping) {
    url_ = url_of_file(*ping, graph);
  }
  if (is_wanted()) run_uuid_ = make_uuid(random);
}

bool Ping::prepare() {
  if (executor_ != nullptr || unusable_) return !unusable_;
  Result<std::unique_ptr<Executor>> executor = make_();
  if (executor) {
    executor_ = std::move(*executor);
  } else {
    unusable_ = true;
    warn(executor.error().message);
  }
  return !unusable_;
}

void Ping::warn(const std::string& why) {
  if (std::exchange(warned_, true)) return;
  std::string message = "the ping failed: " + why;
  if (graph_.keeper) message = graph_.keeper->mask().masked_message(message);
  report_->warning(message);
  report_->flush();
}

Task<void> Ping::say_start(CancelScope& scope) {
  if (!says_start_) co_return;
  co_await NextTurn(loop_);  // the first jobs first
  if (!scope.cancelled()) {
    co_await send(with_path(url_, "/start"), std::string(), scope);
  }
}

Task<void> Ping::say_end(int exit_code, std::string text, CancelScope& scope) {
  if (exit_code == kExitSuccess) {
    co_await send(url_, std::string(), scope);
  } else {
    if (graph_.keeper) text = graph_.keeper->mask().masked_message(text);
    co_await send(with_path(url_, "/fail"), tail_of(text), scope);
  }
}

Task<void> Ping::send(std::string url, std::string body, CancelScope& scope) {
  if (!prepare()) co_return;
  auto request = std::make_unique<HttpRequest>();
  request->url = std::move(url);
  request->query.emplace_back("rid", run_uuid_);
  request->max_body = 64 << 10;
  request->follow_redirects = true;
  if (!body.empty()) {
    request->method = "POST";
    request->body = std::move(body);
    request->content_type = "text/plain; charset=utf-8";
  }
  const Command command(std::move(request));
  Duration pause = kPause;
  std::string problem;
  for (int left = kTries; left > 0; --left) {
    DeadlineScope limited(loop_, scope, loop_.now() + kMostTime, CancelReason::attempt_timeout);
    const ActionResult result = co_await executor_->execute(command, limited);
    if (scope.cancelled()) co_return;
    problem = limited.cancelled() ? "no answer within 10s" : problem_of_answer(result.outcome);
    if (problem.empty()) co_return;
    if (left == 1 || !(limited.cancelled() || may_pass(result.outcome))) break;
    const bool slept = co_await Sleep(loop_, loop_.now() + std::exchange(pause, pause * 2), scope);
    if (!slept) co_return;
  }
  warn(problem);
}

void say_end(Loop& loop, SignalSource& signals, Ping& ping, int exit_code, std::string text) {
  if (!ping.is_wanted()) return;
  CancelScope scope;
  run_until_signal(loop, signals, scope, ping.say_end(exit_code, std::move(text), scope));
}

}  // namespace corun
