// When a group's verdict is fixed, what it is, and who is still needed for it. Knows nothing of what the children do.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/policy_settings.h"

namespace corun {

/// The verdict over the children of one gather (resilience.md §1), told of their ends one by one. A group ends only when
/// all its children have ended (`finished`); its verdict may be fixed before (`settled`).
///
/// all: every child succeeds; fails with the first failure. settled: succeeds once all have ended. any: one succeeds.
/// race: the first to end decides. quorum: n succeed; fails as soon as n can't be reached.
class Gather {
 public:
  /// `quorum` counts only for GatherPolicy::quorum. With `continue_on_failure` a failed verdict lets the others run on.
  Gather(GatherPolicy policy, std::size_t quorum, bool continue_on_failure, std::size_t children);

  /// Child `index` (by declaration) has ended; each child ends once. A child that was cancelled did not succeed.
  void child_ended(std::size_t index, bool success);
  /// A child will never run, for what another one came to: the verdict is over the others.
  void child_skipped();

  /// The verdict is fixed: later ends don't change it.
  bool settled() const { return verdict_.has_value(); }
  /// The verdict; false until it is fixed.
  bool succeeded() const { return verdict_.value_or(false); }
  /// The children that still run aren't needed: cancel them (and await them).
  bool cancel_rest() const;
  /// Why the others are cancelled: they lost a race, or one of them failed all. The first to end wins a `race` even by
  /// failing.
  bool rest_lost_race() const { return succeeded() || policy_ == GatherPolicy::race; }
  /// Every child has ended.
  bool finished() const { return order_.size() == children_; }

  /// Children by the order in which they ended.
  const std::vector<std::size_t>& completion_order() const { return order_; }
  /// The first child that failed before the verdict was fixed, or by failing fixed it: the group's error. Losers, which
  /// end after it, never count.
  std::optional<std::size_t> first_failure() const { return first_failure_; }

 private:
  // The verdict now that a child has ended so (nothing: was skipped).
  std::optional<bool> judge(std::optional<bool> ended) const;

  GatherPolicy policy_;
  std::size_t quorum_;
  bool continue_on_failure_;
  std::size_t children_;
  std::size_t successes_ = 0;
  std::vector<std::size_t> order_;
  std::optional<std::size_t> first_failure_;
  std::optional<bool> verdict_;
};

}  // namespace corun
