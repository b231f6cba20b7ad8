// A descriptor that people or programs read corun's words from: buffered, muted once it breaks. Knows nothing of what is written.
#pragma once

#include <memory>
#include <string_view>

#include "report/output_queue.h"

namespace corun {

/// Draws on a terminal below what streams write to it.
class BelowText {
 public:
  /// `text`, or text that ends with it, is appended next: what is drawn there must go first.
  virtual void before_text(std::string_view text) = 0;
  /// Much has been appended, and is written now.
  virtual void before_writing() = 0;

 protected:
  ~BelowText() = default;
};

/// Collects bytes and writes them in one piece at each flush.
class OutputStream {
 public:
  /// `fd` stays the caller's.
  explicit OutputStream(int fd) : queue_(std::make_shared<OutputQueue>(fd)) {}
  OutputStream(const OutputStream&) = delete;
  OutputStream& operator=(const OutputStream&) = delete;

  /// As OutputQueue::never_wait. Comes before `share_place_with`.
  void never_wait(int interrupt) { queue_->never_wait(interrupt); }
  /// Says that `other` ends up in the same file or terminal: from now on both keep their common order, and a line of one
  /// never starts in the middle of a line of the other.
  void share_place_with(OutputStream& other);

  /// From now on `below` is told of what is written to the place; null: nobody is.
  void set_below(BelowText* below);

  /// Whether another stream ends up in the same place.
  bool shares_place() const { return neighbour_ != nullptr; }

  /// Adds bytes; written at the next flush, or at once when much has gathered.
  void append(std::string_view bytes);
  /// Adds what stands in `log` from `begin` to `end`.
  void append(const OutputLog& log, std::uint64_t begin, std::uint64_t end);
  /// It is a terminal: `end_style` does something.
  void keep_style() { keeps_style_ = true; }
  /// Takes back what jobs may have told the terminal about how text looks, wherever the place is shared: colours, character sets.
  void end_style();
  /// Adds a newline unless a line has just ended, here and (in a shared place) there.
  void start_line();
  /// Whether the last byte, of whichever stream shares the place, was a newline.
  bool at_line_start() const;
  /// Writes as much of what is buffered as the reader takes now; all of it unless `never_wait`.
  void offer() { queue_->offer(); }
  /// Writes what is buffered, waiting for a slow reader.
  void flush() { queue_->flush(); }

  /// What is buffered; shared by streams that share a place.
  OutputQueue& queue() { return *queue_; }
  /// Nothing is written any more.
  bool muted() const { return queue_->muted(); }
  /// Why writing failed, as an errno; 0 if it didn't, or only because the reader went away.
  int error() const { return queue_->error(); }

 private:
  void speak(char last);
  void write_much();

  std::shared_ptr<OutputQueue> queue_;
  OutputStream* neighbour_ = nullptr;  // shares our place
  BelowText* below_ = nullptr;
  char last_ = '\n';
  bool spoke_last_ = true;  // the last byte in the shared place was ours
  bool keeps_style_ = false;
  bool has_style_ = false;
};

/// Whether two descriptors end up in the same file, pipe or terminal.
bool same_place(int a, int b);

}  // namespace corun
