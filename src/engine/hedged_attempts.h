// One attempt of a job and those that are started beside it when it takes long. Knows nothing of retries.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/attempt.h"
#include "engine/awaited_ticket.h"
#include "engine/held_output.h"
#include "engine/job_names.h"
#include "loop/awaiters.h"
#include "loop/task.h"
#include "policy/hedge.h"

namespace corun {

/// Whose attempts these are: says and records what concerns the job.
class AttemptOwner {
 public:
  virtual const JobNames& names() const = 0;
  /// The number of the next attempt.
  virtual std::uint32_t next_number() const = 0;
  /// Until when an attempt may wait for its turn.
  virtual TimePoint queue_deadline() const = 0;
  /// Another attempt begins; all must outlive it.
  virtual AttemptRequest begin_beside(const JobNames& names, HeldOutput& held, AttemptRace& race) = 0;
  /// An attempt has ended, with which place among the limits and which permit of the breaker.
  virtual void end_beside(const AttemptRequest& request, const AttemptResult& result, Ticket& ticket) = 0;

 protected:
  ~AttemptOwner() = default;
};

/// The attempts of one hedge (resilience.md §5). Nothing of them outlives `run`.
class HedgedAttempts final : public AttemptRace {
 public:
  /// One that has begun.
  struct Attempt {
    std::size_t number = 0;  ///< among these
    std::optional<AttemptRequest> request;
    std::optional<AttemptResult> result;
    TimePoint ended{};
    std::uint64_t log_end = 0;  ///< of the job's log, with all that this attempt has written
  };

  /// All must outlive this. `after`: when another attempt is wanted.
  HedgedAttempts(RunContext& run, Member& member, AttemptOwner& owner, Duration after, CancelScope& scope);

  /// Makes `first`, which has begun, and those that are wanted beside it, until one has succeeded or all have failed; the others
  /// are ended and awaited.
  Task<void> run(AttemptRequest first);

  /// In the order they began; after `run`.
  std::vector<Attempt*> attempts();
  /// Whose end is that of all.
  Attempt& decider();

  bool claim(const AttemptRequest& request) override;
  bool has_others() const override { return began_ > 1; }

 private:
  class Beside final : public AwaitedTicket {
   public:
    Beside(Loop& loop, LogStore& logs) : held(logs), loop_(loop) {}
    Attempt attempt;
    std::optional<JobNames> names;
    HeldOutput held;

   private:
    void decided() override { wake(loop_); }
    Loop& loop_;
  };

  void want_another(TaskGroup& tasks);
  Task<void> wait_and_make(Beside& beside);
  Task<void> make(Attempt& attempt, Ticket& ticket);
  Task<void> give_outputs();
  void note(Ticket::Verdict verdict) const;
  bool is_lost(const Attempt& attempt) const;

  RunContext& run_;
  Member& member_;
  AttemptOwner& owner_;
  CancelScope& scope_;
  CancelScope race_;  // of all attempts
  Hedge hedge_;
  Event changed_;
  Attempt first_;
  std::vector<std::unique_ptr<Beside>> beside_;  // in the order they were wanted
  std::size_t began_ = 1;
  std::optional<std::uint32_t> claimed_by_;  // its file has got its name
};

}  // namespace corun
