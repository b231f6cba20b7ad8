// In which order the output of jobs that run at the same time is shown, as an interface. Knows nothing of streams.
#pragma once

#include <cstdint>

#include "report/report.h"

namespace corun {

/// --log-order.
enum class LogOrder : std::uint8_t {
  live,      ///< one job's as it comes, the others' whole
  grouped,   ///< each job's whole, at its end
  prefixed,  ///< line by line as they come, with the job's name
};

/// Told what jobs write.
class OutputOrder {
 public:
  virtual ~OutputOrder() = default;
  virtual void run_start(const RunStart&) {}
  virtual void output(const OutputChunk& chunk) = 0;
  /// A new attempt begins: it starts on a line of its own.
  virtual void attempt_started(const Job& job) = 0;
  /// The job has ended; its logs are still there, for the last time.
  virtual void job_ended(const Job& job) = 0;
};

}  // namespace corun
