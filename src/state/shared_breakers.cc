// The transactions of shared breakers. Knows nothing of jobs.
#include "state/shared_breakers.h"

#include <algorithm>

#include "policy/scale.h"

namespace corun {
namespace {

constexpr Duration kGather = 50ms;  // how long successes may be gathered: what a process that is killed may take along
constexpr std::size_t kMostGathered = 256;

// What a permit doesn't change: nothing has to be written for it.
bool is_steady(const Breaker& machine) {
  return machine.state().mode != Breaker::Mode::automatic || machine.phase() == BreakerPhase::closed;
}

// What is gathered is all that there is to do.
const auto nothing = [](auto&&...) {};

}  // namespace

SharedBreakers::SharedBreakers(Store& store, RunOwner& owner, const std::string& scope, Settings breakers, Random& random,
                               const Clock& clock)
    : store_(store), owner_(owner), random_(random), clock_(clock) {
  entries_.resize(breakers.size());
  for (std::size_t i = 0; i < breakers.size(); ++i) {
    Setting& setting = breakers[i];
    Entry& entry = entries_[i];
    const bool is_own = setting.scope.empty();
    entry.scope = is_own ? scope : setting.scope;
    entry.name_in_scope = is_own ? setting.name : setting.name_in_scope;
    entry.name = std::move(setting.name);
    entry.settings = setting.settings;
    entry.live.machine.emplace(entry.settings, random_);
  }
}

SharedBreakers::~SharedBreakers() = default;

BreakerRows* SharedBreakers::rows() {
  if (in_memory_ || rows_ != nullptr) return rows_.get();
  Database* database = store_.database();
  if (database == nullptr) {
    in_memory_ = true;
    return nullptr;
  }
  try {
    rows_ = std::make_unique<BreakerRows>(*database);
  } catch (const DatabaseError& error) {
    give_up(error);
  }
  return rows_.get();
}

// Trouble: goes on with what is known.
void SharedBreakers::give_up(const DatabaseError& error) {
  store_.report(error);
  in_memory_ = true;
  rows_.reset();
  for (Entry& entry : entries_) {  // they have been applied to what is known here
    entry.gathered.clear();
    entry.tokens = 0;
  }
}

// Reads a breaker, and makes of it what counts under the present settings and at the present time.
BreakerRow SharedBreakers::load(const Entry& entry, const SharedTime& time, Live& live) {
  std::optional<BreakerRow> found = rows_->load(entry.scope, entry.name_in_scope, time);
  const std::string settings = fingerprint(entry.settings);
  if (!found) {
    BreakerRow row;
    row.scope = entry.scope;
    row.name = entry.name_in_scope;
    row.settings = settings;
    row.tokens = live.budget.left();
    row.tokens_at = time.now();
    found = std::move(row);
  }
  BreakerRow& row = *found;
  BreakerState state = row.state;
  // Only the run that comes with other settings forgets what was counted under the earlier ones: runs under way that still have
  // those would take turns in forgetting, and nothing would ever open it.
  if (entry.version < 0 && row.settings != settings) {
    state.window.clear();
    state.consecutive_failures = state.probe_successes = state.probe_failures = 0;
  }
  // A calendar that was set back: the period begins anew rather than lasting until it catches up.
  if (state.phase == BreakerPhase::open) state.opened_at = std::min(state.opened_at, time.now());
  if (state.mode == Breaker::Mode::automatic) state.mode = entry.settings.mode;
  if (state.phase == BreakerPhase::half_open) state.probes_running = rows_->probes(row.id);
  live.machine.emplace(entry.settings, random_, std::move(state));
  // Tokens were taken for calls that are forgotten after a while, as they are in the window.
  const bool forgotten = time.now() - row.tokens_at > entry.settings.window_age;
  if (!forgotten) live.budget.set_left(row.tokens);
  return std::move(row);
}

template <typename Body>
bool SharedBreakers::change_stored(Entry& entry, TimePoint now, Body body) {
  BreakerRows* const rows = this->rows();
  if (rows == nullptr) return false;
  try {
    Live live;
    std::int64_t version = 0;
    const bool first_look = entry.version < 0;
    store_.database()->write([&] {
      const SharedTime time(clock_);
      BreakerRow row = load(entry, time, live);
      const BreakerState before = row.state;
      const std::int32_t tokens = row.tokens;
      const std::uint32_t lost = row.id == 0 ? 0 : rows->remove_lost_probes(row.id, owner_, now);
      for (std::uint32_t i = 0; i < lost; ++i) live.machine->lose_probe(now);
      for (const Call& call : entry.gathered) live.machine->record(call.permit, call.ended, CallResult::success, call.took);
      live.budget.record_successes(entry.tokens);
      body(live, &row);
      row.state = live.machine->state();
      row.state.mode = before.mode;  // the one set by hand
      row.state.probes_running = 0;
      row.tokens = live.budget.left();
      const std::string settings = fingerprint(entry.settings);
      if (row.state == before && row.tokens == tokens && (!first_look || row.settings == settings || row.id == 0)) {
        version = row.version;
        return;
      }
      if (first_look) row.settings = settings;
      if (row.tokens != tokens || entry.tokens > 0) row.tokens_at = time.now();
      if (row.id != 0 && row.state.generation != before.generation && row.state.phase != BreakerPhase::half_open) {
        rows->remove_probes(row.id);
      }
      rows->save(row, time);
      version = row.version;
    });
    entry.live = std::move(live);
    entry.version = version;
    entry.gathered.clear();
    entry.tokens = 0;
    return true;
  } catch (const DatabaseError& error) {
    give_up(error);
    return false;
  }
}

// `body` gets the breaker to change, and its row with the time where there is one.
template <typename Body>
void SharedBreakers::change(Entry& entry, TimePoint now, Body body) {
  const BreakerPhase before = entry.live.machine->phase();
  const bool first_look = entry.version < 0;
  if (change_stored(entry, now, body)) {
    if (first_look) return;  // what an earlier run has left is no transition
  } else {
    body(entry.live, nullptr);
  }
  tell(entry, before, now);
}

// What is known becomes what is there.
void SharedBreakers::refresh(Entry& entry, TimePoint now) {
  BreakerRows* const rows = this->rows();
  if (rows == nullptr) return;
  try {
    if (rows->version(entry.scope, entry.name_in_scope) == entry.version) return;
  } catch (const DatabaseError& error) {
    give_up(error);
    return;
  }
  change(entry, now, nothing);
}

Breaker::Decision SharedBreakers::peek(std::uint32_t breaker, TimePoint now) {
  Entry& entry = entries_.at(breaker);
  // While it is closed, `try_acquire` is soon enough to see a change.
  if (entry.version >= 0 && is_steady(*entry.live.machine) && entry.live.machine->state().mode == Breaker::Mode::automatic) {
    return entry.live.machine->peek(now);
  }
  refresh(entry, now);
  if (!is_steady(*entry.live.machine) && entry.live.machine->phase() == BreakerPhase::half_open) {
    change(entry, now, nothing);  // probes may have been lost
  }
  return entry.live.machine->peek(now);
}

Breaker::Decision SharedBreakers::try_acquire(std::uint32_t breaker, TimePoint now, Duration longest) {
  Entry& entry = entries_.at(breaker);
  refresh(entry, now);
  if (in_memory_ || is_steady(*entry.live.machine)) {
    const BreakerPhase before = entry.live.machine->phase();
    const Breaker::Decision decision = entry.live.machine->try_acquire(now);
    tell(entry, before, now);
    return decision;
  }
  const std::int64_t owner = owner_.number();
  if (owner == 0) give_up(DatabaseError(SQLITE_NOLFS, "the run can't be locked there"));
  Breaker::Decision decision;
  change(entry, now, [&](Live& live, const BreakerRow* row) {
    decision = live.machine->try_acquire(now);
    if (row == nullptr || !decision.permit.probe) return;
    rows_->add_probe(row->id, owner, now + std::min(longest, kLongest));
  });
  return decision;
}

void SharedBreakers::record(std::uint32_t breaker, const Breaker::Permit& permit, TimePoint now, CallResult result,
                            Duration took) {
  Entry& entry = entries_.at(breaker);
  if (result == CallResult::neutral && !permit.probe) return;
  if (!in_memory_ && result == CallResult::success && !permit.probe) {
    const BreakerPhase before = entry.live.machine->phase();
    entry.live.machine->record(permit, now, result, took);
    entry.gathered.push_back({permit, now, took});
    gather(now);
    if (entry.gathered.size() < kMostGathered && entry.live.machine->phase() == before) return;
    change_stored(entry, now, nothing);
    tell(entry, before, now);
    return;
  }
  change(entry, now, [&](Live& live, const BreakerRow* row) {
    // Rows of probes are of the present generation: that of an earlier one has none any more.
    const bool has_row = row != nullptr && permit.probe && permit.generation == live.machine->state().generation;
    const bool lost = has_row && !rows_->remove_probe(row->id, owner_.number());
    if (!lost) live.machine->record(permit, now, result, took);
  });
}

void SharedBreakers::record_in_budget(std::uint32_t breaker, TimePoint now, bool success) {
  Entry& entry = entries_.at(breaker);
  if (!success) {
    change(entry, now, [](Live& live, BreakerRow*) { live.budget.record_failure(); });
    return;
  }
  entry.live.budget.record_success();
  if (in_memory_) return;
  ++entry.tokens;
  gather(now);
}

void SharedBreakers::gather(TimePoint now) { next_flush_ = std::min(next_flush_, now + kGather); }

void SharedBreakers::turn_ended(TimePoint now) {
  if (now >= next_flush_) finish(now);
}

void SharedBreakers::finish(TimePoint now) {
  next_flush_ = TimePoint::max();
  for (Entry& entry : entries_) {
    if (!entry.gathered.empty() || entry.tokens > 0) change(entry, now, nothing);
  }
}

void SharedBreakers::tell(const Entry& entry, BreakerPhase before, TimePoint now) const {
  const BreakerPhase after = entry.live.machine->phase();
  if (after == before || !listener_) return;
  const Duration open_for = after == BreakerPhase::open ? entry.live.machine->state().open_for : Duration::zero();
  const auto index = static_cast<std::uint32_t>(&entry - entries_.data());
  listener_({index, entry.name, before, after, open_for, now});
}

}  // namespace corun
