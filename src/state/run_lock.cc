// Byte locks of open file descriptions. Knows nothing of what runs do.
#include "state/run_lock.h"

#include <fcntl.h>

namespace corun {
namespace {

constexpr std::int64_t kTakenOver = std::int64_t{1} << 40;  // more than there will be runs

UniqueFd open_file(const std::string& state_directory) {
  return UniqueFd(::open((state_directory + "/running").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
}

struct flock byte_of(std::int64_t number) {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = number;
  lock.l_len = 1;
  return lock;
}

}  // namespace

std::optional<RunLock> RunLock::take(const std::string& state_directory, std::int64_t number) {
  UniqueFd file = open_file(state_directory);
  struct flock lock = byte_of(number);
  if (!file || ::fcntl(file.get(), F_OFD_SETLK, &lock) != 0) return std::nullopt;
  return RunLock(std::move(file));
}

bool RunLock::is_taken(const std::string& state_directory, std::int64_t number) {
  const UniqueFd file = open_file(state_directory);
  struct flock lock = byte_of(number);
  return file && ::fcntl(file.get(), F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

std::optional<RunLock> RunLock::take_over(const std::string& state_directory, std::int64_t number) {
  return take(state_directory, kTakenOver + number);
}

bool RunLock::is_taken_over(const std::string& state_directory, std::int64_t number) {
  return is_taken(state_directory, kTakenOver + number);
}

}  // namespace corun
