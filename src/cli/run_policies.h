// The breakers and limits of a run: shared with other runs of its file, or its own. Knows nothing of the engine.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "cli/run_state.h"
#include "cli/turn_work.h"
#include "graph/job.h"
#include "loop/loop.h"
#include "policy/breaker_store.h"
#include "policy/limit.h"
#include "policy/random.h"
#include "state/run_owner.h"
#include "state/shared_breakers.h"
#include "state/shared_limits.h"

namespace corun {

/// Shared are those of a file that has a path, in a run that keeps state. The file's path is the scope of their names; what
/// comes from standard input has none, so it shares nothing.
class RunPolicies {
 public:
  /// `known_path`: of the file, or "-". All references must outlive this.
  RunPolicies(Loop& loop, const JobFile& file, const std::string& known_path, RunState& state, Random& random);
  ~RunPolicies();

  BreakerStore& breakers() { return *breakers_; }
  std::span<LimitShare* const> limit_shares() const;
  /// The jobs have ended: what is held is given back.
  void end();

 private:
  Loop& loop_;
  std::unique_ptr<BreakerStore> breakers_;
  std::optional<RunOwner> owner_;
  SharedBreakers* shared_breakers_ = nullptr;
  std::unique_ptr<SharedLimits> limits_;
  std::optional<TurnWork> writer_;
};

}  // namespace corun
