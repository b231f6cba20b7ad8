// Writing to a reader that may be slow or gone. Knows nothing of what is written.
#include "report/output_queue.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <utility>

namespace corun {
namespace {

constexpr std::size_t kPiece = 64 * 1024;             // of a log, read at once
constexpr std::size_t kMuch = std::size_t{1} << 20;   // waiting in memory
constexpr std::size_t kMost = std::size_t{64} << 20;  // the same
constexpr std::size_t kMostAtOnce = std::size_t{4} << 20;
constexpr std::size_t kMostNameless = 64;  // pieces, before a log without a name is copied instead of kept open
constexpr std::size_t kTerminalPiece = 256;

}  // namespace

bool OutputQueue::is_long() const { return text_bytes_ > kMuch; }

void OutputQueue::never_wait(int interrupt) {
  interrupt_ = interrupt;
  struct stat status {};
  if (::fstat(fd_, &status) != 0) return;
  if (S_ISSOCK(status.st_mode)) {
    way_ = Way::socket;
  } else if (S_ISFIFO(status.st_mode) || ::isatty(fd_) == 1) {
    const std::string path = "/proc/self/fd/" + std::to_string(fd_);
    own_ = UniqueFd(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    way_ = own_ ? Way::non_blocking : Way::polled;
  }
}

void OutputQueue::append(std::string_view bytes) {
  if (muted_ || bytes.empty()) return;
  if (pieces_.empty() || pieces_.back().log != nullptr) pieces_.emplace_back();
  pieces_.back().text += bytes;
  text_bytes_ += bytes.size();
  while (text_bytes_ > kMost && !muted_) {
    held_ = false;
    if (lent_) break;
    offer();
    if (text_bytes_ <= kMost) break;
    pollfd interrupted{interrupt_, POLLIN, 0};
    if (interrupt_ >= 0 && ::poll(&interrupted, 1, 0) > 0) break;
    wait(interrupt_);
  }
}

void OutputQueue::append(const OutputLog& log, std::uint64_t begin, std::uint64_t end) {
  if (muted_ || begin >= end) return;
  if (!pieces_.empty()) {
    Piece& last = pieces_.back();
    if (last.log != nullptr && last.source == &log && last.end == begin && last.log->path() == log.path()) {
      last.end = end;
      return;
    }
  }
  std::unique_ptr<OutputLog> kept = log.path().empty() && pieces_.size() > kMostNameless ? nullptr : log.keep();
  if (kept == nullptr) {  // no descriptor to spare for it
    while (begin < end && !muted_) {
      const std::string text = log.read(begin, static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, end - begin)));
      if (text.empty()) break;
      begin += text.size();
      append(text);
    }
    return;
  }
  Piece& piece = pieces_.emplace_back();
  piece.log = std::move(kept);
  piece.source = &log;
  piece.begin = begin;
  piece.end = end;
}

// Has some of a piece in its text; false: there is nothing left of it.
bool OutputQueue::refill(Piece& piece) {
  if (piece.written < piece.text.size()) return true;
  text_bytes_ -= piece.text.size();
  piece.text.clear();
  piece.written = 0;
  if (piece.log == nullptr || piece.begin >= piece.end) return false;
  piece.text = piece.log->read(piece.begin, static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, piece.end - piece.begin)));
  piece.begin += piece.text.size();
  text_bytes_ += piece.text.size();
  return !piece.text.empty();
}

long OutputQueue::write_some(std::string_view bytes) const {
  if (way_ == Way::socket) return ::send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (way_ == Way::polled) {
    pollfd writable{fd_, POLLOUT, 0};
    if (::poll(&writable, 1, 0) == 0) {
      errno = EAGAIN;
      return -1;
    }
    bytes = bytes.substr(0, ::isatty(fd_) == 1 ? kTerminalPiece : PIPE_BUF);
  }
  return ::write(fd(), bytes.data(), bytes.size());
}

void OutputQueue::wait(int interrupt) const {
  std::array<pollfd, 2> events{pollfd{fd(), POLLOUT, 0}, pollfd{interrupt, POLLIN, 0}};
  ::poll(events.data(), events.size(), -1);
}

void OutputQueue::offer() {
  if (is_held()) return;
  std::size_t total = 0;
  while (!pieces_.empty() && (way_ == Way::direct || total < kMostAtOnce)) {
    Piece& piece = pieces_.front();
    if (!refill(piece)) {
      pieces_.pop_front();
      continue;
    }
    const long written = write_some(std::string_view(piece.text).substr(piece.written));
    if (written >= 0) {
      piece.written += static_cast<std::size_t>(written);
      total += static_cast<std::size_t>(written);
    } else if (errno == EAGAIN) {
      if (way_ != Way::direct) return;
      wait(-1);  // somebody else made our descriptor non-blocking
    } else if (errno != EINTR) {
      // Its reader has gone: of a pipe, a socket, a terminal. Nobody misses what it doesn't get.
      const bool gone = errno == EPIPE || errno == ECONNRESET || (errno == EIO && way_ != Way::direct);
      if (!gone) error_ = errno;
      mute();
    }
  }
}

void OutputQueue::flush() {
  held_ = false;
  lent_ = false;
  offer();
  while (!pieces_.empty()) {
    wait(-1);
    offer();
  }
}

void OutputQueue::mute() {
  muted_ = true;
  pieces_.clear();
  text_bytes_ = 0;
}

}  // namespace corun
