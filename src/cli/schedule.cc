// Whether schedules of cron and systemd are written well. Knows nothing of job files.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/print_schedule_command.h"

namespace corun {
namespace {

struct CronField {
  std::string_view name;
  int least;
  int most;
  std::string_view words;  // of the numbers from `least` on, a blank behind each
};

constexpr std::array<CronField, 5> kFields{{{"minute", 0, 59, ""},
                                            {"hour", 0, 23, ""},
                                            {"day of the month", 1, 31, ""},
                                            {"month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec "},
                                            {"day of the week", 0, 7, "sun mon tue wed thu fri sat "}}};
constexpr std::array<std::string_view, 7> kCronWords = {"@yearly", "@annually", "@monthly", "@weekly",
                                                        "@daily",  "@midnight", "@hourly"};
constexpr std::array<std::string_view, 9> kCalendarWords = {"minutely", "hourly",   "daily",     "weekly",      "monthly",
                                                            "yearly",   "annually", "quarterly", "semiannually"};
constexpr std::string_view kDays = " mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday ";

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words = split(text, ' ');
  std::erase(words, std::string_view());
  return words;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

std::optional<int> number_of(std::string_view text) {
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || failure != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

std::optional<int> value_of(const CronField& field, std::string_view text) {
  if (const std::optional<int> number = number_of(text)) {
    if (*number >= field.least && *number <= field.most) return number;
    return std::nullopt;
  }
  const std::size_t found = text.size() == 3 ? field.words.find(lower(text) + ' ') : std::string_view::npos;
  if (found == std::string_view::npos) return std::nullopt;
  return field.least + static_cast<int>(found / 4);
}

// `*`, `5`, `1-5`, each perhaps with `/2` behind.
bool is_part(const CronField& field, std::string_view part) {
  const std::size_t slash = part.find('/');
  if (slash != std::string_view::npos) {
    const std::optional<int> step = number_of(part.substr(slash + 1));
    if (!step || *step < 1 || *step > field.most) return false;
    part = part.substr(0, slash);
  }
  if (part == "*") return true;
  const std::size_t dash = part.find('-');
  const std::optional<int> first = value_of(field, part.substr(0, dash));
  if (dash == std::string_view::npos) return first && slash == std::string_view::npos;
  const std::optional<int> last = value_of(field, part.substr(dash + 1));
  return first && last && *first <= *last;
}

bool consists_of(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

bool are_days(std::string_view text) {
  for (const std::string_view list : split(text, ',')) {
    const std::size_t range = list.find_first_of(".-");  // `..`, in older units `-`
    const std::string first = ' ' + lower(list.substr(0, range)) + ' ';
    if (first.size() < 5 || kDays.find(first) == std::string_view::npos) return false;
    if (range == std::string_view::npos) continue;
    const std::size_t sign = list[range] == '-' ? 1 : 2;
    if (sign == 2 && !list.substr(range).starts_with("..")) return false;
    const std::string last = ' ' + lower(list.substr(range + sign)) + ' ';
    if (last.size() < 5 || kDays.find(last) == std::string_view::npos) return false;
  }
  return true;
}

bool is_time(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, ':');
  if (parts.size() < 2 || parts.size() > 3) return false;
  constexpr std::array kMost = {23, 59, 59};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!consists_of(parts[i], "0123456789*,./")) return false;
    if (const std::optional<int> number = number_of(parts[i]); number && *number > kMost[i]) return false;
  }
  return true;
}

bool is_date(std::string_view text) {
  return consists_of(text, "0123456789*,./-~") && text.find_first_of("-~") != std::string_view::npos;
}

bool is_zone(std::string_view text) {
  constexpr const char* kZones = "/usr/share/zoneinfo";
  if (text == "UTC") return true;
  if (!consists_of(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_/+-")) return false;
  if (::access(kZones, X_OK) != 0) return text.find('/') != std::string_view::npos;
  return ::access((std::string(kZones) + '/' + std::string(text)).c_str(), R_OK) == 0;
}

}  // namespace

std::string cron_schedule_problem(const std::string& schedule) {
  if (schedule.find_first_of("\r\n\t%") != std::string::npos) return "it is one line of fields with blanks between";
  if (schedule.starts_with('@')) {
    if (std::find(kCronWords.begin(), kCronWords.end(), schedule) != kCronWords.end() || schedule == "@reboot") return {};
    return "cron knows @reboot, @hourly, @daily, @midnight, @weekly, @monthly, @yearly and @annually";
  }
  const std::vector<std::string_view> fields = words_of(schedule);
  if (fields.size() != kFields.size()) {
    return "it has " + std::to_string(fields.size()) +
           " fields instead of 5: minute, hour, day of the month, month, day of the week";
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    for (const std::string_view part : split(fields[i], ',')) {
      if (is_part(kFields[i], part)) continue;
      return "`" + std::string(part) + "` isn't a " + std::string(kFields[i].name) + " (" + std::to_string(kFields[i].least) +
             "-" + std::to_string(kFields[i].most) + ", a range, `*`, or `*/STEP`)";
    }
  }
  return {};
}

std::string calendar_problem(const std::string& when) {
  if (when.find_first_of("\r\n\t%") != std::string::npos) return "it is one line of words with blanks between";
  std::vector<std::string_view> words = words_of(when);
  if (words.empty()) return "it is empty";
  const auto is_word = [&](std::string_view word) {
    return std::find(kCalendarWords.begin(), kCalendarWords.end(), lower(word)) != kCalendarWords.end();
  };
  std::size_t at = 0;
  if (is_word(words[at])) {
    ++at;
  } else {
    const std::size_t start = at;
    if (at < words.size() && are_days(words[at])) ++at;
    if (at < words.size() && is_date(words[at])) ++at;
    if (at < words.size() && is_time(words[at])) ++at;
    if (at == start) return "`" + std::string(words[at]) + "` is neither days, a date nor a time, such as `Mon..Fri 02:15`";
  }
  if (at < words.size() && is_zone(words[at])) ++at;
  if (at < words.size()) return "`" + std::string(words[at]) + "` isn't understood, or not at this place";
  return {};
}

}  // namespace corun
