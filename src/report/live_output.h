// Brings the output of jobs that run at the same time into one stream without mixing their lines. Knows nothing of states or
// colours.
#pragma once

#include <cstdint>
#include <list>
#include <unordered_map>
#include <vector>

#include "report/output_stream.h"
#include "report/report.h"

namespace corun {

/// The `live` order: the first job that writes owns the stream and its bytes pass at once. The others' output waits in their
/// logs, is shown whole when they end, or from the moment one becomes the owner. Nothing is kept in memory.
class LiveOutput {
 public:
  explicit LiveOutput(OutputStream& stream) : stream_(stream) {}

  void output(const OutputChunk& chunk);
  /// A new attempt begins: it starts on a line of its own.
  void attempt_started(const Job& job);
  /// The job has ended; its logs are still there, for the last time.
  void job_ended(const Job& job);

 private:
  // What of one log hasn't been shown yet.
  struct Held {
    const OutputLog* log;
    std::uint64_t offset;
  };
  struct Waiting {
    std::uint32_t job;
    std::vector<Held> logs;
  };

  void show(const Waiting& waiting);

  OutputStream& stream_;
  bool owned_ = false;
  std::uint32_t owner_ = 0;
  std::list<Waiting> waiting_;  // in the order of their first words
  std::unordered_map<std::uint32_t, std::list<Waiting>::iterator> waiting_by_job_;
};

}  // namespace corun
