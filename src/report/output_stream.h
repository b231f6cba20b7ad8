// A descriptor that people or programs read corun's words from: buffered, muted once it breaks. Knows nothing of what is written.
#pragma once

#include <string>
#include <string_view>

namespace corun {

/// Collects bytes and writes them in one piece at each flush. A reader that went away (EPIPE) mutes the stream; any other
/// trouble mutes it too and is kept for the exit code. Nothing here throws.
class OutputStream {
 public:
  /// `fd` stays the caller's.
  explicit OutputStream(int fd) : fd_(fd) {}
  OutputStream(const OutputStream&) = delete;
  OutputStream& operator=(const OutputStream&) = delete;

  /// Says that `other` ends up in the same file or terminal: from now on both keep their common order, and a line of one
  /// never starts in the middle of a line of the other.
  void share_place_with(OutputStream& other);

  /// Adds bytes; written at the next flush, or at once when much has gathered.
  void append(std::string_view bytes);
  /// Adds a newline unless a line has just ended, here and (in a shared place) there.
  void start_line();
  /// Whether the last byte, of whichever stream shares the place, was a newline.
  bool at_line_start() const;
  /// Writes what is buffered, waiting for a slow reader.
  void flush();

  /// Nothing is written any more.
  bool muted() const { return muted_; }
  /// Why writing failed, as an errno; 0 if it didn't, or only because the reader went away.
  int error() const { return error_; }

 private:
  int fd_;
  std::string buffer_;
  OutputStream* neighbour_ = nullptr;  // shares our place
  char last_ = '\n';
  bool spoke_last_ = true;  // the last byte in the shared place was ours
  bool muted_ = false;
  int error_ = 0;
};

/// Whether two descriptors end up in the same file, pipe or terminal.
bool same_place(int a, int b);

}  // namespace corun
