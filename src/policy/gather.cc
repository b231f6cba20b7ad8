// The rules of the gather policies. Knows nothing of what the children do.
#include "policy/gather.h"

namespace corun {

Gather::Gather(GatherPolicy policy, std::size_t quorum, bool continue_on_failure, std::size_t children)
    : policy_(policy), quorum_(quorum), continue_on_failure_(continue_on_failure), children_(children) {
  order_.reserve(children);
  // Nothing to wait for is success; any, race and quorum of nothing never get here (a job file with one isn't valid).
  if (children == 0) verdict_ = policy == GatherPolicy::all || policy == GatherPolicy::settled;
}

void Gather::child_ended(std::size_t index, bool success) {
  order_.push_back(index);
  if (settled()) return;
  if (success) {
    ++successes_;
  } else if (!first_failure_) {
    first_failure_ = index;
  }
  verdict_ = judge(success);
}

void Gather::child_skipped() {
  --children_;
  if (!settled()) verdict_ = judge(std::nullopt);
}

std::optional<bool> Gather::judge(std::optional<bool> ended) const {
  const std::size_t pending = children_ - order_.size();
  switch (policy_) {
    case GatherPolicy::all:
      if (ended == false) return false;
      break;
    case GatherPolicy::settled: break;
    case GatherPolicy::any:
      if (ended == true) return true;
      if (pending == 0) return false;
      break;
    case GatherPolicy::race:
      if (ended || pending == 0) return ended.value_or(false);
      break;
    case GatherPolicy::quorum:
      if (successes_ >= quorum_) return true;
      if (successes_ + pending < quorum_) return false;
      break;
  }
  if (pending == 0) return true;
  return std::nullopt;
}

bool Gather::cancel_rest() const {
  if (!settled() || finished()) return false;
  return succeeded() || !continue_on_failure_;
}

}  // namespace corun
