// Hides secrets in whatever is shown. Knows nothing of where secrets come from, nor of who shows what.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/text_finder.h"

namespace corun {

/// Replaces secrets by `***`, in each form that base/secret_forms.h knows. Where forms overlap or touch there is one `***` for
/// all of them. Linear in the text; while there are no secrets it costs next to nothing.
class SecretMask {
 public:
  class Stream;

  SecretMask() = default;
  SecretMask(const SecretMask&) = delete;  // streams refer to it
  SecretMask& operator=(const SecretMask&) = delete;

  /// Hides `secret` from now on. False if that makes no sense, being too short or too long: without blanks at its ends it must
  /// have kMinSecretSize to kMaxSecretSize bytes.
  [[nodiscard]] bool add(std::string_view secret);

  bool empty() const { return forms_.empty(); }

  /// `text` without secrets.
  std::string masked(std::string_view text) const;
  /// The same for a text that quotes others, which may have been cut: the beginning of a secret (kMinSecretSize bytes or more)
  /// before `…` or `...` is hidden, too.
  std::string masked_message(std::string_view text) const;
  /// Whether there is a secret in `text`.
  bool finds_in(std::string_view text) const;

 private:
  // What finds some of the forms. Making it takes time in their number, so each has more than twice the forms of the next, and
  // adding secrets one by one costs as much as making each form's finder a few times.
  struct Tier {
    std::vector<std::string_view> forms;
    std::shared_ptr<const TextFinder> finder;
  };

  // All forms, those of new secrets included.
  const std::vector<Tier>& tiers() const;

  std::unordered_set<std::string> forms_;
  mutable std::vector<Tier> tiers_;
  mutable std::vector<std::string_view> new_forms_;  // those in no tier yet
};

/// Hides the secrets in a text that arrives in pieces, wherever it is cut. Bytes are held back only while they may be the
/// beginning of a secret, so at most the length of the longest form less one. A secret that is added meanwhile is hidden in what
/// hasn't been shown yet.
class SecretMask::Stream {
 public:
  /// `mask` must outlive this.
  explicit Stream(const SecretMask& mask) : mask_(&mask) {}

  /// What can be shown now that `piece` has arrived. Valid until the next call, and as long as `piece` is.
  std::string_view write(std::string_view piece);
  /// The text is over: the rest of it. What is written next is another text. Valid until the next call.
  std::string_view flush();
  /// How many bytes are held back.
  std::size_t held() const { return pending_.size() - shown_; }

 private:
  friend class SecretMask;

  struct Range {
    std::size_t begin;
    std::size_t end;
  };
  struct Reader {
    std::shared_ptr<const TextFinder> finder;
    TextFinder::State state = 0;
  };

  bool is_up_to_date(const std::vector<Tier>& tiers) const;
  void find_secrets(std::size_t from);
  std::size_t undecided() const;
  void show(std::size_t end);

  const SecretMask* mask_;
  std::vector<Reader> readers_;    // one for each tier of the mask
  std::string pending_;            // the last bytes of the text, those that may be the beginning of a secret
  std::size_t shown_ = 0;          // how many of these have been shown, as part of a `***`
  bool hides_beginnings_ = false;  // where the text was cut
  bool is_behind_mask_ = false;    // the last thing shown is a `***`
  std::vector<Range> secrets_;     // found in pending_ and not shown, in their order; they neither overlap nor touch
  std::string out_;
};

}  // namespace corun
