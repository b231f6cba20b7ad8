// The small notations inside a job file's scalars. Knows nothing of YAML nodes or keys.
#include "graph/scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <utility>

#include "base/duration.h"
#include "graph/protocol.h"

namespace corun {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::size_t skip_digits(std::string_view text, std::size_t from) {
  while (from < text.size() && is_digit(text[from])) ++from;
  return from;
}

// RFC 8259, section 6.
bool is_json_number(std::string_view text) {
  std::size_t i = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = i;
  i = skip_digits(text, i);
  if (i == whole || (text[whole] == '0' && i > whole + 1)) return false;
  if (i < text.size() && text[i] == '.') {
    const std::size_t fraction = i + 1;
    i = skip_digits(text, fraction);
    if (i == fraction) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    const std::size_t exponent = i;
    i = skip_digits(text, exponent);
    if (i == exponent) return false;
  }
  return i == text.size();
}

template <typename Number>
std::optional<Number> parse_whole(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

ScalarType scalar_type(std::string_view plain) {
  if (plain.empty()) return ScalarType::string;
  if (is_digit(plain[0]) || plain[0] == '-') return is_json_number(plain) ? ScalarType::number : ScalarType::string;
  constexpr std::array<std::string_view, 6> kBooleans{"true", "false", "True", "False", "TRUE", "FALSE"};
  const bool boolean = std::find(kBooleans.begin(), kBooleans.end(), plain) != kBooleans.end();
  return boolean ? ScalarType::boolean : ScalarType::string;
}

std::optional<std::size_t> parse_size(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 8> kUnits{{{"", 1},
                                                                       {"B", 1},
                                                                       {"KB", 1e3},
                                                                       {"MB", 1e6},
                                                                       {"GB", 1e9},
                                                                       {"KiB", 1024},
                                                                       {"MiB", 1024.0 * 1024},
                                                                       {"GiB", 1024.0 * 1024 * 1024}}};
  if (text.empty() || !is_digit(text[0])) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const auto& [name, bytes] : kUnits) {
    if (unit != name) continue;
    const double size = number * bytes;
    if (size > 1e15 || size != static_cast<double>(static_cast<std::size_t>(size))) return std::nullopt;
    return static_cast<std::size_t>(size);
  }
  return std::nullopt;
}

std::optional<PermitRate> parse_rate(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto count = parse_whole<std::uint32_t>(text.substr(0, slash));
  const std::string_view period_text = text.substr(slash + 1);
  const bool unit_only = !period_text.empty() && is_letter(period_text[0]);
  const auto period = parse_duration(unit_only ? '1' + std::string(period_text) : std::string(period_text));
  if (!count || !period || *count == 0 || *period <= Duration::zero()) return std::nullopt;
  return PermitRate{*count, *period};
}

std::optional<CodeRange> parse_codes(std::string_view text, int smallest, int largest, bool classes) {
  CodeRange range;
  if (classes && text.size() == 3 && is_digit(text[0]) && text.ends_with("xx")) {
    range.first = (text[0] - '0') * 100;
    range.last = range.first + 99;
  } else {
    const std::size_t dash = text.find('-');
    const auto first = parse_whole<int>(text.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_whole<int>(text.substr(dash + 1));
    if (!first || !last) return std::nullopt;
    range = {*first, *last};
  }
  if (range.first < smallest || range.last < range.first || range.last > largest) return std::nullopt;
  return range;
}

std::optional<int> parse_signal(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, int>, 7> kSignals{{{"TERM", SIGTERM},
                                                                      {"INT", SIGINT},
                                                                      {"HUP", SIGHUP},
                                                                      {"QUIT", SIGQUIT},
                                                                      {"KILL", SIGKILL},
                                                                      {"USR1", SIGUSR1},
                                                                      {"USR2", SIGUSR2}}};
  if (text.starts_with("SIG")) text.remove_prefix(3);
  for (const auto& [name, number] : kSignals) {
    if (text == name) return number;
  }
  return std::nullopt;
}

bool is_job_name(std::string_view text) {
  if (text.empty() || text.size() > 200 || !(is_letter(text[0]) || text[0] == '_')) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '-'; });
}

bool is_http_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_letter(c) || is_digit(c) || kMarks.find(c) != std::string_view::npos;
  });
}

std::string without_expressions(std::string_view text) {
  std::string out;
  while (true) {
    const std::size_t begin = text.find("${{");
    out += text.substr(0, begin);
    if (begin == std::string_view::npos) return out;
    out += 'x';
    const std::size_t end = text.find("}}", begin);
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 2);
  }
}

std::string scheme_of(std::string_view url) {
  std::string scheme(url.substr(0, std::min(url.find("://"), url.size())));
  std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return scheme;
}

std::string url_problem(std::string_view url, bool has_base) {
  const bool base_expression = url.starts_with("${{");
  const std::string literal = without_expressions(url);
  for (const char c : literal) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte != 0x7F) continue;
    return literal.find("{{") == std::string::npos ? "a URL can't hold spaces or control characters"
                                                   : "a URL can't hold spaces; an expression is written `${{ … }}`";
  }
  std::string_view rest = literal;
  std::size_t colon = rest.find("://");
  if (rest.find_first_of("/?#") < colon) colon = std::string_view::npos;  // it stands in the path or behind it
  if ((base_expression || has_base) && colon == std::string_view::npos) return "";
  if (colon == std::string_view::npos) return "a URL starts with https:// or http://";
  if (!base_expression && !protocol_named(scheme_of(url))) return "only http and https URLs are allowed";
  rest.remove_prefix(colon + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#\\"));
  if (authority.empty()) return "the URL has no host";
  if (authority.find('@') != std::string_view::npos) return "a URL can't hold a user name or password";
  return "";
}

}  // namespace corun
