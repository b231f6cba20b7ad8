// Checks the form of JSON without keeping anything of it. Knows nothing of what it says.
#include "base/json_check.h"

#include <charconv>
#include <vector>

#include "base/text.h"

namespace corun {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// One pass; every method leaves the position behind what it has read, or notes what is wrong there and gives false.
class JsonChecker {
 public:
  explicit JsonChecker(std::string_view text) : text_(text) {}

  std::optional<JsonProblem> check() {
    if (!values()) return problem_;
    peek();
    if (position_ < text_.size()) return JsonProblem{position_, "text after the value"};
    return std::nullopt;
  }

 private:
  // The next character that isn't blank; NUL at the end.
  char peek() {
    while (position_ < text_.size() && std::string_view(" \t\r\n").find(text_[position_]) != std::string_view::npos) ++position_;
    return current();
  }
  char current() const { return position_ < text_.size() ? text_[position_] : '\0'; }
  bool fail(std::string_view message) {
    problem_ = {position_, message};
    return false;
  }
  bool take(char c) {
    if (current() != c) return false;
    ++position_;
    return true;
  }

  // A value with all that is inside it. Lists and objects that are open are kept as the character that closes them.
  bool values() {
    std::vector<char> open;
    while (true) {
      const char first = peek();
      if (first == '[' || first == '{') {
        ++position_;
        if (open.size() == kMaxJsonDepth) return fail("nested too deep");
        open.push_back(first == '[' ? ']' : '}');
        if (peek() != open.back()) {
          if (first == '{' && !key()) return false;
          continue;
        }
      } else if (!scalar(first)) {
        return false;
      }
      while (!open.empty() && peek() == open.back()) {
        ++position_;
        open.pop_back();
      }
      if (open.empty()) return true;
      if (!take(',')) return fail(open.back() == ']' ? "expected `,` or `]`" : "expected `,` or `}`");
      if (open.back() == '}' && !key()) return false;
    }
  }

  bool key() {
    if (peek() != '"') return fail("expected a key in double quotes");
    if (!string()) return false;
    peek();
    return take(':') || fail("expected `:`");
  }

  bool scalar(char first) {
    if (first == '"') return string();
    if (first == '-' || is_digit(first)) return number();
    for (const std::string_view word : {"true", "false", "null"}) {
      if (!text_.substr(position_).starts_with(word)) continue;
      position_ += word.size();
      return true;
    }
    return fail("expected a value");
  }

  bool digits() {
    if (!is_digit(current())) return fail("expected a digit");
    while (is_digit(current())) ++position_;
    return true;
  }
  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }

  bool string() {
    ++position_;
    while (position_ < text_.size()) {
      const auto byte = static_cast<unsigned char>(current());
      if (byte < 0x20) return fail("a control character in a string");
      const std::size_t length = utf8_length(text_.substr(position_));
      if (length == 0) return fail("not UTF-8");
      position_ += length;
      if (byte == '"') return true;
      if (byte == '\\' && !escape()) return false;
    }
    return fail("a string isn't closed");
  }
  bool escape() {
    const bool is_code = current() == 'u';
    if (std::string_view("\"\\/bfnrtu").find(current()) == std::string_view::npos) return fail("unknown escape");
    ++position_;
    if (!is_code) return true;
    unsigned unit = 0;
    if (!hex_digits(unit)) return false;
    if (unit < 0xD800 || unit > 0xDBFF) return true;
    if (!text_.substr(position_).starts_with("\\u")) return fail("half of a surrogate pair");
    position_ += 2;
    if (!hex_digits(unit)) return false;
    return (unit >= 0xDC00 && unit <= 0xDFFF) || fail("half of a surrogate pair");
  }
  bool hex_digits(unsigned& number) {
    for (const std::size_t end = position_ + 4; position_ < end; ++position_) {
      if (!is_hex_digit(current())) return fail("expected four hexadecimal digits");
    }
    std::from_chars(text_.data() + position_ - 4, text_.data() + position_, number, 16);
    return true;
  }

  std::string_view text_;
  std::size_t position_ = 0;
  JsonProblem problem_;
};

}  // namespace

std::optional<JsonProblem> json_problem(std::string_view text) { return JsonChecker(text).check(); }

}  // namespace corun
