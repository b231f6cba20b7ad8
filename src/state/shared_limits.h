// The places and the rates of limits, shared by the runs of a job file. Knows nothing of jobs or queues.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "policy/limit.h"
#include "policy/random.h"
#include "state/run_owner.h"
#include "state/store.h"

namespace corun {

/// What all limits of a run have in common.
struct LimitStore {
  Store& store;
  RunOwner& owner;
  std::string scope;  ///< the job file
  Random& random;
  const Clock& clock;
};

/// One limit.
///
/// Places: each run has a row that says how many it holds; those of all living runs together are never more than the limit's
/// concurrency. A run that is alone takes more than it needs, and keeps what its jobs give back for a moment, so that a run
/// without company goes to the store a few times a second, whatever it does. It looks whether others wait that often, too:
/// then each may have an equal share, and what is held beyond that is given back as jobs end. Who doesn't get a place waits
/// for a moment of random length and asks again. What a run held whose process is gone is given back by whoever lacks it.
///
/// Rate: the theoretical arrival time of GCRA (policy/rate.h), microseconds since 1970, is the whole state. Each permit is one
/// transaction: permits taken in advance and used later would come on top of the burst that has grown back meanwhile, so
/// there is no sound way to be cheaper; and a rate is there to make things slow. The time is never further away than the
/// burst lasts: more means that the calendar was set back.
///
/// Trouble with the store is said once; then this process's own count is all there is.
class SharedLimit final : public LimitShare {
 public:
  /// `common` must outlive this. `scope`: of the name, where that isn't the run's. Nothing is read yet.
  SharedLimit(LimitStore& common, std::string name, const LimitSettings& settings, std::string scope = {});
  ~SharedLimit() override;

  Decision take(TimePoint now) override;
  void leave(TimePoint now) override;
  void give_back(TimePoint now) override;
  void set_waiting(std::uint32_t count) override { waiting_ = count; }

  /// A turn of the loop is over: gives back what isn't needed.
  void turn_ended(TimePoint now);
  /// When something will be due; TimePoint::max(): nothing is.
  TimePoint due() const { return holds_spare() || said_waiting() ? next_look_ : TimePoint::max(); }
  /// Gives everything back.
  void finish();

  std::uint32_t held() const { return held_; }

 private:
  struct Rows;
  // What other living runs have.
  struct Others {
    std::uint32_t held = 0;
    std::uint32_t count = 0;
    std::uint32_t waiting = 0;
  };

  bool ready();
  Decision take_stored(TimePoint now);
  Decision check_rate();
  bool may_use_spare(TimePoint now);
  std::uint32_t room(const Others& others) const;
  Others look(bool only_living);
  void put(std::uint32_t held, bool waiting);
  void trim();
  void give_up(const DatabaseError& error);
  Duration pause();
  bool holds_spare() const { return held_ > running_; }
  bool said_waiting() const { return row_waiting_ && waiting_ == 0; }

  LimitStore& common_;
  std::string scope_;
  std::string name_;
  std::uint32_t concurrency_;  // 0: any
  std::int64_t interval_ = 0;  // of the rate, in microseconds; 0: it has none
  std::int64_t tolerance_ = 0;
  std::unique_ptr<Rows> rows_;
  bool in_memory_ = false;
  bool others_wait_ = false;  // when it was looked at last
  bool row_waiting_ = false;  // what this run's row says
  std::uint32_t held_ = 0;    // the same
  std::uint32_t running_ = 0;
  std::uint32_t waiting_ = 0;
  TimePoint next_look_{};
  TimePoint last_taken_{};
};

/// The limits of a job file, by index.
class SharedLimits {
 public:
  /// One limit, by its name in its scope.
  struct Setting {
    std::string name;
    LimitSettings settings;
    std::string scope = {};  ///< "": the run's
  };
  using Settings = std::vector<Setting>;

  SharedLimits(LimitStore common, const Settings& limits);

  std::span<LimitShare* const> shares() const { return shares_; }
  void turn_ended(TimePoint now);
  TimePoint due() const;
  void finish();

 private:
  LimitStore common_;
  std::vector<std::unique_ptr<SharedLimit>> limits_;
  std::vector<LimitShare*> shares_;
};

}  // namespace corun
