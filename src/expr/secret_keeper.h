// Hides secrets and what expressions make of them. Knows nothing of where secrets come from or of who shows what.
#pragma once

#include <cstddef>
#include <functional>
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
  /// `tell` is called once, with why, if more texts come than are remembered; at once if they have come already. Null: nobody.
  void when_full(std::function<void(const std::string& why)> tell);
  /// `value` without secrets; a number or boolean that is one, or holds one among its digits, becomes a string.
  Json masked(const Json& value) const;
  /// Whether a secret stands somewhere in `value`.
  bool finds_in(const Json& value) const;

 private:
  static constexpr std::size_t kMostTexts = 10'000;
  static constexpr std::size_t kMostBytes = 256U << 10U;

  void hide_text(std::string_view text);
  void tell_full();

  SecretMask mask_;
  std::unordered_set<std::string> hidden_;
  std::size_t left_ = kMostTexts;
  std::size_t bytes_left_ = kMostBytes;
  bool is_full_ = false;  // there was more
  bool told_ = false;
  std::function<void(const std::string& why)> tell_;
};

}  // namespace corun
