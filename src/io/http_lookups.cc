// How the first request to a host leads and the others follow. Knows nothing of DNS or sockets.
#include "io/http_lookups.h"

#include <utility>

namespace corun {
namespace {

constexpr std::size_t kManyLookups = 4096;

}  // namespace

bool HttpLookups::fresh(const std::string& authority) const {
  const auto found = lookups_.find(authority);
  return found != lookups_.end() && loop_.now() < found->second.fresh_until;
}

Task<HttpLookups::Turn> HttpLookups::wait(std::string authority, CancelScope& scope) {
  while (!scope.cancelled()) {
    if (fresh(authority)) co_return Turn::go;
    forget_old();
    if (!lookups_[authority].led) {
      lookups_[authority].led = true;
      const bool acquired = co_await places_.acquire(scope);
      if (acquired) co_return Turn::lead;
      lookups_[authority].led = false;
      break;
    }
    Waiter waiter(loop_);
    add(authority, waiter);
    const Event::Wake wake = co_await waiter.told.wait(scope);
    if (wake != Event::Wake::set) {
      remove(authority, waiter);
      co_return Turn::cancelled;
    }
    if (waiter.turn == Turn::failed) co_return Turn::failed;
  }
  wake_first(authority);  // may have been woken to lead, or was about to
  co_return Turn::cancelled;
}

void HttpLookups::answered(const std::string& authority) {
  lookups_[authority].fresh_until = loop_.now() + kFresh;
  end_lead(authority, Turn::go);
}

void HttpLookups::failed(const std::string& authority) { end_lead(authority, Turn::failed); }

void HttpLookups::gave_up(const std::string& authority) {
  lookups_[authority].led = false;
  places_.release();
  wake_first(authority);
}

void HttpLookups::end_lead(const std::string& authority, Turn turn) {
  Lookup& lookup = lookups_[authority];
  lookup.led = false;
  places_.release();
  for (Waiter* waiter : std::exchange(lookup.waiters, {})) {
    waiter->turn = turn;
    waiter->told.set();
  }
}

void HttpLookups::add(const std::string& authority, Waiter& waiter) {
  std::list<Waiter*>& waiters = lookups_[authority].waiters;
  waiter.place = waiters.insert(waiters.end(), &waiter);
}

void HttpLookups::remove(const std::string& authority, Waiter& waiter) { lookups_[authority].waiters.erase(waiter.place); }

void HttpLookups::wake_first(const std::string& authority) {
  Lookup& lookup = lookups_[authority];
  if (lookup.led || lookup.waiters.empty()) return;
  Waiter* first = lookup.waiters.front();
  lookup.waiters.pop_front();
  first->told.set();
}

void HttpLookups::forget_old() {
  if (lookups_.size() < kManyLookups) return;
  const TimePoint now = loop_.now();
  std::erase_if(lookups_, [now](const auto& entry) {
    const Lookup& lookup = entry.second;
    return !lookup.led && lookup.waiters.empty() && lookup.fresh_until <= now;
  });
}

}  // namespace corun
