// A lock that one process at a time has, and what is written of it for others to read. Knows nothing of runs or of processes.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace corun {

/// Who has a lock, as it says itself.
struct LockHolder {
  std::string lock;     ///< its name for people
  std::string run;      ///< id
  std::string file;     ///< job file
  std::string machine;  ///< what `pid` is a number of: boot and process namespace
  pid_t pid = 0;
  std::uint64_t birth = 0;  ///< of the process, in the kernel's ticks: tells it from a later one of its number
  std::int64_t since = 0;   ///< milliseconds since 1970
};

/// A file that is never unlinked, locked by flock(2): the kernel gives the lock up with the process, however that ends, and
/// programs that the process starts don't get it. What is written in the file says nothing about whether the lock is taken.
class LockFile {
 public:
  /// Opens the lock `key` under the state directory, which is made if it isn't there. The error is fit for people.
  static Result<LockFile> open(const std::string& state_directory, std::string_view key);

  /// Takes the lock if it is free; whether this process has it now.
  bool try_take();
  /// Says who has it. Only for the process that does; trouble is no one's business: it is only for show.
  void write(const LockHolder& holder);
  /// What the last holder has written; nothing if there is none, or it is being written.
  std::optional<LockHolder> holder() const;
  /// Gives the lock up.
  void release();

  /// Notes that somebody has given up on the lock because it was taken; how often that is now since it was taken last.
  std::uint64_t note_skip() const;
  /// The lock has been taken: forgets those.
  void forget_skips() const;

 private:
  LockFile(UniqueFd file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

  UniqueFd file_;
  std::string path_;
};

/// The last holders of all locks under the state directory, by the locks' names; whether they still are isn't said.
std::vector<LockHolder> lock_holders(const std::string& state_directory);

}  // namespace corun
