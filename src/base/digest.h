// A 64-bit digest of texts and numbers, to tell whether something has changed. Not against those who mean harm. Knows nothing
// of what is told apart.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace corun {

/// Takes parts one after another; the same parts in the same order give the same value on every machine of one byte order.
/// Eight bytes at a time, mixed as by splitmix64.
class Digest {
 public:
  Digest& add(std::uint64_t number) {
    state_ = mixed(state_ ^ number);
    return *this;
  }
  /// With its length, so that "ab" + "c" differs from "a" + "bc".
  Digest& add(std::string_view text) {
    add(static_cast<std::uint64_t>(text.size()));
    while (text.size() >= sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, text.data(), sizeof word);
      add(word);
      text.remove_prefix(sizeof word);
    }
    if (!text.empty()) {
      std::uint64_t word = 0;
      std::memcpy(&word, text.data(), text.size());
      add(word);
    }
    return *this;
  }

  std::uint64_t value() const { return state_; }

 private:
  static std::uint64_t mixed(std::uint64_t word) {
    word += 0x9E3779B97F4A7C15ULL;
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9ULL;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBULL;
    return word ^ (word >> 31);
  }

  std::uint64_t state_ = 0;
};

}  // namespace corun
