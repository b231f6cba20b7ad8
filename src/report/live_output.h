// Brings the output of jobs that run at the same time into one stream without mixing their lines. Knows nothing of states or
// colours.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <unordered_map>
#include <vector>

#include "report/output_order.h"
#include "report/output_stream.h"

namespace corun {

/// The `live` order: the first job that writes owns the stream and its bytes pass at once. The others' output waits in their
/// logs, is shown whole when they end, or from the moment one becomes the owner. Nothing is kept in memory. One that ends while
/// the owner is in the middle of a line is shown after that line, unless messages break it anyway: where they go to the same
/// place.
class LiveOutput final : public OutputOrder {
 public:
  explicit LiveOutput(OutputStream& stream) : stream_(stream) {}
  /// The `grouped` order: nobody ever owns the stream.
  static std::unique_ptr<LiveOutput> grouped(OutputStream& stream) {
    auto output = std::make_unique<LiveOutput>(stream);
    output->grouped_ = true;
    return output;
  }

  void output(const OutputChunk& chunk) override;
  void attempt_started(const Job& job) override;
  void job_ended(const Job& job) override;

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

  // Of a job that has ended.
  struct Kept {
    std::unique_ptr<OutputLog> log;
    std::uint64_t begin;
    std::uint64_t end;
  };

  void show(const Waiting& waiting);
  bool keep(const Waiting& waiting);
  void show_kept();

  OutputStream& stream_;
  bool grouped_ = false;
  bool owned_ = false;
  std::uint32_t owner_ = 0;
  bool in_line_ = false;        // the owner's last byte was no line end
  std::vector<Kept> kept_;      // to be shown when its line has ended
  std::list<Waiting> waiting_;  // in the order of their first words
  std::unordered_map<std::uint32_t, std::list<Waiting>::iterator> waiting_by_job_;
};

}  // namespace corun
