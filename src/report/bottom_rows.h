// Rows at the bottom of a terminal, below whatever else is written to it. Knows escape sequences, nothing of what the rows say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report/output_stream.h"
#include "report/row.h"

namespace corun {

/// What a terminal does with the next byte, as far as what was written to it tells: in the middle of a character or an escape
/// sequence nothing else may be written.
class WrittenText {
 public:
  void add(std::string_view text);
  bool is_whole() const { return state_ == State::ground; }

 private:
  enum class State : std::uint8_t { ground, character, escape, intermediate, control, string };
  void step(unsigned char byte);

  State state_ = State::ground;
  std::size_t missing_ = 0;  // bytes of a character
};

/// Draws rows below what the streams of a terminal write. The cursor stays where that has ended, above the rows, hidden as long
/// as they are there: so they can be wiped without knowing how many lines they take by now, and what is written next goes on in
/// the middle of a line, with its colours.
class BottomRows final : private BelowText {
 public:
  /// `stream`, and one that shares its place, write to the terminal; it must outlive this.
  BottomRows(OutputStream& stream, bool color);
  BottomRows(const BottomRows&) = delete;
  BottomRows& operator=(const BottomRows&) = delete;
  ~BottomRows();

  void set_size(std::size_t columns, std::size_t lines);
  /// Rows that fit in below at least one line of text.
  std::size_t room() const { return lines_ > 0 ? lines_ - 1 : 0; }
  std::size_t columns() const { return columns_; }

  /// Shows these rows instead of those that are there, unless what was written last is unfinished; in the stream's queue.
  void draw(const std::vector<Row>& rows);
  /// Takes the rows away and shows the cursor.
  void clear();
  /// Whether there are rows, or something was written since they were.
  bool is_shown() const { return shown_; }
  /// What wipes the rows that are shown and brings the cursor back, for who can't do more; "": there are none.
  static std::string_view emergency();

 private:
  void before_text(std::string_view text) override;
  void before_writing() override;
  void begin_frame(std::string& out);
  void put(std::string_view bytes);
  std::string painted(const Row& row) const;

  OutputStream& stream_;
  bool color_;
  std::size_t columns_ = 80;
  std::size_t lines_ = 24;
  WrittenText written_;
  std::vector<std::string> rows_;  // that were drawn last
  bool shown_ = false;
  bool hidden_ = false;      // the cursor
  bool in_frame_ = false;    // a terminal that can holds back what it shows
  bool below_line_ = false;  // the rows begin in the line below the cursor's
  std::size_t put_off_ = 0;
};

}  // namespace corun
