// Finds many texts in one pass over another (Aho and Corasick's automaton). Knows nothing of what they mean.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace corun {

/// Looks for a fixed set of texts. Takes 17 bytes for each distinct prefix of a text; the time of a search is linear in what is
/// searched.
class TextFinder {
 public:
  /// How far the beginnings of texts have been matched: 0 at the start.
  using State = std::uint32_t;

  /// No text may be empty. They aren't needed any more afterwards.
  explicit TextFinder(std::vector<std::string_view> texts);

  /// The state after `byte` in state `state`.
  State next(State state, unsigned char byte) const { return state == 0 ? from_start_[byte] : next_inside(state, byte); }
  /// How many of the last bytes may be the beginning of a text (or all of it): nothing before them can be part of a later match.
  std::size_t depth(State state) const { return depth_[state]; }
  /// Length of the longest text that ends here; 0: none does.
  std::size_t match(State state) const { return match_[state]; }

 private:
  State next_inside(State state, unsigned char byte) const;
  State child(State state, unsigned char byte) const;
  void build_trie(const std::vector<std::string_view>& texts);
  void link();

  // A state is a prefix, numbered by length and then by its bytes, so that the states that go on from one are neighbours.
  std::vector<unsigned char> byte_;         // the last byte of the prefix
  std::vector<std::uint32_t> first_child_;  // its last child is the one before the first child of the next state
  std::vector<std::uint32_t> depth_;        // its length
  std::vector<std::uint32_t> fail_;         // the longest other prefix it ends with
  std::vector<std::uint32_t> match_;
  std::array<State, 256> from_start_{};  // most bytes are read here
};

}  // namespace corun
