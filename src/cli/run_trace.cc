// The run's place in a trace. Knows nothing of jobs.
#include "cli/run_trace.h"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>
#include <limits>
#include <string_view>

#include "base/digest.h"
#include "base/random_hex.h"
#include "base/text.h"
#include "cli/end_by_signal.h"
#include "cli/version.h"
#include "cli/web_calls.h"
#include "loop/awaiters.h"
#include "loop/cancel.h"

namespace corun {
namespace {

constexpr Duration kMostTime = 10s;  // for all of it
constexpr int kTries = 3;
constexpr Duration kPause = 500ms;             // after the first try, then twice that
constexpr std::size_t kMostSpans = 1000;       // in a request
constexpr std::size_t kMostAnswer = 64 << 10;  // bytes

// The variable for traces alone counts more than the one for all signals.
std::string setting(const GetVariable& variable, std::string_view name) {
  std::string text = variable_text(variable, ("OTEL_EXPORTER_OTLP_TRACES_" + std::string(name)).c_str());
  return !text.empty() ? text : variable_text(variable, ("OTEL_EXPORTER_OTLP_" + std::string(name)).c_str());
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low < 0) {
      out += text[i];
    } else {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

// `key=value,…`, values percent-encoded; what isn't so is left out.
std::vector<std::pair<std::string, std::string>> pairs_of(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    const std::size_t equals = item.find('=');
    const std::string_view key = trimmed(item.substr(0, equals));
    if (equals == std::string_view::npos || key.empty()) continue;
    std::string value = percent_decoded(trimmed(item.substr(equals + 1)));
    const bool is_plain =
        std::none_of(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; });
    if (is_plain) pairs.emplace_back(key, std::move(value));
  }
  return pairs;
}

// What the protocol allows to be sent again; a request that got no answer may have been taken.
bool may_pass(const Outcome& outcome) {
  if (!outcome.ok()) return outcome.kind != FailureKind::invalid_request;
  const int status = outcome.http_status;
  return status == 429 || status == 502 || status == 503 || status == 504;
}

// Whose spans they are.
OtlpSettings otlp_settings(const GetVariable& variable) {
  OtlpSettings settings;
  settings.version = version();
  std::string service = variable_text(variable, "OTEL_SERVICE_NAME");
  for (auto& [key, value] : pairs_of(variable_text(variable, "OTEL_RESOURCE_ATTRIBUTES"))) {
    if (key == "service.name") {
      if (service.empty()) service = value;
    } else {
      settings.resource.emplace_back(std::move(key), std::move(value));
    }
  }
  settings.resource.emplace(settings.resource.begin(), "service.name", service.empty() ? "corun" : service);
  return settings;
}

std::string id_of(const Digest& digest) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016" PRIx64, std::max<std::uint64_t>(digest.value(), 1));
  return text.data();
}

}  // namespace

std::string past_spans(RunTimeline& timeline, const GetVariable& variable) {
  const Digest digest = Digest().add(timeline.id);
  RunSpans spans;
  spans.run.trace_id = id_of(Digest(digest).add("trace")) + id_of(Digest(digest).add("rest of it"));
  spans.run.span_id = id_of(Digest(digest).add("run"));
  spans.run.flags = kTraceSampled;
  for (TimelineJob& job : timeline.jobs) {
    const Digest of_job = Digest(digest).add("job").add(job.name);
    job.span = id_of(of_job);
    for (std::size_t i = 0; i < job.attempts.size(); ++i) job.attempts[i].span = id_of(Digest(of_job).add(i));
  }
  return otlp_requests(timeline, spans, otlp_settings(variable), std::numeric_limits<std::size_t>::max()).front() + '\n';
}

RunTrace::RunTrace(const Arguments& arguments, const GetVariable& variable) {
  is_file_ = std::any_of(arguments.reports.begin(), arguments.reports.end(),
                         [](const ReportFile& report) { return report.kind == "otlp"; });
  settings_ = otlp_settings(variable);
  read_target(variable);
  const std::optional<TraceContext> incoming = parse_traceparent(variable_text(variable, "TRACEPARENT"));
  if (!incoming && !is_recorded()) return;
  context_.emplace();
  if (incoming) {
    context_ = *incoming;
    context_->state = checked_tracestate(variable_text(variable, "TRACESTATE"));
    parent_ = incoming->span_id;
  } else {
    context_->trace_id = random_hex(16);
    context_->flags = kTraceSampled;
  }
  context_->span_id = random_hex(8);
}

void RunTrace::read_target(const GetVariable& variable) {
  if (variable_text(variable, "OTEL_SDK_DISABLED") == "true" || variable_text(variable, "OTEL_TRACES_EXPORTER") == "none") return;
  url_ = variable_text(variable, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
  if (const std::string base = variable_text(variable, "OTEL_EXPORTER_OTLP_ENDPOINT"); url_.empty() && !base.empty()) {
    url_ = with_path(base, "/v1/traces");
  }
  if (url_.empty()) return;
  if (!url_.starts_with("http://") && !url_.starts_with("https://")) {
    trouble_ = "OTEL_EXPORTER_OTLP_ENDPOINT doesn't start with http:// or https://";
  } else if (setting(variable, "PROTOCOL") == "grpc") {
    trouble_ = "OTEL_EXPORTER_OTLP_PROTOCOL is grpc, and only http/json is known here";
  }
  headers_ = pairs_of(setting(variable, "HEADERS"));
}

void RunTrace::end(RunTimeline& timeline) {
  if (!is_recorded() || !context_) return;
  const RunSpans spans{*context_, parent_};
  const bool sampled = context_->is_sampled();
  if (is_file_) {
    const std::size_t all = std::numeric_limits<std::size_t>::max();
    document_ = (sampled ? otlp_requests(timeline, spans, settings_, all).front() : R"({"resourceSpans":[]})") + '\n';
  }
  if (!url_.empty() && sampled) requests_ = otlp_requests(timeline, spans, settings_, kMostSpans);
}

void RunTrace::send(Loop& loop, SignalSource& signals, Report& report, const MakeExecutor& make) {
  if (requests_.empty()) return;
  std::unique_ptr<Executor> executor;
  if (trouble_.empty()) {
    Result<std::unique_ptr<Executor>> made = make();
    if (made) {
      executor = std::move(*made);
    } else {
      trouble_ = made.error().message;
    }
  }
  if (executor) {
    CancelScope scope;
    run_until_signal(loop, signals, scope, send_all(loop, *executor, scope, report));
  } else {
    report.warning("the trace can't be exported: " + trouble_);
  }
  report.flush();
}

Task<void> RunTrace::send_all(Loop& loop, Executor& executor, CancelScope& scope, Report& report) {
  DeadlineScope limited(loop, scope, loop.now() + kMostTime, CancelReason::attempt_timeout);
  std::string problem;
  for (std::string& request : requests_) {
    co_await send_one(loop, executor, std::move(request), limited, problem);
    if (!problem.empty()) break;
  }
  if (scope.cancelled()) co_return;
  if (limited.cancelled()) problem = problem.empty() ? "no answer within 10s" : problem + ", and no other answer within 10s";
  if (!problem.empty()) report.warning("the trace couldn't be exported: " + problem);
}

Task<void> RunTrace::send_one(Loop& loop, Executor& executor, std::string body, CancelScope& scope, std::string& problem) {
  auto request = std::make_unique<HttpRequest>();
  request->method = "POST";
  request->url = url_;
  request->headers = headers_;
  request->body = std::move(body);
  request->content_type = "application/json";
  request->max_body = kMostAnswer;
  const Command command(std::move(request));
  Duration pause = kPause;
  for (int left = kTries; left > 0; --left) {
    const ActionResult result = co_await executor.execute(command, scope);
    if (scope.cancelled()) co_return;
    problem = problem_of_answer(result.outcome);
    if (problem.empty() || left == 1 || !may_pass(result.outcome)) co_return;
    const Duration asked = result.outcome.retry_after.value_or(Duration(0));
    const bool slept = co_await Sleep(loop, loop.now() + std::max(pause, asked), scope);
    if (!slept) co_return;
    pause *= 2;
  }
}

}  // namespace corun
