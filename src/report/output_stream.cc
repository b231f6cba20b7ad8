// Buffering and writing to a descriptor that may be slow or gone. Knows nothing of what is written.
#include "report/output_stream.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace corun {
namespace {

constexpr std::size_t kMuch = 64 * 1024;

}  // namespace

void OutputStream::share_place_with(OutputStream& other) {
  neighbour_ = &other;
  other.neighbour_ = this;
  other.spoke_last_ = false;
}

void OutputStream::append(std::string_view bytes) {
  if (bytes.empty()) return;
  if (neighbour_ != nullptr && !spoke_last_) {
    neighbour_->flush();
    neighbour_->spoke_last_ = false;
    spoke_last_ = true;
  }
  last_ = bytes.back();
  if (muted_) return;
  buffer_ += bytes;
  if (buffer_.size() >= kMuch) flush();
}

void OutputStream::start_line() {
  if (!at_line_start()) append("\n");
}

bool OutputStream::at_line_start() const {
  return neighbour_ != nullptr && !spoke_last_ ? neighbour_->last_ == '\n' : last_ == '\n';
}

void OutputStream::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty() && !muted_) {
    const ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {  // somebody else made our descriptor non-blocking
      pollfd writable{fd_, POLLOUT, 0};
      ::poll(&writable, 1, -1);
    } else if (errno != EINTR) {
      muted_ = true;
      if (errno != EPIPE) error_ = errno;
    }
  }
  buffer_.clear();
}

bool same_place(int a, int b) {
  struct stat first {};
  struct stat second {};
  return ::fstat(a, &first) == 0 && ::fstat(b, &second) == 0 && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

}  // namespace corun
