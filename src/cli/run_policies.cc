// Chooses where breakers and limits live, and has them written. Knows nothing of the engine.
#include "cli/run_policies.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "cli/resume.h"

namespace corun {
namespace {

void set_scope(SharedBreakers::Setting& breaker, const Named<BreakerSettings>& named, std::string scope) {
  breaker.scope = std::move(scope);
  breaker.name_in_scope = named.name_in_file;
}

void set_scope(SharedLimits::Setting& limit, const Named<LimitSettings>& named, std::string scope) {
  limit.scope = std::move(scope);
  limit.name = named.name_in_file;
}

// What those of graphs' files are called in those files, which is where runs share them. A file that is reached by two paths has
// its names there once: two that count for themselves can't be one row.
template <typename Setting, typename Settings>
std::vector<Setting> with_scopes(const std::vector<Named<Settings>>& all) {
  std::set<std::pair<std::string, std::string>> taken;
  std::vector<Setting> settings;
  for (const Named<Settings>& named : all) {
    Setting& setting = settings.emplace_back();
    setting.name = named.name;
    setting.settings = named.settings;
    if (named.file.empty()) continue;
    std::string scope = known_file(named.file);
    if (taken.emplace(scope, named.name_in_file).second) set_scope(setting, named, std::move(scope));
  }
  return settings;
}

}  // namespace

RunPolicies::RunPolicies(Loop& loop, const JobFile& file, const std::string& known_path, RunState& state, Random& random)
    : loop_(loop) {
  RunJournal* const journal = state.journal();
  if (journal == nullptr || known_path == "-" || (file.breakers.empty() && file.limits.empty())) {
    std::vector<std::pair<std::string, BreakerSettings>> breakers;
    for (const Named<BreakerSettings>& breaker : file.breakers) breakers.emplace_back(breaker.name, breaker.settings);
    breakers_ = std::make_unique<MemoryBreakerStore>(std::move(breakers), random);
    return;
  }
  owner_.emplace(state.store().directory(), [journal] { return journal->number(); });
  auto shared = std::make_unique<SharedBreakers>(state.store(), *owner_, known_path,
                                                 with_scopes<SharedBreakers::Setting>(file.breakers), random, loop.clock());
  shared_breakers_ = shared.get();
  breakers_ = std::move(shared);
  limits_ = std::make_unique<SharedLimits>(LimitStore{state.store(), *owner_, known_path, random, loop.clock()},
                                           with_scopes<SharedLimits::Setting>(file.limits));
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
