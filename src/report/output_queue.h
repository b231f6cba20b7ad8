// What is on its way to a descriptor, in order, while its reader takes its time. Knows nothing of what is written.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "base/output_log.h"
#include "base/unique_fd.h"

namespace corun {

/// Text waits in memory, parts of logs only by their place. A reader that went away (EPIPE) mutes the queue; any other trouble
/// mutes it too and is kept for the exit code. Nothing here throws.
class OutputQueue {
 public:
  /// `fd` stays the caller's.
  explicit OutputQueue(int fd) : fd_(fd) {}

  /// From now on only `flush` waits for a slow reader, and `append` where very much is waiting in memory: until `interrupt`, a
  /// descriptor, is readable. The flags of `fd`, which others may share, stay as they are.
  void never_wait(int interrupt);

  void append(std::string_view bytes);
  /// Appends what stands in `log` from `begin` to `end`; the log may end before that is written.
  void append(const OutputLog& log, std::uint64_t begin, std::uint64_t end);
  /// Writes what can be written at once; nothing while it is held.
  void offer();
  /// Holds what is appended until it is let go, flushed, or much.
  void hold(bool held) { held_ = held; }
  bool is_held() const { return held_ || lent_; }
  /// Holds everything, however much: somebody else has the terminal.
  void lend(bool lent) { lent_ = lent; }
  /// Writes everything.
  void flush();
  /// Forgets what is waiting, and whatever comes.
  void mute();

  bool empty() const { return pieces_.empty(); }
  /// Bytes in memory.
  std::size_t size() const { return text_bytes_; }
  /// Whether much waits in memory.
  bool is_long() const;
  /// Whether a reader can make it wait: else `offer` leaves nothing.
  bool is_slow() const { return way_ != Way::direct; }
  /// To be watched for when more can be written.
  int fd() const { return own_ ? own_.get() : fd_; }
  bool muted() const { return muted_; }
  int error() const { return error_; }

 private:
  enum class Way : std::uint8_t {
    direct,        // files and the like
    non_blocking,  // through a description of our own
    socket,
    polled,  // a pipe or terminal that can't be opened again: as much as it surely takes
  };
  struct Piece {
    std::string text;
    std::size_t written = 0;  // of `text`
    std::unique_ptr<OutputLog> log;
    const OutputLog* source = nullptr;  // it was made of; only to be compared
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };

  bool refill(Piece& piece);
  long write_some(std::string_view bytes) const;
  void wait(int interrupt) const;

  int fd_;
  UniqueFd own_;
  Way way_ = Way::direct;
  int interrupt_ = -1;
  std::deque<Piece> pieces_;
  std::size_t text_bytes_ = 0;
  bool held_ = false;
  bool lent_ = false;
  bool muted_ = false;
  int error_ = 0;
};

}  // namespace corun
