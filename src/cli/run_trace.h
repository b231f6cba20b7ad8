// The run's place in a trace, and the export of its spans. Knows nothing of jobs.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/trace_context.h"
#include "cli/arguments.h"
#include "io/executor.h"
#include "loop/loop.h"
#include "loop/signals.h"
#include "report/otlp.h"
#include "report/report.h"

namespace corun {

/// As the variables of W3C Trace Context and OpenTelemetry ask for.
class RunTrace {
 public:
  using MakeExecutor = std::function<Result<std::unique_ptr<Executor>>()>;

  RunTrace(const Arguments& arguments, const GetVariable& variable);

  /// The run's own span, for those that it calls; nothing: nobody has asked for a trace.
  const std::optional<TraceContext>& context() const { return context_; }
  /// Spans are wanted: in a file, or by a collector.
  bool is_recorded() const { return is_file_ || !url_.empty(); }

  /// The run has ended: makes its spans. Nothing if the trace isn't sampled.
  void end(RunTimeline& timeline);
  /// They as one document for `--report otlp=`.
  const std::string& document() const { return document_; }
  /// Sends them: three tries, ten seconds in all; then there is one warning. A signal ends that.
  void send(Loop& loop, SignalSource& signals, Report& report, const MakeExecutor& make);
  /// The same by `executor`, until `scope` is cancelled.
  Task<void> send_all(Loop& loop, Executor& executor, CancelScope& scope, Report& report);

 private:
  void read_target(const GetVariable& variable);
  Task<void> send_one(Loop& loop, Executor& executor, std::string body, CancelScope& scope, std::string& problem);

  bool is_file_ = false;
  std::string url_;  // "": nobody collects
  std::vector<std::pair<std::string, std::string>> headers_;
  OtlpSettings settings_;
  std::optional<TraceContext> context_;
  std::string parent_;
  std::string trouble_;  // why nothing can be sent
  std::string document_;
  std::vector<std::string> requests_;
};

/// The spans of a past run as a document: a trace of its own, the same each time that it is made.
std::string past_spans(RunTimeline& timeline, const GetVariable& variable);

}  // namespace corun
