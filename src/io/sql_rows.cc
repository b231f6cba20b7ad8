// How values become JSON. Knows nothing of libpq or of connections.
#include "io/sql_rows.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/json_check.h"
#include "base/text.h"

namespace corun {
namespace {

// OIDs of built-in types, the same in every PostgreSQL.
constexpr std::uint32_t kBool = 16;
constexpr std::uint32_t kInt8 = 20;
constexpr std::uint32_t kInt2 = 21;
constexpr std::uint32_t kInt4 = 23;
constexpr std::uint32_t kJson = 114;
constexpr std::uint32_t kFloat4 = 700;
constexpr std::uint32_t kFloat8 = 701;
constexpr std::uint32_t kNumeric = 1700;
constexpr std::uint32_t kJsonb = 3802;

constexpr std::int64_t kMostExact = std::int64_t{1} << 53;
constexpr std::size_t kExactDigits = 15;  // that every double keeps
constexpr std::size_t kMostZeros = 64;    // far from where doubles end

bool is_exact_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= -kMostExact && value <= kMostExact;
}

bool is_finite(std::string_view text) {
  return !text.empty() && (text.back() >= '0' && text.back() <= '9');  // not NaN, Infinity
}

// Digits with a point, as PostgreSQL writes a numeric.
bool is_exact_numeric(std::string_view text) {
  std::size_t digits = 0;
  std::size_t zeros = 0;
  for (const char c : text) {
    if (c == '-' || c == '.') continue;
    if (c < '0' || c > '9') return false;
    if (digits > 0 || c != '0') {
      ++digits;
    } else {
      ++zeros;
    }
  }
  return digits <= kExactDigits && zeros <= kMostZeros && digits + zeros > 0;
}

}  // namespace

void append_sql_value(std::string& out, std::uint32_t type, std::string_view text) {
  bool raw = false;
  switch (type) {
    case kBool:
      text = text == "t" ? "true" : "false";
      raw = true;
      break;
    case kInt2:
    case kInt4:
    case kInt8: raw = is_exact_integer(text); break;
    case kFloat4:
    case kFloat8: raw = is_finite(text); break;
    case kNumeric: raw = is_exact_numeric(text); break;
    case kJson:
    case kJsonb: raw = !json_problem(text); break;
    default: break;
  }
  if (raw) {
    out += text;
  } else {
    append_json_string(out, text);
  }
}

void SqlRows::add_column(std::string_view name, std::uint32_t type) {
  std::string unique(name);
  for (int number = 2; std::find(names_.begin(), names_.end(), unique) != names_.end(); ++number) {
    unique = std::string(name) + '_' + std::to_string(number);
  }
  columns_.push_back({json_string(unique) + ':', type});
  names_.push_back(std::move(unique));
}

bool SqlRows::begin_row() {
  if (rows_ == max_rows_) {
    refusal_ = "the result has more than " + std::to_string(max_rows_) + " rows (max_rows)";
    json_.clear();
    return false;
  }
  json_ += rows_ == 0 ? "[{" : ",{";
  return true;
}

void SqlRows::end_row() {
  json_ += '}';
  next_column_ = 0;
  ++rows_;
}

void SqlRows::add_empty_row() {
  if (refusal_.empty() && begin_row()) end_row();
}

void SqlRows::add_value(std::optional<std::string_view> text) {
  if (!refusal_.empty()) return;
  if (next_column_ > 0) {
    json_ += ',';
  } else if (!begin_row()) {
    return;
  }
  const Column& column = columns_[next_column_];
  json_ += column.key;
  if (text) {
    append_sql_value(json_, column.type, *text);
  } else {
    json_ += "null";
  }
  if (++next_column_ == columns_.size()) end_row();
  if (json_.size() > max_bytes_) {
    refusal_ = "the result has more than " + std::to_string(max_bytes_ >> 20) + " MiB";
    json_.clear();
  }
}

std::string SqlRows::take() {
  if (rows_ == 0) return "[]";
  return std::exchange(json_, {}) + ']';
}

}  // namespace corun
