// Rows at the bottom of a terminal, by escape sequences that all of them know. Knows nothing of what the rows say.
#include "report/bottom_rows.h"

#include <algorithm>

#include "base/text.h"
#include "base/text_columns.h"

namespace corun {
namespace {

constexpr std::string_view kBeginFrame = "\x1b[?2026h";
constexpr std::string_view kEndFrame = "\x1b[?2026l";
constexpr std::string_view kHideCursor = "\x1b[?25l";
constexpr std::string_view kShowCursor = "\x1b[?25h";
constexpr std::string_view kSave =
    "\x1b"
    "7\x1b[m\x0f\x1b(B";  // place, colours and character set; then the usual ones
constexpr std::string_view kRestore =
    "\x1b"
    "8";
constexpr std::string_view kDown =
    "\x1b"
    "D";  // one line, scrolls at the bottom; the column stays
constexpr std::string_view kWipeBelow = "\x1b[J";
constexpr std::string_view kWipeLine = "\x1b[K";
constexpr std::string_view kNoWrap = "\x1b[?7l";  // where the terminal takes a character for wider than we do
constexpr std::string_view kWrap = "\x1b[?7h";
constexpr std::string_view kCancel = "\x18";
constexpr std::size_t kMostPutOff = 5;  // frames

constexpr std::string_view kWipeAll = "\x1b[?7h\x1b[?2026l\x1b[m\r\x1b[J\x1b[?25h";
constexpr std::string_view kWipeAllBelow = "\x1b[?7h\x1b[?2026l\x1b[m\r\n\x1b[J\x1b[?25h";
std::string_view wipe;  // one of these while the cursor is hidden

std::string_view tone_code(Tone tone) {
  switch (tone) {
    case Tone::faint: return "\x1b[2m";
    case Tone::strong: return "\x1b[1m";
    case Tone::active: return "\x1b[36m";
    case Tone::warning: return "\x1b[33m";
    case Tone::bad: return "\x1b[1;31m";
    default: return {};
  }
}

}  // namespace

void WrittenText::add(std::string_view text) {
  // What comes before the last escape doesn't matter, nor does plain text before its last character.
  constexpr std::size_t kLongestCharacter = 4;
  const std::size_t escape = text.rfind('\x1b');
  if (escape != std::string_view::npos) {
    text.remove_prefix(escape);
    state_ = State::ground;
  } else if (is_whole() && text.size() > kLongestCharacter) {
    text.remove_prefix(text.size() - kLongestCharacter);
    while (text.size() > 1 && (static_cast<unsigned char>(text.front()) & 0xC0U) == 0x80U) text.remove_prefix(1);
  }
  for (const char c : text) step(static_cast<unsigned char>(c));
}

void WrittenText::step(unsigned char byte) {
  if (byte == 0x1b) {
    state_ = State::escape;
    return;
  }
  if (byte == 0x18 || byte == 0x1a) {
    state_ = State::ground;
    return;
  }
  switch (state_) {
    case State::character:
      if ((byte & 0xC0U) == 0x80U) {
        if (--missing_ == 0) state_ = State::ground;
        return;
      }
      [[fallthrough]];
    case State::ground:
      state_ = State::ground;
      if (byte >= 0xC2 && byte <= 0xF4) {
        state_ = State::character;
        missing_ = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : 1;
      }
      return;
    case State::escape:
      if (byte == '[') {
        state_ = State::control;
      } else if (byte == ']' || byte == 'P' || byte == 'X' || byte == '^' || byte == '_') {
        state_ = State::string;
      } else if (byte >= 0x20 && byte <= 0x2f) {
        state_ = State::intermediate;
      } else if (byte >= 0x20) {
        state_ = State::ground;
      }
      return;
    case State::intermediate:
      if (byte >= 0x30) state_ = State::ground;
      return;
    case State::control:
      if (byte >= 0x40) state_ = State::ground;
      return;
    case State::string:
      if (byte == 0x07) state_ = State::ground;
      return;
  }
}

BottomRows::BottomRows(OutputStream& stream, bool color) : stream_(stream), color_(color) { stream_.set_below(this); }

BottomRows::~BottomRows() {
  clear();
  stream_.set_below(nullptr);
}

std::string_view BottomRows::emergency() { return wipe; }

void BottomRows::set_size(std::size_t columns, std::size_t lines) {
  before_text({});  // what the terminal made of the rows is wiped, and drawn anew
  columns_ = columns > 0 ? columns : 80;
  lines_ = lines > 0 ? lines : 24;
}

void BottomRows::put(std::string_view bytes) { stream_.queue().append(bytes); }

void BottomRows::begin_frame(std::string& out) {
  if (in_frame_) return;
  in_frame_ = true;
  out += kBeginFrame;
}

// Something is about to be written where the rows are.
void BottomRows::before_text(std::string_view text) {
  if (shown_) {
    std::string out;
    begin_frame(out);
    if (below_line_)
      out +=
          "\x1b"
          "D\x1b[A";  // a terminal that got smaller may have cut off what was below
    out += kSave;
    if (below_line_) out += "\x1b[B";
    out += '\r';
    out += kWipeBelow;
    out += kRestore;
    if (!below_line_) out += '\r';  // keys may have been echoed
    put(out);
    shown_ = false;
  }
  written_.add(text);
}

// Much has been written; it goes out now, with the rows as they were.
void BottomRows::before_writing() {
  if (!shown_ && !rows_.empty() && in_frame_ && written_.is_whole()) draw({});
}

std::string BottomRows::painted(const Row& row) const {
  std::string line;
  std::size_t left = columns_ - 1;  // in the last column some terminals wrap, others wait
  for (const Span& span : row) {
    std::string text = escape_control(span.text);
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
    const std::string fits = shortened_to_columns(text, left);
    const std::string_view code = color_ ? tone_code(span.tone) : std::string_view();
    line += code;
    line += fits;
    if (!code.empty()) line += "\x1b[m";
    if (fits != text) break;
    left -= text_columns(fits);
  }
  return line;
}

void BottomRows::draw(const std::vector<Row>& rows) {
  std::vector<std::string> lines;
  for (const Row& row : rows) lines.push_back(painted(row));
  if (rows.empty()) lines = rows_;  // the same again
  lines.resize(std::min(lines.size(), room()));
  std::string out;
  if (!written_.is_whole()) {
    rows_ = lines;
    if (++put_off_ < kMostPutOff) return;
    out += kCancel;
    written_ = WrittenText();
  }
  put_off_ = 0;
  const bool below_line = shown_ ? below_line_ : !stream_.at_line_start();
  if (shown_ && lines == rows_ && !in_frame_ && below_line == below_line_) return;
  begin_frame(out);
  below_line_ = below_line;
  const std::size_t down = lines.empty() ? 0 : lines.size() - (below_line ? 0 : 1);
  if (!hidden_) out += kHideCursor;
  hidden_ = true;
  wipe = below_line ? kWipeAllBelow : kWipeAll;
  for (std::size_t i = 0; i < down; ++i) out += kDown;
  if (down > 0) out += "\x1b[" + std::to_string(down) + 'A';
  out += kSave;
  out += kNoWrap;
  const char* separator = below_line ? "\r\n" : "\r";
  for (const std::string& line : lines) {
    out += separator;
    out += line;
    out += kWipeLine;
    separator = "\r\n";
  }
  out += kWipeBelow;
  out += kWrap;
  out += kRestore;
  out += kEndFrame;
  in_frame_ = false;
  shown_ = true;
  rows_ = std::move(lines);
  put(out);
}

void BottomRows::clear() {
  before_text({});
  std::string out;
  if (hidden_) out += kShowCursor;
  if (in_frame_) out += kEndFrame;
  hidden_ = false;
  wipe = {};
  in_frame_ = false;
  rows_.clear();
  put(out);
}

}  // namespace corun
