// Reads files of outputs. Knows nothing of processes.
#include "io/output_file.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/json_check.h"
#include "base/text.h"

namespace corun {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

Error error_at(std::size_t line, const std::string& message) { return Error{"line " + std::to_string(line) + ": " + message}; }

Result<std::string> parse_json(std::string_view text) {
  if (const std::optional<JsonProblem> problem = json_problem(text)) {
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(problem->offset), '\n');
    return error_at(static_cast<std::size_t>(line), "not one JSON object: " + std::string(problem->message));
  }
  const std::size_t start = text.find_first_not_of(kBlanks);
  return std::string(text.substr(start, text.find_last_not_of(kBlanks) + 1 - start));
}

bool is_key(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && !is_digit(text.front()) && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '-';
  });
}

class LineParser {
 public:
  explicit LineParser(std::string_view text) : text_(text) {}

  Result<std::string> parse() {
    while (!at_end()) {
      const std::string_view line = take_line();
      if (line.find_first_not_of(kBlanks) == std::string_view::npos) continue;
      const std::size_t sign = std::min(line.find('='), line.find("<<"));
      if (sign == std::string_view::npos) return error_at(line_, "expected key=value");
      const std::string_view key = line.substr(0, sign);
      if (!is_key(key)) {
        return error_at(
            line_, "`" + std::string(key) + "` can't be a key: only letters, digits, `_` and `-`, and no digit at the start");
      }
      if (line[sign] == '=') {
        set(key, std::string(line.substr(sign + 1)));
      } else if (Result<std::string> value = take_lines_until(line.substr(sign + 2))) {
        set(key, std::move(*value));
      } else {
        return value.error();
      }
    }
    return object();
  }

 private:
  bool at_end() const { return position_ == text_.size(); }

  // The next line without its end.
  std::string_view take_line() {
    ++line_;
    const std::size_t end = std::min(text_.find('\n', position_), text_.size());
    std::string_view line = text_.substr(position_, end - position_);
    position_ = std::min(end + 1, text_.size());
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  Result<std::string> take_lines_until(std::string_view delimiter) {
    const std::size_t start = line_;
    if (delimiter.empty()) return error_at(start, "expected a delimiter behind `<<`");
    std::string value;
    for (bool first = true; !at_end(); first = false) {
      const std::string_view line = take_line();
      if (line == delimiter) return value;
      if (!first) value += '\n';
      value += line;
    }
    return error_at(start, "no line `" + std::string(delimiter) + "` ends this value");
  }

  void set(std::string_view key, std::string value) {
    const auto [known, is_new] = index_.try_emplace(key, values_.size());
    if (is_new) {
      values_.emplace_back(key, std::move(value));
    } else {
      values_[known->second].second = std::move(value);
    }
  }

  std::string object() const {
    std::string json = "{";
    for (const auto& [key, value] : values_) {
      if (json.size() > 1) json += ',';
      append_json_string(json, key);
      json += ':';
      append_json_string(json, value);
    }
    return json + "}";
  }

  std::string_view text_;
  std::size_t position_ = 0;
  std::size_t line_ = 0;  // number of the line taken last
  std::vector<std::pair<std::string_view, std::string>> values_;
  std::unordered_map<std::string_view, std::size_t> index_;
};

}  // namespace

Result<std::string> parse_output_file(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first != std::string_view::npos && text[first] == '{') return parse_json(text);
  return LineParser(text).parse();
}

}  // namespace corun
