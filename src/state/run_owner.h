// Who holds what is shared: a run by its number, for as long as it has its lock. Knows nothing of what is held.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "state/run_lock.h"

namespace corun {

/// This run, and whether others live.
class RunOwner {
 public:
  /// Gives the run's number and has its lock taken; 0 if that can't be done. Must not be called inside a transaction.
  using Number = std::function<std::int64_t()>;

  RunOwner(std::string state_directory, Number number) : directory_(std::move(state_directory)), take_(std::move(number)) {}

  std::int64_t number() {
    if (number_ == 0) number_ = take_();
    return number_;
  }
  /// Whether `owner` is this run or one whose process is there.
  bool lives(std::int64_t owner) const { return owner == number_ || RunLock::is_taken(directory_, owner); }

 private:
  std::string directory_;
  Number take_;
  std::int64_t number_ = 0;
};

}  // namespace corun
