// Hides secrets and what expressions make of them. Knows nothing of where secrets come from or of who shows what.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/secret_mask.h"
#include "expr/json.h"

namespace corun {

/// The mask of a run, and what it has learned from expressions.
class SecretKeeper {
 public:
  SecretMask& mask() { return mask_; }
  const SecretMask& mask() const { return mask_; }

  /// Hides every text in `value`, and every number of at least four digits, from now on. After 10 000 texts or 256 KiB no more
  /// are remembered.
  void hide(const Json& value);
  /// `value` without secrets; a number or boolean that is one, or holds one among its digits, becomes a string.
  Json masked(const Json& value) const;
  /// Whether a secret stands somewhere in `value`.
  bool finds_in(const Json& value) const;

 private:
  void hide_text(std::string_view text);

  SecretMask mask_;
  std::unordered_set<std::string> hidden_;
  std::size_t left_ = 10'000;
  std::size_t bytes_left_ = 256U << 10U;
};

}  // namespace corun
