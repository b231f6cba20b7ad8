// Durations as people write and read them. Knows nothing of YAML or of clocks.
#include "base/duration.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>

namespace corun {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

constexpr std::array<Unit, 7> kUnits{{{"d", 86'400'000'000'000},
                                      {"h", 3'600'000'000'000},
                                      {"m", 60'000'000'000},
                                      {"s", 1'000'000'000},
                                      {"ms", 1'000'000},
                                      {"us", 1'000},
                                      {"ns", 1}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  long double total = 0;
  std::size_t next_unit = 0;  // units come in falling order
  while (!text.empty()) {
    std::size_t length = 0;
    while (length < text.size() && (is_digit(text[length]) || text[length] == '.')) ++length;
    if (length == 0 || !is_digit(text[0]) || !is_digit(text[length - 1])) return std::nullopt;
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + length, number, std::chars_format::fixed);
    if (error != std::errc() || end != text.data() + length) return std::nullopt;
    text.remove_prefix(length);
    length = 0;
    while (length < text.size() && text[length] >= 'a' && text[length] <= 'z') ++length;
    const std::string_view name = text.substr(0, length);
    text.remove_prefix(length);
    std::size_t unit = next_unit;
    while (unit < kUnits.size() && kUnits[unit].name != name) ++unit;
    if (unit == kUnits.size()) return std::nullopt;
    next_unit = unit + 1;
    total += static_cast<long double>(number) * static_cast<long double>(kUnits[unit].nanoseconds);
  }
  if (total >= static_cast<long double>(std::numeric_limits<std::int64_t>::max() / 4)) return std::nullopt;
  return Duration(static_cast<std::int64_t>(std::llroundl(total)));
}

std::string format_duration(Duration duration) {
  std::int64_t rest = duration.count();
  if (rest <= 0) return "0s";
  std::string text;
  for (const Unit& unit : kUnits) {
    const std::int64_t count = rest / unit.nanoseconds;
    if (count == 0) continue;
    text += std::to_string(count);
    text += unit.name;
    rest -= count * unit.nanoseconds;
  }
  return text;
}

std::string format_elapsed(Duration duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  std::array<char, 48> text{};
  const auto print = [&](const char* format, auto... values) {
    std::snprintf(text.data(), text.size(), format, values...);
    return std::string(text.data());
  };
  if (seconds < 0.0005) return "0ms";
  if (seconds < 0.9995) return print("%.0fms", seconds * 1e3);
  if (seconds < 9.95) return print("%.1fs", seconds);
  if (seconds < 59.5) return print("%.0fs", seconds);
  const auto whole = static_cast<long long>(seconds + 0.5);
  if (whole < 3600) return print("%lldm%02llds", whole / 60, whole % 60);
  return print("%lldh%02lldm", whole / 3600, whole % 3600 / 60);
}

}  // namespace corun
