// What the tests of shared state have in common: a clock whose calendar jumps, processes. Knows no test.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "state/run_owner.h"
#include "state/store.h"
#include "temporary_directory.h"
#include "unit/policy/support.h"

namespace corun::test {

/// Stands still until told; its calendar can be set.
class JumpingClock final : public Clock {
 public:
  TimePoint now() const override { return now_; }
  WallTime wall_now() const override { return WallTime(std::chrono::hours(500'000)) + now_.time_since_epoch() + jumped_; }
  bool skip_to(TimePoint) override { return true; }
  void set(TimePoint now) { now_ = now; }
  void jump(Duration by) { jumped_ += by; }

 private:
  TimePoint now_{};
  Duration jumped_{};
};

/// What one process has of the store, under a run's number.
struct Process {
  Process(const std::string& directory, std::int64_t number)
      : lock(RunLock::take(directory, number)),
        store(directory, [this](std::string_view message) { warnings.emplace_back(message); }),
        owner(directory, [number] { return number; }) {}

  /// As the kernel does it: the locks are gone, the rows are not.
  void crash() { lock.reset(); }

  std::optional<RunLock> lock;
  std::vector<std::string> warnings;
  Store store;
  RunOwner owner;
};

}  // namespace corun::test
