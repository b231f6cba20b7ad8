// How awaiters go to sleep and wake exactly once: each disarms its other wake-ups before it posts. Knows no jobs.
#include "loop/awaiters.h"

#include <stdexcept>

#include "loop/task.h"

namespace corun {

void detail::throw_stuck_loop() { throw std::logic_error("a task waits for something that can never happen"); }

void Sleep::await_suspend(std::coroutine_handle<> handle) {
  handle_ = handle;
  scope_.link(*this);
  if (deadline_ != TimePoint::max()) arm(loop_, deadline_);
}

void Sleep::on_timer() {
  unlink();
  fired_ = true;
  loop_.post(handle_);
}

void Sleep::on_cancel() {
  disarm();
  unlink();
  loop_.post(handle_);
}

void Event::set() {
  if (set_) return;
  set_ = true;
  if (waiter_ != nullptr) waiter_->wake();
}

Event::Wait::~Wait() {
  if (event_.waiter_ == this) event_.waiter_ = nullptr;
}

void Event::Wait::await_suspend(std::coroutine_handle<> handle) {
  handle_ = handle;
  event_.waiter_ = this;
  scope_.link(*this);
  if (deadline_ != TimePoint::max()) arm(event_.loop_, deadline_);
}

Event::Wake Event::Wait::await_resume() const {
  if (event_.set_) return Wake::set;
  if (stopped()) return Wake::cancelled;
  return Wake::deadline;
}

void Event::Wait::on_timer() { wake(); }

void Event::Wait::on_cancel() {
  if (stopped()) wake();
}

void Event::Wait::wake() {
  disarm();
  unlink();
  event_.waiter_ = nullptr;
  event_.loop_.post(handle_);
}

bool Semaphore::Acquire::await_ready() {
  if (scope_.cancelled()) return true;
  if (semaphore_.free_ == 0 || semaphore_.first_ != nullptr) return false;
  --semaphore_.free_;
  acquired_ = true;
  return true;
}

void Semaphore::Acquire::await_suspend(std::coroutine_handle<> handle) {
  handle_ = handle;
  queued_ = true;
  scope_.link(*this);
  (semaphore_.last_ != nullptr ? semaphore_.last_->next_ : semaphore_.first_) = this;
  semaphore_.last_ = this;
}

Semaphore::Acquire::~Acquire() {
  if (queued_) semaphore_.remove(*this);
}

void Semaphore::Acquire::on_cancel() {
  unlink();
  semaphore_.remove(*this);
  semaphore_.loop_.post(handle_);
}

void Semaphore::release() {
  if (first_ == nullptr) {
    ++free_;
    return;
  }
  Acquire& waiter = *first_;
  remove(waiter);
  waiter.unlink();
  waiter.acquired_ = true;
  loop_.post(waiter.handle_);
}

void Semaphore::remove(Acquire& waiter) {
  Acquire* previous = nullptr;
  for (Acquire* each = first_; each != &waiter; each = each->next_) previous = each;
  (previous != nullptr ? previous->next_ : first_) = waiter.next_;
  if (last_ == &waiter) last_ = previous;
  waiter.queued_ = false;
  waiter.next_ = nullptr;
}

}  // namespace corun
