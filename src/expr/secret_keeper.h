// Hides secrets and what expressions make of them. Knows nothing of where secrets come from or of who shows what.
#pragma once

#include <cstddef>

#include "base/secret_mask.h"
#include "expr/json.h"

namespace corun {

/// The mask of a run, and what it has learned from expressions.
class SecretKeeper {
 public:
  SecretMask& mask() { return mask_; }
  const SecretMask& mask() const { return mask_; }

  /// Hides every text in `value`, and every number of at least four digits, from now on. After 10 000 texts no more are
  /// remembered: `overflowed` says so.
  void hide(const Json& value);
  bool overflowed() const { return left_ == 0; }

 private:
  SecretMask mask_;
  std::size_t left_ = 10'000;
};

}  // namespace corun
