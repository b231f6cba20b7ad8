// The event loop's turn, timer heap and descriptor table. Knows nothing of what the events mean.
#include "loop/loop.h"

#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <system_error>
#include <utility>

namespace corun {
namespace {

constexpr std::size_t kMostFollowUps = 256;  // coroutines resumed in the turn in which they were posted

}  // namespace

void Timer::arm(Loop& loop, TimePoint deadline) {
  disarm();
  loop_ = &loop;
  deadline_ = deadline;
  loop.push_timer(*this);
}

void Timer::disarm() {
  if (loop_ == nullptr) return;
  loop_->remove_timer(*this);
  loop_ = nullptr;
}

Loop::Loop(Clock& clock) : clock_(clock), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

Loop::~Loop() {
  for (Timer* timer : timers_) timer->loop_ = nullptr;
}

void Loop::watch(int fd, std::uint32_t events, FdHandler& handler) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= watches_.size()) watches_.resize(std::max(index + 1, watches_.size() * 2));
  Watch& watch = watches_[index];
  watched_ += static_cast<std::size_t>(events != 0) - static_cast<std::size_t>(watch.wanted != 0);
  watch.handler = &handler;
  watch.wanted = events;
  if (!watch.dirty) {
    watch.dirty = true;
    dirty_.push_back(fd);
  }
}

void Loop::unwatch(int fd) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= watches_.size()) return;
  Watch& watch = watches_[index];
  if (watch.handler == nullptr) return;
  if (watch.registered) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  forget(fd);
}

void Loop::forget(int fd) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= watches_.size()) return;
  Watch& watch = watches_[index];
  if (watch.handler == nullptr) return;
  watched_ -= static_cast<std::size_t>(watch.wanted != 0);
  const bool dirty = watch.dirty;  // its entry in dirty_ stays and finds nothing to do
  watch = Watch{nullptr, watch.generation + 1, 0, 0, false, dirty};
}

void Loop::remove_turn_hook(TurnHook& hook) { std::erase(hooks_, &hook); }

void Loop::begin_turn() {
  ++turn_;
  ready_.insert(ready_.end(), next_turn_.begin(), next_turn_.end());
  next_turn_.clear();
  run_ready();
  for (TurnHook* hook : hooks_) hook->before_wait();
}

bool Loop::finish_turn() {
  if (!has_ready() && timers_.empty() && watched_ == 0) return false;
  apply_watches();
  wait_for_events();
  fire_timers();
  return true;
}

void Loop::run_ready() {
  // What these coroutines post runs in the same turn, since each look for events is a system call; but within a bound, so
  // that no chain of them starves the events.
  for (std::size_t left = ready_.size() + kMostFollowUps; left > 0 && !ready_.empty(); --left) {
    const std::coroutine_handle<> handle = ready_.front();
    ready_.pop_front();
    handle.resume();
  }
}

void Loop::apply_watches() {
  for (const int fd : dirty_) {
    Watch& watch = watches_[static_cast<std::size_t>(fd)];
    watch.dirty = false;
    if (watch.handler == nullptr || watch.wanted == watch.applied) continue;
    // A parked descriptor stays registered for reading while it is silent (an idle keep-alive connection): most are
    // wanted again at once. Should it speak after all, dispatch() takes it out.
    if (watch.wanted == 0 && watch.registered && watch.applied == EPOLLIN) continue;
    epoll_event event{};
    event.events = watch.wanted;
    event.data.u64 = (static_cast<std::uint64_t>(watch.generation) << 32) | static_cast<std::uint32_t>(fd);
    const int operation = !watch.registered ? EPOLL_CTL_ADD : watch.wanted == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
    if (::epoll_ctl(epoll_.get(), operation, fd, &event) == 0) {
      watch.registered = operation != EPOLL_CTL_DEL;
      watch.applied = watch.wanted;
    } else if (operation == EPOLL_CTL_ADD) {
      throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }
  }
  dirty_.clear();
}

void Loop::wait_for_events() {
  static constexpr timespec kNoWait{0, 0};
  std::array<epoll_event, 256> events;
  int count = 0;
  timespec timeout{0, 0};
  const timespec* wait = &timeout;
  if (!has_ready()) {
    if (timers_.empty()) {
      wait = nullptr;
    } else if (const TimePoint next = timers_.front()->deadline_, now = clock_.now(); next > now) {
      // A fake clock jumps there, but only when no event is waiting.
      const Duration rest = next - now;
      timeout.tv_sec = static_cast<time_t>(rest / 1s);
      timeout.tv_nsec = static_cast<long>((rest % 1s).count());
      if (watched_ > 0) {
        if (clock_.skip_to(now)) {  // a fake clock: give real descriptors their turn first
          count = ::epoll_pwait2(epoll_.get(), events.data(), static_cast<int>(events.size()), &kNoWait, nullptr);
          if (count <= 0) clock_.skip_to(next);
          wait = &kNoWait;
        }
      } else if (clock_.skip_to(next)) {
        return;
      }
    }
  }
  if (watched_ == 0 && wait == &timeout && timeout.tv_sec == 0 && timeout.tv_nsec == 0) return;
  if (count <= 0) count = ::epoll_pwait2(epoll_.get(), events.data(), static_cast<int>(events.size()), wait, nullptr);
  if (count < 0 && errno == ENOSYS) {  // kernels before 5.11: milliseconds, rounded up so that no timer comes early
    const int milliseconds =
        wait == nullptr ? -1
                        : static_cast<int>(std::min<std::int64_t>(
                              INT_MAX, static_cast<std::int64_t>(wait->tv_sec) * 1000 + (wait->tv_nsec + 999'999) / 1'000'000));
    count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), milliseconds);
  }
  for (int i = 0; i < count; ++i) dispatch(events[static_cast<std::size_t>(i)]);
}

void Loop::dispatch(const epoll_event& event) {
  const auto fd = static_cast<std::uint32_t>(event.data.u64);
  Watch& watch = watches_[fd];
  if (watch.handler == nullptr || watch.generation != static_cast<std::uint32_t>(event.data.u64 >> 32)) return;
  if (watch.wanted == 0) {  // a parked descriptor that speaks: out of epoll until it is wanted again
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, static_cast<int>(fd), nullptr);
    watch.registered = false;
    watch.applied = 0;
    return;
  }
  watch.handler->on_fd(static_cast<int>(fd), event.events);
}

void Loop::fire_timers() {
  if (timers_.empty()) return;
  const TimePoint now = clock_.now();
  while (!timers_.empty() && timers_.front()->deadline_ <= now) {
    Timer& timer = *timers_.front();
    timer.disarm();
    timer.on_timer();
  }
}

bool Loop::earlier(const Timer& a, const Timer& b) {
  return a.deadline_ != b.deadline_ ? a.deadline_ < b.deadline_ : a.sequence_ < b.sequence_;
}

void Loop::push_timer(Timer& timer) {
  timer.sequence_ = timer_sequence_++;
  timer.heap_index_ = timers_.size();
  timers_.push_back(&timer);
  sift_up(timer.heap_index_);
}

void Loop::remove_timer(Timer& timer) {
  const std::size_t index = timer.heap_index_;
  Timer* last = timers_.back();
  timers_.pop_back();
  if (last == &timer) return;
  timers_[index] = last;
  last->heap_index_ = index;
  sift_up(index);
  sift_down(last->heap_index_);
}

void Loop::sift_up(std::size_t index) {
  while (index > 0) {
    const std::size_t parent = (index - 1) / 2;
    if (!earlier(*timers_[index], *timers_[parent])) return;
    std::swap(timers_[index], timers_[parent]);
    timers_[index]->heap_index_ = index;
    timers_[parent]->heap_index_ = parent;
    index = parent;
  }
}

void Loop::sift_down(std::size_t index) {
  for (;;) {
    std::size_t first = index;
    for (std::size_t child = 2 * index + 1; child <= 2 * index + 2 && child < timers_.size(); ++child) {
      if (earlier(*timers_[child], *timers_[first])) first = child;
    }
    if (first == index) return;
    std::swap(timers_[index], timers_[first]);
    timers_[index]->heap_index_ = index;
    timers_[first]->heap_index_ = first;
    index = first;
  }
}

}  // namespace corun
