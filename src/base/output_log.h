// Where a job's output goes and is read back from, as an interface. Knows nothing of files.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace corun {

/// Which of a process's two outputs.
enum class Stream : std::uint8_t { standard_output, standard_error };

/// All output of one job, attempt after attempt, both streams in the order they came.
class OutputLog {
 public:
  virtual ~OutputLog() = default;
  /// Bytes so far.
  virtual std::uint64_t size() const = 0;
  /// At most `most` bytes from `offset` on; less at the end or on a read error.
  virtual std::string read(std::uint64_t offset, std::size_t most) const = 0;
  /// The log's file; "" if it is kept nowhere after the run.
  virtual std::string path() const = 0;
  /// Another way to what it holds so far and will hold, that may outlive it; null if there can be none.
  virtual std::unique_ptr<OutputLog> keep() const = 0;
};

}  // namespace corun
