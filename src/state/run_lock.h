// Says to other processes, as long as this one lives, that a run is under way. Knows nothing of what runs do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/unique_fd.h"

namespace corun {

/// A lock on one byte of a file that all runs share, the byte of the run's number. The kernel gives it up with the process,
/// however that ends, and it holds across containers that share the directory.
class RunLock {
 public:
  /// Locks the run's byte; nothing if another process has it, or where such locks can't be had.
  static std::optional<RunLock> take(const std::string& state_directory, std::int64_t number);
  /// Whether some process has it.
  static bool is_taken(const std::string& state_directory, std::int64_t number);
  /// The same for another byte: of a run that has ended and that this process takes up.
  static std::optional<RunLock> take_over(const std::string& state_directory, std::int64_t number);
  static bool is_taken_over(const std::string& state_directory, std::int64_t number);

 private:
  explicit RunLock(UniqueFd file) : file_(std::move(file)) {}

  UniqueFd file_;
};

}  // namespace corun
