// Queues of tickets and what moves them. Knows nothing of attempts or retries.
#include "engine/admission.h"

#include <algorithm>

#include "policy/scale.h"

namespace corun {
namespace {

// What a probe's lease is longer than the call, at most.
constexpr Duration kLeaseMargin = 5s;

// How long an attempt may take, its end included.
Duration longest_attempt(const Policies& policies) {
  if (!policies.timeout && !policies.total_timeout) return kLongest;
  const Duration longest = std::min(policies.timeout.value_or(kLongest), policies.total_timeout.value_or(kLongest));
  return std::min(kLongest, longest + policies.stop.grace + kLeaseMargin);
}

}  // namespace

// One limit, or one pool of slots, and who waits for it, by sequence. Its timer wakes it when its rate allows the next.
struct Lane final : private Timer {
  Lane(Admission& owner, const LimitSettings& settings, LimitShare* share = nullptr) : admission(owner), limit(settings, share) {}
  void wake_at(Loop& loop, TimePoint time) {
    if (!armed() || deadline() > time) arm(loop, time);
  }
  void on_timer() override { admission.pump(*this); }

  Admission& admission;
  Limit limit;
  Ticket* first = nullptr;
  Ticket* last = nullptr;
};

void Ticket::on_timer() { admission_->expire(*this); }

Admission::Admission(Loop& loop, BreakerStore& breakers, const std::vector<Named<LimitSettings>>& limits,
                     std::span<LimitShare* const> shares, std::uint32_t process_slots, std::uint32_t http_slots)
    : loop_(loop), breakers_(breakers) {
  for (std::size_t i = 0; i < limits.size(); ++i) {
    lanes_.push_back(std::make_unique<Lane>(*this, limits[i].settings, i < shares.size() ? shares[i] : nullptr));
  }
  for (const std::uint32_t slots : {1U, process_slots, http_slots}) {
    LimitSettings pool;
    pool.concurrency = slots;
    lanes_.push_back(std::make_unique<Lane>(*this, pool));
  }
}

Admission::~Admission() = default;

template <typename Visit>
void Admission::for_each_lane(const Ticket& ticket, Visit visit) {
  if (ticket.policies_ != nullptr) {
    for (const std::uint32_t limit : ticket.policies_->limits) visit(*lanes_[limit]);
  }
  if (ticket.pool_ == Pool::terminal) visit(*lanes_[lanes_.size() - 3]);
  if (ticket.pool_ != Pool::none) visit(*lanes_[lanes_.size() - (ticket.pool_ == Pool::network ? 1 : 2)]);
}

void Admission::request(Ticket& ticket, const Policies* policies, Pool pool, TimePoint deadline) {
  ticket.admission_ = this;
  ticket.policies_ = policies;
  ticket.pool_ = pool;
  ticket.verdict_ = Ticket::Verdict::waiting;
  ticket.retry_after_.reset();
  ticket.sequence_ = next_sequence_++;
  if (policies != nullptr && policies->breaker) {
    const Breaker::Decision look = breakers_.peek(*policies->breaker, loop_.now());
    if (!look.allowed) {
      ticket.retry_after_ = look.retry_after;
      decide(ticket, Ticket::Verdict::breaker_open);
      return;
    }
  }
  Lane* lane = busy_lane(ticket);
  if (lane == nullptr) lane = lacking_lane(ticket);
  if (lane == nullptr) lane = dispatch(ticket);
  if (lane == nullptr) return;
  if (!lane->limit.enter_queue()) {
    decide(ticket, Ticket::Verdict::limit_full);
  } else {
    enqueue(*lane, ticket);
    if (deadline != TimePoint::max()) ticket.arm(loop_, deadline);
  }
}

// A lane of the ticket's where somebody waits already: no overtaking.
Lane* Admission::busy_lane(const Ticket& ticket) {
  Lane* busy = nullptr;
  for_each_lane(ticket, [&](Lane& lane) {
    if (busy == nullptr && lane.first != nullptr) busy = &lane;
  });
  return busy;
}

// What the ticket has to wait for; it will be pumped when that may have changed. Null: everything is there.
Lane* Admission::lacking_lane(const Ticket& ticket) {
  const TimePoint now = loop_.now();
  Lane* lacking = nullptr;
  for_each_lane(ticket, [&](Lane& lane) {
    if (lacking != nullptr) return;
    const Limit::Decision decision = lane.limit.peek(now);
    if (decision.allowed) return;
    lacking = &lane;
    if (decision.retry_after) lane.wake_at(loop_, now + *decision.retry_after);
  });
  return lacking;
}

// Takes a place everywhere, or nowhere: then gives the lane where another process was faster.
Lane* Admission::take_lanes(Ticket& ticket) {
  const TimePoint now = loop_.now();
  Lane* lacking = nullptr;
  for_each_lane(ticket, [&](Lane& lane) {
    if (lacking != nullptr) return;
    const Limit::Decision decision = lane.limit.try_acquire(now);
    if (decision.allowed) return;
    lacking = &lane;
    if (decision.retry_after) lane.wake_at(loop_, now + *decision.retry_after);
  });
  if (lacking != nullptr) give_back_lanes(ticket, lacking);
  return lacking;
}

// Those before `end`.
void Admission::give_back_lanes(Ticket& ticket, const Lane* end) {
  bool taken = true;
  for_each_lane(ticket, [&](Lane& lane) {
    taken = taken && &lane != end;
    if (taken) lane.limit.give_back(loop_.now());
  });
}

// Everything seems to be there: lets the ticket go, unless its breaker has opened meanwhile. Else gives what is lacking.
Lane* Admission::dispatch(Ticket& ticket) {
  const TimePoint now = loop_.now();
  if (Lane* lacking = take_lanes(ticket); lacking != nullptr) return lacking;
  if (ticket.policies_ != nullptr && ticket.policies_->breaker) {
    const Breaker::Decision permit = breakers_.try_acquire(*ticket.policies_->breaker, now, longest_attempt(*ticket.policies_));
    if (!permit.allowed) {
      give_back_lanes(ticket, nullptr);
      ticket.retry_after_ = permit.retry_after;
      decide(ticket, Ticket::Verdict::breaker_open);
      return nullptr;
    }
    ticket.permit_ = permit.permit;
  }
  decide(ticket, Ticket::Verdict::admitted);
  return nullptr;
}

void Admission::decide(Ticket& ticket, Ticket::Verdict verdict) {
  ticket.disarm();
  ticket.verdict_ = verdict;
  ticket.decided();
}

void Admission::enqueue(Lane& lane, Ticket& ticket) {
  ticket.lane_ = &lane;
  // New tickets belong at the end; one that comes from another queue is older than most here, and walks back.
  Ticket* before = lane.last;
  if (before != nullptr && before->sequence_ > ticket.sequence_) {
    before = nullptr;
    for (Ticket* each = lane.first; each->sequence_ < ticket.sequence_; each = each->next_) before = each;
  }
  ticket.previous_ = before;
  ticket.next_ = before != nullptr ? before->next_ : lane.first;
  (before != nullptr ? before->next_ : lane.first) = &ticket;
  (ticket.next_ != nullptr ? ticket.next_->previous_ : lane.last) = &ticket;
}

void Admission::dequeue(Ticket& ticket) {
  Lane& lane = *ticket.lane_;
  (ticket.previous_ != nullptr ? ticket.previous_->next_ : lane.first) = ticket.next_;
  (ticket.next_ != nullptr ? ticket.next_->previous_ : lane.last) = ticket.previous_;
  ticket.previous_ = ticket.next_ = nullptr;
  ticket.lane_ = nullptr;
  lane.limit.leave_queue();
}

void Admission::pump(Lane& lane) {
  while (lane.first != nullptr) {
    const Limit::Decision decision = lane.limit.peek(loop_.now());
    if (!decision.allowed) {
      if (decision.retry_after) lane.wake_at(loop_, loop_.now() + *decision.retry_after);
      return;
    }
    Ticket& ticket = *lane.first;
    Lane* other = lacking_lane(ticket);
    dequeue(ticket);
    if (other == nullptr) other = dispatch(ticket);
    if (other != nullptr) {
      other->limit.enter_queue_late();
      enqueue(*other, ticket);
    }
  }
}

void Admission::expire(Ticket& ticket) {
  Lane& lane = *ticket.lane_;
  dequeue(ticket);
  decide(ticket, Ticket::Verdict::queue_timeout);
  pump(lane);
}

void Admission::cancel(Ticket& ticket) {
  if (!ticket.queued()) return;
  dequeue(ticket);
  decide(ticket, Ticket::Verdict::cancelled);
}

void Admission::release(Ticket& ticket) {
  for_each_lane(ticket, [this](Lane& lane) { lane.limit.release(loop_.now()); });
  for_each_lane(ticket, [this](Lane& lane) { pump(lane); });
}

void Admission::give_back(Ticket& ticket) {
  if (ticket.policies_ != nullptr && ticket.policies_->breaker) {
    breakers_.record(*ticket.policies_->breaker, ticket.permit_, loop_.now(), CallResult::neutral, Duration::zero());
  }
  give_back_lanes(ticket, nullptr);
  for_each_lane(ticket, [this](Lane& lane) { pump(lane); });
}

}  // namespace corun
