// The live view on a terminal. Knows nothing of the event loop.
#include "report/live_display.h"

namespace corun {
namespace {

constexpr Duration kFrame = 100ms;
constexpr Duration kAway = 100ms;  // for others to write to the terminal

}  // namespace

void LiveDisplay::begin() {
  running_ = true;
  changed_ = true;
  next_frame_ = clock_.now() + kFrame;  // a run that is over by then shows none
}

void LiveDisplay::update(const RunProgress& progress) {
  progress_ = progress;
  changed_ = true;
}

void LiveDisplay::resize(std::size_t columns, std::size_t lines) {
  screen_.set_size(columns, lines);
  changed_ = true;
}

void LiveDisplay::flush() {
  OutputQueue& queue = stream_.queue();
  if (!is_shown()) {
    wake_.reset();
    queue.hold(false);
    queue.offer();
    if (beside_ != nullptr) beside_->hold(false);
    return;
  }
  const TimePoint now = clock_.now();
  if (beside_ != nullptr && beside_->empty()) beside_slow_ = false;
  const bool writes_beside = beside_ != nullptr && !beside_->empty() && !beside_slow_;
  const bool writes = !queue.empty() || writes_beside;
  const TimePoint due = changed_ || writes ? next_frame_ : next_change_;
  if (now < due) {
    queue.hold(writes && !slow_);
    if (beside_ != nullptr) beside_->hold(writes_beside);
    wake_ = due;
    return;
  }
  queue.hold(false);
  if (beside_ != nullptr) beside_->hold(false);
  if (writes_beside && make_way()) {
    next_frame_ = now + kAway;
    wake_ = next_frame_;
    return;
  }
  if (slow_) queue.offer();
  slow_ = slow_ && !queue.empty();
  if (!slow_) {
    progress_.left = estimate_.left(now);
    screen_.draw(live_rows(jobs_, progress_, now, RowSpace{screen_.columns(), screen_.room()}));
    queue.offer();
    slow_ = !queue.empty();
    changed_ = false;
  }
  next_frame_ = now + kFrame;
  next_change_ = next_change(jobs_, progress_, now);
  wake_ = changed_ ? next_frame_ : next_change_;
}

// The rows are away while others write where they were: else both would be mixed. False: the terminal is too slow for that.
bool LiveDisplay::make_way() {
  screen_.clear();
  stream_.queue().offer();
  if (!stream_.queue().empty()) return false;
  beside_->offer();
  beside_slow_ = !beside_->empty();
  changed_ = true;
  return true;
}

void LiveDisplay::hide() {
  hidden_ = true;
  screen_.clear();
  flush();
}

void LiveDisplay::show() {
  hidden_ = false;
  changed_ = true;
  next_frame_ = clock_.now();
}

void LiveDisplay::end() {
  running_ = false;
  screen_.clear();
}

}  // namespace corun
