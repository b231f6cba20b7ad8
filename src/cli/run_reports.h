// The reports of a run as the command line wants them, on standard output and standard error. Knows nothing of the engine.
#pragma once

#include <memory>
#include <optional>

#include "base/clock.h"
#include "cli/arguments.h"
#include "report/console.h"
#include "report/output_stream.h"
#include "report/report.h"

namespace corun {

/// Owns the streams and everything that writes to them.
class RunReports {
 public:
  /// `clock` must outlive them.
  RunReports(const Arguments& arguments, const GetVariable& variable, const Clock& clock);

  Report& report() { return *report_; }
  Console& console() { return console_; }
  /// Says on standard error why standard output couldn't be written, if so; whether it could. Flushes.
  bool finish();

 private:
  OutputStream out_;
  OutputStream err_;
  Console console_;
  std::unique_ptr<Report> data_;  // what standard output carries instead of job output
  std::unique_ptr<Report> log_lines_;
  std::unique_ptr<Report> report_;  // all of them as one
};

}  // namespace corun
