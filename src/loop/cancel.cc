// The scope tree: linking, and telling everything below. Knows nothing of jobs.
#include "loop/cancel.h"

#include <algorithm>

namespace corun {

void CancelScope::Hook::unlink() {
  if (scope_ == nullptr) return;
  if (previous_ != nullptr) {
    previous_->next_ = next_;
  } else {
    scope_->first_hook_ = next_;
  }
  if (next_ != nullptr) next_->previous_ = previous_;
  scope_ = nullptr;
  previous_ = next_ = nullptr;
}

CancelScope::CancelScope(CancelScope& parent) : CancelScope(parent, parent.deadline_) {}

CancelScope::CancelScope(CancelScope& parent, TimePoint deadline)
    : parent_(&parent),
      next_(parent.first_child_),
      deadline_(std::min(parent.deadline_, deadline)),
      reason_(parent.reason_),
      forced_(parent.forced_) {
  if (next_ != nullptr) next_->previous_ = this;
  parent.first_child_ = this;
}

CancelScope::~CancelScope() {
  while (first_hook_ != nullptr) first_hook_->unlink();
  for (CancelScope* child = first_child_; child != nullptr; child = child->next_) child->parent_ = nullptr;
  if (parent_ == nullptr) return;
  if (previous_ != nullptr) {
    previous_->next_ = next_;
  } else {
    parent_->first_child_ = next_;
  }
  if (next_ != nullptr) next_->previous_ = previous_;
}

void CancelScope::cancel(CancelReason reason) { tell(reason, false); }
void CancelScope::force(CancelReason reason) { tell(reason, true); }

void CancelScope::tell(CancelReason reason, bool forced) {
  if (forced && forced_) return tell_again();
  if (cancelled() && !forced) return;
  if (!cancelled()) reason_ = reason;
  forced_ = forced_ || forced;
  // A hook may unlink itself (or be unlinked by what it disarms) while it is told, but no other.
  for (Hook* hook = first_hook_; hook != nullptr;) {
    Hook* next = hook->next_;
    hook->on_cancel();
    hook = next;
  }
  for (CancelScope* child = first_child_; child != nullptr; child = child->next_) child->tell(reason_, forced_);
}

// What began after the scope was forced doesn't know of it.
void CancelScope::tell_again() {
  for (Hook* hook = first_hook_; hook != nullptr;) {
    Hook* next = hook->next_;
    hook->on_forced_again();
    hook = next;
  }
  for (CancelScope* child = first_child_; child != nullptr; child = child->next_) child->force(reason_);
}

void CancelScope::link(Hook& hook) {
  hook.unlink();
  hook.scope_ = this;
  hook.next_ = first_hook_;
  if (first_hook_ != nullptr) first_hook_->previous_ = &hook;
  first_hook_ = &hook;
}

DeadlineScope::DeadlineScope(Loop& loop, CancelScope& parent, TimePoint deadline, CancelReason reason)
    : CancelScope(parent, deadline), timeout_reason_(reason) {
  if (deadline != TimePoint::max()) arm(loop, deadline);
}

}  // namespace corun
