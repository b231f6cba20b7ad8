// Carries one attempt out and judges it. Knows nothing of retries, breakers or queues.
#include "engine/attempt.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/duration.h"
#include "engine/held_output.h"
#include "engine/outputs.h"
#include "engine/prepare.h"
#include "engine/result_context.h"
#include "engine/run_graph.h"
#include "engine/run_group.h"
#include "io/http_words.h"
#include "loop/awaiters.h"
#include "policy/gather.h"

namespace corun {
namespace {

// What a process writes goes to the job's log, then to the reports; secrets go nowhere.
class LoggedOutput final : public OutputSink {
 public:
  LoggedOutput(RunContext& run, const AttemptRequest& request)
      : run_(run),
        job_(request.job()),
        log_(*request.log),
        cache_(request.cache),
        held_(request.held),
        attempt_(request.race != nullptr ? request.number : 0) {
    const SecretKeeper* keeper = run.top.names.keeper();
    if (keeper == nullptr) return;
    for (auto& mask : masks_) mask.emplace(keeper->mask());
  }
  void write(Stream stream, std::string_view bytes) override {
    std::optional<SecretMask::Stream>& mask = masks_[static_cast<std::size_t>(stream)];
    tell(stream, mask ? mask->write(bytes) : bytes);
  }
  /// The process is over: what was held back.
  void finish() {
    for (const Stream stream : {Stream::standard_output, Stream::standard_error}) {
      std::optional<SecretMask::Stream>& mask = masks_[static_cast<std::size_t>(stream)];
      if (mask) tell(stream, mask->flush());
    }
  }

 private:
  void tell(Stream stream, std::string_view bytes) {
    if (bytes.empty()) return;
    if (held_ != nullptr) return held_->append(stream, bytes);
    log_.append(bytes);
    if (cache_ != nullptr) cache_->wrote(stream, bytes);
    run_.parts.report.output(OutputChunk{job_, stream, bytes, log_, run_.now(), attempt_});
  }

  std::array<std::optional<SecretMask::Stream>, 2> masks_;
  RunContext& run_;
  const Job& job_;
  JobLog& log_;
  CachedJob* cache_;       // null: none
  HeldOutput* held_;       // null: it has the log
  std::uint32_t attempt_;  // 0: nothing runs beside it
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

std::optional<Outcome> too_late(const Expect& expect, Duration elapsed) {
  if (!expect.max_time || elapsed <= *expect.max_time) return std::nullopt;
  return failure(FailureKind::expectation,
                 "took " + format_elapsed(elapsed) + ", more than max_time " + format_duration(*expect.max_time));
}

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
  if (result.saved) return;  // its time was judged before the file got its name
  if (std::optional<Outcome> late = too_late(expect, elapsed)) {
    outcome.kind = late->kind;
    outcome.message = std::move(late->message);
  }
}

// Nothing was sent or started, for what an expression came to.
AttemptResult not_rendered(const RunContext& run, const Renderer& renderer) {
  AttemptResult result;
  result.outcome = failure_of(run.expressions, renderer.errors().front());
  return result;
}

void add_run_variables(ProcessCommand& command, const RunContext& run, const AttemptRequest& request, TimePoint deadline) {
  command.environment.push_back("CORUN_RUN=" + run.settings.run_id);
  command.environment.push_back("CORUN_JOB=" + request.job().name);
  command.environment.push_back("CORUN_ATTEMPT=" + std::to_string(request.number));
  if (deadline == TimePoint::max()) return;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3f", std::max(0.0, std::chrono::duration<double>(deadline - run.now()).count()));
  command.environment.push_back(std::string("CORUN_TIME_LEFT=") + text.data());
}

// The span that a process or server belongs to: this attempt's or callback's. What the job says itself counts more.
std::string traceparent_of(const RunContext& run, const AttemptRequest& request) {
  const TraceContext& trace = *run.settings.trace;
  return traceparent(trace, request.span.empty() ? trace.span_id : request.span);
}

void add_trace_headers(HttpRequest& http, const RunContext& run, const AttemptRequest& request) {
  const auto has = [&http](std::string_view name) {
    return std::any_of(http.headers.begin(), http.headers.end(),
                       [&](const auto& header) { return equal_ignoring_case(header.first, name); });
  };
  if (!equal_ignoring_case(std::string_view(http.url).substr(0, 4), "http") || has("traceparent")) return;
  http.headers.emplace_back("traceparent", traceparent_of(run, request));
  if (!run.settings.trace->state.empty() && !has("tracestate"))
    http.headers.emplace_back("tracestate", run.settings.trace->state);
}

Task<AttemptResult> execute_process(RunContext& run, const AttemptRequest& request, CancelScope& scope) {
  Renderer renderer(request.names);
  std::unique_ptr<ProcessCommand> command =
      prepare_process(*std::get<std::unique_ptr<RunSpec>>(request.action), request.job(), renderer);
  if (!renderer.errors().empty()) co_return not_rendered(run, renderer);
  const std::vector<std::string>& of_file = request.member.file().environment;
  command->environment.insert(command->environment.begin(), of_file.begin(), of_file.end());
  add_run_variables(*command, run, request, scope.deadline());
  if (run.settings.trace)
    command->environment.insert(command->environment.begin(), "TRACEPARENT=" + traceparent_of(run, request));
  command->collects_outputs = wants_outputs(run.expressions, request.job());
  LoggedOutput output(run, request);
  command->output = &output;
  const Command generic(std::move(command));
  ActionResult result = co_await run.parts.processes.execute(generic, scope);
  output.finish();
  co_return AttemptResult(std::move(result));
}

// All attempts of a job have the key of the first.
void keep_idempotency_key(std::string& key, const RunContext& run, HttpJobState& job) {
  if (job.idempotency_key.empty()) job.idempotency_key = key == "auto" ? random_uuid(run.parts.random) : key;
  key = job.idempotency_key;
}

// What the job expects of a download, before its file gets its name.
class DownloadJudge final : public ResultJudge {
 public:
  DownloadJudge(const RunContext& run, const AttemptRequest& request) : run_(run), request_(request), start_(run.now()) {}
  std::optional<Outcome> judge(const ActionResult& result) const override {
    const Duration elapsed = run_.now() - start_;
    if (std::optional<Outcome> late = too_late(request_.job().policies->expect, elapsed)) return late;
    if (std::optional<Outcome> unmet = unmet_expectation(run_.expressions, request_, AttemptResult(result), elapsed))
      return unmet;
    if (request_.race == nullptr || request_.race->claim(request_)) return std::nullopt;
    return failure(FailureKind::cancelled, to_string(CancelReason::lost_race));
  }

 private:
  const RunContext& run_;
  const AttemptRequest& request_;
  const TimePoint start_;
};

Task<AttemptResult> execute_http(RunContext& run, const AttemptRequest& request, CancelScope& scope) {
  Renderer renderer(request.names);
  std::unique_ptr<HttpRequest> http = prepare_http(*std::get<std::unique_ptr<HttpSpec>>(request.action), request.job(), renderer);
  if (!renderer.errors().empty()) co_return not_rendered(run, renderer);
  http->job = request.http;
  if (run.settings.trace) add_trace_headers(*http, run, request);
  if (http->options && http->options->idempotency_key) keep_idempotency_key(*http->options->idempotency_key, run, *request.http);
  if (request.cache != nullptr) request.cache->ask_if_modified(*http);
  const DownloadJudge judge(run, request);
  if (http->save() != nullptr && request.is_own()) http->options->save->judge = &judge;
  if (http->save() != nullptr && request.held != nullptr) http->options->save->part = std::to_string(request.number);
  const Command generic(std::move(http));
  ActionResult result = co_await run.parts.http->execute(generic, scope);
  co_return AttemptResult(std::move(result));
}

Task<AttemptResult> execute_sql(RunContext& run, const AttemptRequest& request, CancelScope& scope) {
  Renderer renderer(request.names);
  std::unique_ptr<SqlStatement> sql = prepare_sql(*std::get<std::unique_ptr<SqlSpec>>(request.action), request.job(), renderer);
  if (!renderer.errors().empty()) co_return not_rendered(run, renderer);
  const Command generic(std::move(sql));
  ActionResult result = co_await run.parts.sql->execute(generic, scope);
  co_return AttemptResult(std::move(result));
}

Task<AttemptResult> execute_sleep(RunContext& run, Duration duration, CancelScope& scope) {
  AttemptResult result;
  const bool slept = co_await Sleep(run.loop(), run.now() + duration, scope);
  if (!slept) {
    result.outcome.kind = FailureKind::cancelled;
    result.outcome.cancel_reason = scope.reason();
  }
  co_return result;
}

// Of the work of earlier runs on the jobs inside; another attempt begins anew.
std::int64_t counts_from(const AttemptRequest& request) {
  return request.number == 1 && request.is_own() ? request.member.counts_from() : kNoRun;
}

Task<AttemptResult> execute_gather(RunContext& run, const AttemptRequest& request, const GatherSpec& spec, CancelScope& scope) {
  Gather gather(spec.policy, spec.quorum, spec.continue_on_failure, spec.group->jobs.size());
  const GroupRequest group{
      *spec.group,         &gather, &request.job(), request.member.file(), request.member.names(), spec.completion_order,
      counts_from(request)};
  GroupEnd end = co_await run_group(run, group, scope);
  AttemptResult result;
  result.outcome = std::move(end.outcome);
  result.members = std::move(end.results);
  result.jobs_with_secrets = std::move(end.jobs_with_secrets);
  co_return result;
}

Task<AttemptResult> give_value(const RunContext& run, const AttemptRequest& request, const OutputSpec& spec) {
  const ContextEvaluator evaluator(request.names.context(), run.expressions.programs);
  Renderer renderer(evaluator);
  AttemptResult result;
  result.data = renderer.value(spec.value);
  result.holds_secret = evaluator.given() != Taint::none;
  if (!renderer.errors().empty()) co_return not_rendered(run, renderer);
  co_return result;
}

// Not a coroutine itself: every frame costs a request some of its time.
Task<AttemptResult> execute(RunContext& run, const AttemptRequest& request, CancelScope& scope) {
  const Action& action = request.action;
  if (std::holds_alternative<std::unique_ptr<RunSpec>>(action)) return execute_process(run, request, scope);
  if (std::holds_alternative<std::unique_ptr<HttpSpec>>(action)) return execute_http(run, request, scope);
  if (std::holds_alternative<std::unique_ptr<SqlSpec>>(action)) return execute_sql(run, request, scope);
  if (const auto* sleep = std::get_if<SleepSpec>(&action)) return execute_sleep(run, sleep->duration, scope);
  if (const auto* gather = std::get_if<std::unique_ptr<GatherSpec>>(&action))
    return execute_gather(run, request, **gather, scope);
  if (const auto* graph = std::get_if<std::unique_ptr<GraphSpec>>(&action)) {
    return run_graph(run, request, **graph, counts_from(request), scope);
  }
  return give_value(run, request, *std::get<std::unique_ptr<OutputSpec>>(action));  // a fallback's `output`
}

void blame_deadline(Outcome& outcome, const CancelScope& scope, const CancelScope& attempt, Duration timeout) {
  if (outcome.kind != FailureKind::cancelled || scope.cancelled() || !attempt.cancelled()) return;
  outcome.kind = FailureKind::attempt_timeout;
  outcome.cancel_reason = CancelReason::none;
  outcome.message = "timed out after " + format_duration(timeout);
}

// Once for each job as written: its items have the same limit.
void warn_of_cut(RunContext& run, const Job& job, const CutOutputs& cut) {
  if (!cut.standard_output && !cut.standard_error) return;
  if (!run.warned_of_cut.insert(job.written().id).second) return;
  const std::size_t most = job.written().process ? job.written().process->output_max : ProcessOptions().output_max;
  run.parts.report.warning(run.masked('`' + job.name + "`: expressions see only the first " + std::to_string(most) +
                                      " bytes of its " + (cut.standard_output ? "stdout" : "stderr") +
                                      "; raise `output: {max: …}` for more"));
}

}  // namespace

Task<AttemptResult> run_attempt(RunContext& run, const AttemptRequest& request, CancelScope& scope) {
  const Policies& policies = *request.job().policies;
  const TimePoint start = run.now();
  const TimePoint own_deadline = policies.timeout ? start + *policies.timeout : TimePoint::max();
  DeadlineScope attempt(run.loop(), scope, own_deadline, CancelReason::attempt_timeout);
  AttemptResult result = co_await execute(run, request, attempt);
  if (request.cache != nullptr) {
    result.unmodified = request.cache->is_unmodified(result);
    if (result.unmodified) co_return result;
  }
  if (policies.timeout) blame_deadline(result.outcome, scope, attempt, *policies.timeout);
  const Duration elapsed = run.now() - start;
  static const Expect kNothingBeyond;  // what the job expects of its own action says nothing of its fallback's
  judge(result, request.is_own() ? policies.expect : kNothingBeyond, elapsed);
  take_data(run.expressions, request, elapsed, result);
  warn_of_cut(run, request.job(), result.cut);
  result.outcome.message = run.masked(std::move(result.outcome.message));
  co_return result;
}

Task<AttemptResult> run_callback(RunContext& run, const AttemptRequest& request, Duration timeout, CancelScope& scope) {
  const TimePoint start = run.now();
  DeadlineScope attempt(run.loop(), scope, start + timeout, CancelReason::attempt_timeout);
  AttemptResult result = co_await execute(run, request, attempt);
  blame_deadline(result.outcome, scope, attempt, timeout);
  judge(result, Expect(), run.now() - start);
  result.outcome.message = run.masked(std::move(result.outcome.message));
  co_return result;
}

}  // namespace corun
