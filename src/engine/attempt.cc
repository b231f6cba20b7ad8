// Carries one attempt out and judges it. Knows nothing of retries, breakers or queues.
#include "engine/attempt.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/duration.h"
#include "engine/prepare.h"
#include "engine/run_group.h"
#include "loop/awaiters.h"
#include "policy/gather.h"

namespace corun {
namespace {

// What a process writes goes to the job's log, then to the reports.
class LoggedOutput final : public OutputSink {
 public:
  LoggedOutput(RunContext& run, const Job& job, JobLog& log) : run_(run), job_(job), log_(log) {}
  void write(Stream stream, std::string_view bytes) override {
    log_.append(bytes);
    run_.parts.report.output(OutputChunk{job_, stream, bytes, log_, run_.now()});
  }

 private:
  RunContext& run_;
  const Job& job_;
  JobLog& log_;
};

bool accepted(const std::vector<CodeRange>& ranges, int code) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const CodeRange& range) { return range.first <= code && code <= range.last; });
}

// The first line of a text answer, for the reason shown with its status; "" for HTML and binary data.
std::string first_line(std::string_view body) {
  constexpr std::size_t kMost = 120;
  while (!body.empty() && (body.front() == '\n' || body.front() == '\r' || body.front() == ' ')) body.remove_prefix(1);
  if (body.empty() || body.front() == '<') return {};
  const std::string_view line = body.substr(0, body.find_first_of("\r\n"));
  const bool is_text =
      std::none_of(line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; });
  if (!is_text) return {};
  return line.size() > kMost ? std::string(line.substr(0, kMost)) + "…" : std::string(line);
}

constexpr const char* kNotExpected = ", which `expect` doesn't list";

void judge(ActionResult& result, const Expect& expect, Duration elapsed) {
  Outcome& outcome = result.outcome;
  if (!outcome.ok()) return;
  if (outcome.exit_code >= 0 &&
      (expect.exit_codes.empty() ? outcome.exit_code != 0 : !accepted(expect.exit_codes, outcome.exit_code))) {
    outcome.kind = FailureKind::exit_code;
    outcome.message = "exit code " + std::to_string(outcome.exit_code) + (expect.exit_codes.empty() ? "" : kNotExpected);
    return;
  }
  const bool status_ok = expect.status.empty() ? outcome.http_status / 100 == 2 : accepted(expect.status, outcome.http_status);
  if (outcome.http_status != 0 && !status_ok) {
    outcome.kind = FailureKind::http_status;
    outcome.message = "HTTP " + std::to_string(outcome.http_status) + (expect.status.empty() ? "" : kNotExpected);
    if (const std::string line = first_line(result.body); !line.empty()) outcome.message += ": " + line;
    return;
  }
  if (expect.max_time && elapsed > *expect.max_time) {
    outcome.kind = FailureKind::expectation;
    outcome.message = "took " + format_elapsed(elapsed) + ", more than max_time " + format_duration(*expect.max_time);
  }
}

// Nothing was sent or started, for what an expression came to.
ActionResult not_rendered(const Renderer& renderer) {
  ActionResult result;
  result.outcome = failure(FailureKind::invalid_request, renderer.errors().front().message);
  return result;
}

void add_run_variables(ProcessCommand& command, const RunContext& run, const AttemptRequest& request, TimePoint deadline) {
  command.environment.push_back("CORUN_RUN=" + run.settings.run_id);
  command.environment.push_back("CORUN_JOB=" + request.job.name);
  command.environment.push_back("CORUN_ATTEMPT=" + std::to_string(request.number));
  if (deadline == TimePoint::max()) return;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3f", std::max(0.0, std::chrono::duration<double>(deadline - run.now()).count()));
  command.environment.push_back(std::string("CORUN_TIME_LEFT=") + text.data());
}

Task<ActionResult> execute_process(RunContext& run, const AttemptRequest& request, CancelScope& scope) {
  Renderer renderer(run.variables);
  std::unique_ptr<ProcessCommand> command =
      prepare_process(*std::get<std::unique_ptr<RunSpec>>(request.action), request.job, renderer);
  if (!renderer.errors().empty()) co_return not_rendered(renderer);
  add_run_variables(*command, run, request, scope.deadline());
  LoggedOutput output(run, request.job, *request.log);
  command->output = &output;
  const Command generic(std::move(command));
  co_return co_await run.parts.processes.execute(generic, scope);
}

Task<ActionResult> execute_http(RunContext& run, const AttemptRequest& request, CancelScope& scope) {
  Renderer renderer(run.variables);
  std::unique_ptr<HttpRequest> http = prepare_http(*std::get<std::unique_ptr<HttpSpec>>(request.action), request.job, renderer);
  if (!renderer.errors().empty()) co_return not_rendered(renderer);
  const Command generic(std::move(http));
  co_return co_await run.parts.http->execute(generic, scope);
}

Task<ActionResult> execute_sleep(RunContext& run, Duration duration, CancelScope& scope) {
  ActionResult result;
  const bool slept = co_await Sleep(run.loop(), run.now() + duration, scope);
  if (!slept) {
    result.outcome.kind = FailureKind::cancelled;
    result.outcome.cancel_reason = scope.reason();
  }
  co_return result;
}

Task<ActionResult> execute_gather(RunContext& run, const GatherSpec& spec, CancelScope& scope) {
  Gather gather(spec.policy, spec.quorum, spec.continue_on_failure, spec.group->jobs.size());
  Outcome outcome = co_await run_group(run, *spec.group, &gather, scope);
  ActionResult result;
  result.outcome = std::move(outcome);
  co_return result;
}

Task<ActionResult> nothing_to_do() { co_return ActionResult(); }

// Not a coroutine itself: every frame costs a request some of its time.
Task<ActionResult> execute(RunContext& run, const AttemptRequest& request, CancelScope& scope) {
  const Action& action = request.action;
  if (std::holds_alternative<std::unique_ptr<RunSpec>>(action)) return execute_process(run, request, scope);
  if (std::holds_alternative<std::unique_ptr<HttpSpec>>(action)) return execute_http(run, request, scope);
  if (const auto* sleep = std::get_if<SleepSpec>(&action)) return execute_sleep(run, sleep->duration, scope);
  if (const auto* gather = std::get_if<std::unique_ptr<GatherSpec>>(&action)) return execute_gather(run, **gather, scope);
  return nothing_to_do();  // a fallback's `output`
}

}  // namespace

Task<ActionResult> run_attempt(RunContext& run, const AttemptRequest& request, CancelScope& scope) {
  const Policies& policies = *request.job.policies;
  const TimePoint start = run.now();
  const TimePoint own_deadline = policies.timeout ? start + *policies.timeout : TimePoint::max();
  DeadlineScope attempt(run.loop(), scope, own_deadline, CancelReason::attempt_timeout);
  ActionResult result = co_await execute(run, request, attempt);
  Outcome& outcome = result.outcome;
  if (outcome.kind == FailureKind::cancelled && !scope.cancelled() && attempt.cancelled()) {
    outcome.kind = FailureKind::attempt_timeout;
    outcome.cancel_reason = CancelReason::none;
    outcome.message = "timed out after " + format_duration(*policies.timeout);
  }
  static const Expect kNothingBeyond;  // what the job expects of its own action says nothing of its fallback's
  judge(result, &request.action == &request.job.action ? policies.expect : kNothingBeyond, run.now() - start);
  co_return result;
}

}  // namespace corun
