// The transactions of shared limits. Knows nothing of jobs or queues.
#include "state/shared_limits.h"

#include <algorithm>

#include "state/shared_time.h"

namespace corun {
namespace {

constexpr Duration kLook = 20ms;  // how long others may wait before it is seen
constexpr Duration kShortestPause = 20ms;
constexpr Duration kLongestPause = 100ms;
constexpr std::int64_t kLongestInterval = std::int64_t{1} << 50;  // microseconds: some 35 years

}  // namespace

struct SharedLimit::Rows {
  explicit Rows(Database& database_)
      : database(database_),
        others(database.prepare("SELECT owner, held, waiting FROM place WHERE scope = ? AND name = ? AND owner <> ?")),
        put(database.prepare("INSERT OR REPLACE INTO place VALUES(?, ?, ?, ?, ?)")),
        remove(database.prepare("DELETE FROM place WHERE scope = ? AND name = ? AND owner = ?")),
        next(database.prepare("SELECT next FROM rate WHERE scope = ? AND name = ?")),
        put_next(database.prepare("INSERT OR REPLACE INTO rate VALUES(?, ?, ?)")) {}

  Database& database;
  Statement others;
  Statement put;
  Statement remove;
  Statement next;
  Statement put_next;
};

SharedLimit::SharedLimit(LimitStore& common, std::string name, const LimitSettings& settings, std::string scope)
    : common_(common),
      scope_(scope.empty() ? common.scope : std::move(scope)),
      name_(std::move(name)),
      concurrency_(settings.concurrency.value_or(0)) {
  if (!settings.rate_count) return;
  const std::int64_t period = std::chrono::ceil<std::chrono::microseconds>(settings.rate_period).count();
  const std::int64_t burst = std::max(1U, settings.burst);
  interval_ = std::clamp<std::int64_t>((period + *settings.rate_count - 1) / *settings.rate_count, 1, kLongestInterval / burst);
  tolerance_ = interval_ * burst;
}

SharedLimit::~SharedLimit() = default;

// Whether the store can be used; the first call opens it.
bool SharedLimit::ready() {
  if (in_memory_ || rows_ != nullptr) return !in_memory_;
  in_memory_ = true;
  Database* database = common_.store.database();
  if (database == nullptr) return false;
  try {
    if (common_.owner.number() == 0) throw DatabaseError(SQLITE_NOLFS, "the run can't be locked there");
    rows_ = std::make_unique<Rows>(*database);
    in_memory_ = false;
  } catch (const DatabaseError& error) {
    give_up(error);
  }
  return !in_memory_;
}

void SharedLimit::give_up(const DatabaseError& error) {
  common_.store.report(error);
  in_memory_ = true;
  held_ = 0;
  row_waiting_ = false;
}

Duration SharedLimit::pause() {
  const auto range = static_cast<double>((kLongestPause - kShortestPause).count());
  return kShortestPause + Duration(static_cast<Duration::rep>(range * common_.random.unit()));
}

// What others have. Those whose process is gone are looked for only where it matters, and then they have nothing any more.
SharedLimit::Others SharedLimit::look(bool only_living) {
  Others others;
  std::vector<std::int64_t> gone;
  rows_->others.with(scope_, name_, common_.owner.number());
  while (rows_->others.next()) {
    const std::int64_t owner = rows_->others.integer(0);
    if (only_living && !common_.owner.lives(owner)) {
      gone.push_back(owner);
      continue;
    }
    others.held += static_cast<std::uint32_t>(rows_->others.integer(1));
    others.waiting += static_cast<std::uint32_t>(rows_->others.integer(2) != 0);
    ++others.count;
  }
  for (const std::int64_t owner : gone) rows_->remove.with(scope_, name_, owner).run();
  return others;
}

void SharedLimit::put(std::uint32_t held, bool waiting) {
  if (held == 0 && !waiting) {
    rows_->remove.with(scope_, name_, common_.owner.number()).run();
  } else {
    rows_->put.with(scope_, name_, common_.owner.number(), held, waiting ? 1 : 0).run();
  }
}

// Places that may be taken beside those that are held: where others wait, up to an equal share.
std::uint32_t SharedLimit::room(const Others& others) const {
  const std::uint32_t taken = others.held + held_;
  const std::uint32_t free = concurrency_ > taken ? concurrency_ - taken : 0;
  if (others.waiting == 0) return free;
  const std::uint32_t share = std::max(1U, concurrency_ / (others.count + 1));
  return held_ < share ? std::min(free, 1U) : 0;
}

// Whether a place that a job has given back may be used again.
bool SharedLimit::may_use_spare(TimePoint now) {
  if (now < next_look_ && !others_wait_) return true;
  next_look_ = now + kLook;
  const Others others = look(false);
  others_wait_ = others.waiting > 0;
  return !others_wait_ || (running_ < concurrency_ / (others.count + 1));
}

LimitShare::Decision SharedLimit::take(TimePoint now) {
  if (!ready()) return {true, {}};
  try {
    if (interval_ == 0 && holds_spare() && may_use_spare(now)) {
      ++running_;
      last_taken_ = now;
      return {true, {}};
    }
    return take_stored(now);
  } catch (const DatabaseError& error) {
    give_up(error);
    return {true, {}};
  }
}

LimitShare::Decision SharedLimit::take_stored(TimePoint now) {
  Decision decision{true, {}};
  std::uint32_t held = held_;
  bool waiting = row_waiting_;
  bool others_wait = others_wait_;
  rows_->database.write([&] {
    if (concurrency_ > 0) {
      Others others = look(false);
      const auto lacks = [&] {
        const std::uint32_t share = others.waiting > 0 ? concurrency_ / (others.count + 1) : concurrency_;
        const bool spare = held_ > running_ && running_ < share;
        return !spare && room(others) == 0;
      };
      // Where fewer places than runs are there, they go round: a run that has just given its place up asks again later.
      if (lacks()) others = look(true);
      others_wait = others.waiting > 0;
      if (lacks()) {
        decision = {false, pause()};
        held = running_;
        waiting = true;
      } else if (held_ == running_) {
        held += others.count == 0 ? std::min(room(others), std::max(1U, held_)) : 1;
      }
    }
    if (decision.allowed && interval_ > 0) {
      decision = check_rate();
      if (!decision.allowed) held = held_;
    }
    if (decision.allowed) waiting = false;
    if (held != held_ || waiting != row_waiting_) put(held, waiting);
  });
  held_ = held;
  row_waiting_ = waiting;
  others_wait_ = others_wait;
  next_look_ = now + kLook;
  if (!decision.allowed) return decision;
  last_taken_ = now;
  ++running_;
  return decision;
}

// GCRA: takes a permit, or says when there will be one.
LimitShare::Decision SharedLimit::check_rate() {
  const SharedTime time(common_.clock);
  const std::int64_t now = time.shared(time.now());
  std::int64_t next = rows_->next.with(scope_, name_).next() ? rows_->next.integer(0) : now;
  rows_->next.with();
  if (next > now + tolerance_) {  // the calendar was set back: that counts from here on
    next = now + tolerance_;
    rows_->put_next.with(scope_, name_, next).run();
  }
  next = std::max(next, now) + interval_;
  if (now < next - tolerance_) return {false, std::chrono::microseconds(next - tolerance_ - now)};
  rows_->put_next.with(scope_, name_, next).run();
  return {true, {}};
}

void SharedLimit::leave(TimePoint /*now*/) {
  if (running_ > 0) --running_;  // what was let in from memory isn't counted
}

void SharedLimit::give_back(TimePoint now) {
  leave(now);
  if (in_memory_ || interval_ == 0) return;
  try {
    rows_->database.write([&] {
      if (rows_->next.with(scope_, name_).next()) {
        const std::int64_t next = rows_->next.integer(0) - interval_;
        rows_->next.with();
        rows_->put_next.with(scope_, name_, next).run();
      }
    });
  } catch (const DatabaseError& error) {
    give_up(error);
  }
}

// Holds only what runs.
void SharedLimit::trim() {
  const bool waiting = row_waiting_ && waiting_ > 0;
  rows_->database.write([&] { put(running_, waiting); });
  held_ = running_;
  row_waiting_ = waiting;
}

void SharedLimit::turn_ended(TimePoint now) {
  if (in_memory_ || rows_ == nullptr || now < due()) return;
  try {
    next_look_ = now + kLook;
    others_wait_ = look(false).waiting > 0;
    if (others_wait_ || said_waiting() || now - last_taken_ >= kLook) trim();
  } catch (const DatabaseError& error) {
    give_up(error);
  }
}

void SharedLimit::finish() {
  if (in_memory_ || rows_ == nullptr || (held_ == 0 && !row_waiting_)) return;
  try {
    rows_->database.write([&] { put(0, false); });
    held_ = running_ = 0;
    row_waiting_ = false;
  } catch (const DatabaseError& error) {
    give_up(error);
  }
}

SharedLimits::SharedLimits(LimitStore common, const Settings& limits) : common_(std::move(common)) {
  for (const Setting& limit : limits) {
    limits_.push_back(std::make_unique<SharedLimit>(common_, limit.name, limit.settings, limit.scope));
    shares_.push_back(limits_.back().get());
  }
}

void SharedLimits::turn_ended(TimePoint now) {
  for (const auto& limit : limits_) limit->turn_ended(now);
}

TimePoint SharedLimits::due() const {
  TimePoint due = TimePoint::max();
  for (const auto& limit : limits_) due = std::min(due, limit->due());
  return due;
}

void SharedLimits::finish() {
  for (const auto& limit : limits_) limit->finish();
}

}  // namespace corun
