// Tags each line of jobs' output with the job's name. Knows nothing of states.
#pragma once

#include <array>
#include <string>
#include <unordered_map>

#include "report/output_order.h"
#include "report/output_stream.h"

namespace corun {

/// The `prefixed` order: `name | line`, each when it is whole; a very long one in parts. Of a line that a carriage return has
/// begun anew only the last state is shown.
class PrefixedOutput final : public OutputOrder {
 public:
  /// `color`: names are painted, each job's in a colour of its own.
  PrefixedOutput(OutputStream& stream, bool color) : stream_(stream), color_(color) {}

  void run_start(const RunStart& start) override;
  void output(const OutputChunk& chunk) override;
  void attempt_started(const Job& job) override { end_lines(job); }
  void job_ended(const Job& job) override;

 private:
  void end_lines(const Job& job);
  void show(const Job& job, std::string_view line);

  OutputStream& stream_;
  bool color_;
  std::size_t columns_ = 0;                                              // of names, as far as they are aligned
  std::unordered_map<std::uint32_t, std::array<std::string, 2>> begun_;  // lines, by job and stream
};

}  // namespace corun
