// Chooses where breakers and limits live, and has them written. Knows nothing of the engine.
#include "cli/run_policies.h"

#include <algorithm>
#include <utility>

namespace corun {

RunPolicies::RunPolicies(Loop& loop, const JobFile& file, const std::string& known_path, RunState& state, Random& random)
    : loop_(loop) {
  SharedBreakers::Settings breakers;
  for (const Named<BreakerSettings>& breaker : file.breakers) breakers.emplace_back(breaker.name, breaker.settings);
  RunJournal* const journal = state.journal();
  if (journal == nullptr || known_path == "-" || (file.breakers.empty() && file.limits.empty())) {
    breakers_ = std::make_unique<MemoryBreakerStore>(std::move(breakers), random);
    return;
  }
  owner_.emplace(state.store().directory(), [journal] { return journal->number(); });
  auto shared = std::make_unique<SharedBreakers>(state.store(), *owner_, known_path, std::move(breakers), random, loop.clock());
  shared_breakers_ = shared.get();
  breakers_ = std::move(shared);
  SharedLimits::Settings limits;
  for (const Named<LimitSettings>& limit : file.limits) limits.emplace_back(limit.name, limit.settings);
  limits_ = std::make_unique<SharedLimits>(LimitStore{state.store(), *owner_, known_path, random, loop.clock()}, limits);
  writer_.emplace(loop, [this] {
    const TimePoint now = loop_.now();
    shared_breakers_->turn_ended(now);
    limits_->turn_ended(now);
    return std::min(shared_breakers_->due(), limits_->due());
  });
}

RunPolicies::~RunPolicies() = default;

std::span<LimitShare* const> RunPolicies::limit_shares() const {
  return limits_ ? limits_->shares() : std::span<LimitShare* const>();
}

void RunPolicies::end() {
  writer_.reset();
  if (shared_breakers_ == nullptr) return;
  shared_breakers_->finish(loop_.now());
  limits_->finish();
}

}  // namespace corun
