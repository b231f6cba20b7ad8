// Breakers whose state is in the database, shared by the runs of a job file. Knows nothing of jobs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policy/breaker_store.h"
#include "state/breaker_rows.h"
#include "state/run_owner.h"
#include "state/store.h"

namespace corun {

/// Breakers by scope and name. A scope is a job file (its absolute path): names mean something inside of their file only, so
/// those of unrelated files never meet. Those of a graph's file have that file as their scope, whichever file runs it.
///
/// Whatever changes a breaker is one transaction that reads it, changes it and writes it; none is held across a call. Two
/// things cost less, because nothing is lost by it. A closed breaker's permit changes nothing: that its row is still the
/// version known here is enough. And the successes of a closed breaker are gathered for a moment (`turn_ended`), then recorded
/// in one transaction, each at its own time: they are added to what others have recorded, never written over it. A failure
/// goes at once, and takes along what has been gathered.
///
/// Trouble with the store is said once; from then on the breakers live in memory, as they were last known.
class SharedBreakers final : public BreakerStore {
 public:
  /// One breaker.
  struct Setting {
    std::string name;  ///< in this run
    BreakerSettings settings;
    std::string scope = {};          ///< "": the run's
    std::string name_in_scope = {};  ///< the same as `name` where that is the run's
  };
  using Settings = std::vector<Setting>;

  /// By index. All references must outlive this. Nothing is read yet.
  SharedBreakers(Store& store, RunOwner& owner, const std::string& scope, Settings breakers, Random& random, const Clock& clock);
  ~SharedBreakers() override;

  std::size_t size() const override { return entries_.size(); }
  const std::string& name(std::uint32_t breaker) const override { return entries_.at(breaker).name; }
  const BreakerSettings& settings(std::uint32_t breaker) const override { return entries_.at(breaker).settings; }
  Breaker::Decision peek(std::uint32_t breaker, TimePoint now) override;
  Breaker::Decision try_acquire(std::uint32_t breaker, TimePoint now, Duration longest) override;
  void record(std::uint32_t breaker, const Breaker::Permit& permit, TimePoint now, CallResult result, Duration took) override;
  const RetryBudget& budget(std::uint32_t breaker) override { return entries_.at(breaker).live.budget; }
  void record_in_budget(std::uint32_t breaker, TimePoint now, bool success) override;
  void set_listener(BreakerListener listener) override { listener_ = std::move(listener); }

  /// A turn of the loop is over: records what is due.
  void turn_ended(TimePoint now);
  /// When something will be due; TimePoint::max(): nothing is waiting.
  TimePoint due() const { return next_flush_; }
  /// Records all that is left.
  void finish(TimePoint now);

 private:
  struct Live {
    std::optional<Breaker> machine;
    RetryBudget budget;
  };
  struct Call {
    Breaker::Permit permit;
    TimePoint ended;
    Duration took{};
  };
  struct Entry {
    std::string name;
    std::string scope;
    std::string name_in_scope;
    BreakerSettings settings;
    Live live;                   // as last known, with what has been gathered since
    std::int64_t version = -1;   // of the row that is known; -1: not looked at yet
    std::vector<Call> gathered;  // successes that aren't recorded yet
    std::uint32_t tokens = 0;    // successes for the budget, the same
  };

  template <typename Body>
  void change(Entry& entry, TimePoint now, Body body);
  template <typename Body>
  bool change_stored(Entry& entry, TimePoint now, Body body);
  BreakerRow load(const Entry& entry, const SharedTime& time, Live& live);
  void refresh(Entry& entry, TimePoint now);
  BreakerRows* rows();
  void give_up(const DatabaseError& error);
  void gather(TimePoint now);
  void tell(const Entry& entry, BreakerPhase before, TimePoint now) const;

  Store& store_;
  RunOwner& owner_;
  Random& random_;
  const Clock& clock_;
  std::vector<Entry> entries_;
  std::unique_ptr<BreakerRows> rows_;
  bool in_memory_ = false;
  TimePoint next_flush_ = TimePoint::max();
  BreakerListener listener_;
};

}  // namespace corun
