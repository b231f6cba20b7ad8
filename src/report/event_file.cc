// The file of events. Knows nothing of what an event is.
#include "report/event_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace corun {
namespace {

constexpr mode_t kForAll = 0644;

}  // namespace

// A pipe that nobody reads must not hold us up.
EventFile::EventFile(const std::string& path)
    : file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, kForAll)),
      stream_(file_.get()) {
  struct stat status {};
  if (!file_ || ::fstat(file_.get(), &status) != 0) {
    error_ = errno;
  } else if (!S_ISREG(status.st_mode) && !S_ISCHR(status.st_mode)) {
    error_ = EINVAL;
  }
}

void EventFile::begin() {
  begun_ = true;
  if (error_ == 0) static_cast<void>(::ftruncate(file_.get(), 0));  // a device has nothing to lose
}

void EventFile::flush() {
  if (begun_ && error_ == 0) stream_.offer();
}

}  // namespace corun
