// Finds many texts in one pass. Knows nothing of what they mean.
#include "base/text_finder.h"

#include <algorithm>

namespace corun {

TextFinder::TextFinder(std::vector<std::string_view> texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  build_trie(texts);
  for (std::size_t byte = 0; byte < from_start_.size(); ++byte) from_start_[byte] = child(0, static_cast<unsigned char>(byte));
  link();
}

// A state stands for the range of sorted texts that begin with it; reading these texts column by column gives its children.
void TextFinder::build_trie(const std::vector<std::string_view>& texts) {
  struct Range {
    std::size_t begin;
    std::size_t end;
  };
  std::vector<Range> ranges{{0, texts.size()}};
  const auto add_state = [&](unsigned char byte, std::size_t depth, Range range) {
    byte_.push_back(byte);
    depth_.push_back(static_cast<std::uint32_t>(depth));
    match_.push_back(range.begin < range.end && texts[range.begin].size() == depth ? depth_.back() : 0);
  };
  add_state(0, 0, {0, 0});
  // The states of one length at a time: only their ranges are needed for the next.
  for (std::size_t depth = 0; !ranges.empty(); ++depth) {
    std::vector<Range> longer;
    for (const Range& range : ranges) {
      first_child_.push_back(static_cast<std::uint32_t>(byte_.size()));
      std::size_t begin = range.begin;
      if (begin < range.end && texts[begin].size() == depth) ++begin;  // ends here
      while (begin < range.end) {
        const char byte = texts[begin][depth];
        std::size_t end = begin + 1;
        while (end < range.end && texts[end][depth] == byte) ++end;
        longer.push_back({begin, end});
        add_state(static_cast<unsigned char>(byte), depth + 1, longer.back());
        begin = end;
      }
    }
    ranges = std::move(longer);
  }
  first_child_.push_back(static_cast<std::uint32_t>(byte_.size()));
}

// Shorter prefixes come first, so whatever a state falls back to is already done.
void TextFinder::link() {
  fail_.assign(byte_.size(), 0);
  for (State state = 0; state < byte_.size(); ++state) {
    for (State longer = first_child_[state]; longer < first_child_[state + 1]; ++longer) {
      if (state != 0) fail_[longer] = next(fail_[state], byte_[longer]);
      if (match_[longer] == 0) match_[longer] = match_[fail_[longer]];
    }
  }
}

// The state for one byte more; 0 if no text goes on so.
TextFinder::State TextFinder::child(State state, unsigned char byte) const {
  const auto begin = byte_.begin() + first_child_[state];
  const auto end = byte_.begin() + first_child_[state + 1];
  const auto it = std::lower_bound(begin, end, byte);
  return it != end && *it == byte ? static_cast<State>(it - byte_.begin()) : 0;
}

TextFinder::State TextFinder::next_inside(State state, unsigned char byte) const {
  while (state != 0) {
    if (const State longer = child(state, byte); longer != 0) return longer;
    state = fail_[state];
  }
  return from_start_[byte];
}

}  // namespace corun
