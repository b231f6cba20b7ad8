// Buffering, order and line starts. Knows nothing of what is written.
#include "report/output_stream.h"

#include <sys/stat.h>

#include <algorithm>

namespace corun {
namespace {

constexpr std::size_t kMuch = 64 * 1024;
constexpr std::string_view kUsualStyle = "\x1b[m\x0f\x1b(B";
constexpr std::size_t kTail = 256;  // of a log, that tells how the terminal stands

}  // namespace

void OutputStream::share_place_with(OutputStream& other) {
  neighbour_ = &other;
  other.neighbour_ = this;
  other.spoke_last_ = false;
  below_ = other.below_;
  if (queue_->is_slow()) other.queue_ = queue_;  // else each writes at an offset of its own
}

void OutputStream::set_below(BelowText* below) {
  below_ = below;
  if (neighbour_ != nullptr && neighbour_->queue_ == queue_) neighbour_->below_ = below;
}

void OutputStream::write_much() {
  if (below_ != nullptr) below_->before_writing();
  queue_->hold(false);
  queue_->offer();
}

void OutputStream::speak(char last) {
  if (neighbour_ != nullptr && !spoke_last_) {
    if (neighbour_->queue_ != queue_) neighbour_->flush();
    neighbour_->spoke_last_ = false;
    spoke_last_ = true;
  }
  last_ = last;
}

void OutputStream::append(std::string_view bytes) {
  if (bytes.empty()) return;
  speak(bytes.back());
  if (keeps_style_ && bytes.find_first_of("\x1b\x0e") != std::string_view::npos) has_style_ = true;
  if (below_ != nullptr) below_->before_text(bytes);
  queue_->append(bytes);
  if (queue_->size() >= kMuch) write_much();
}

void OutputStream::append(const OutputLog& log, std::uint64_t begin, std::uint64_t end) {
  if (begin >= end) return;
  const std::string last = log.read(end - 1, 1);
  speak(last.empty() ? '\n' : last.front());
  has_style_ = keeps_style_;  // it may, and to look through it all would take time
  if (below_ != nullptr) below_->before_text(log.read(end - std::min<std::uint64_t>(end - begin, kTail), kTail));
  queue_->append(log, begin, end);
  offer();
}

void OutputStream::end_style() {
  const bool theirs = neighbour_ != nullptr && neighbour_->has_style_;
  if (!has_style_ && !theirs) return;
  has_style_ = false;
  if (theirs) neighbour_->has_style_ = false;
  speak(at_line_start() ? '\n' : ' ');  // nothing that is seen
  if (below_ != nullptr) below_->before_text(kUsualStyle);
  queue_->append(kUsualStyle);
}

void OutputStream::start_line() {
  if (!at_line_start()) append("\n");
}

bool OutputStream::at_line_start() const {
  return neighbour_ != nullptr && !spoke_last_ ? neighbour_->last_ == '\n' : last_ == '\n';
}

bool same_place(int a, int b) {
  struct stat first {};
  struct stat second {};
  return ::fstat(a, &first) == 0 && ::fstat(b, &second) == 0 && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

}  // namespace corun
