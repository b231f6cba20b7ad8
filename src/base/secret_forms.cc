// Makes the forms of a secret. Knows nothing of where they are shown.
#include "base/secret_forms.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <tuple>
#include <utility>

#include "base/text.h"

namespace corun {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t start = text.find_first_not_of(kBlanks);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(kBlanks) + 1 - start);
}

// `text` with what is left in a pair replaced by what is right in it.
std::string replaced(std::string_view text, std::initializer_list<std::pair<std::string_view, std::string_view>> pairs) {
  std::string out;
  while (!text.empty()) {
    std::string_view from = text.substr(0, 1);
    std::string_view to = from;
    for (const auto& pair : pairs) {
      if (text.starts_with(pair.first)) std::tie(from, to) = pair;
    }
    out += to;
    text.remove_prefix(from.size());
  }
  return out;
}

std::string with_backslashes(std::string_view text, bool (*needs_one)(char)) {
  std::string out;
  for (const char c : text) {
    if (needs_one(c)) out += '\\';
    out += c;
  }
  return out;
}

// The characters of Base64 that `secret` alone decides if `before` bytes (0 to 2) come before it in its group of three.
std::string base64_inside(std::string_view secret, std::size_t before) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::string bytes = std::string(before, '\0') + std::string(secret);
  std::string out;
  std::size_t bits = 0;
  unsigned value = 0;
  for (const char c : bytes) {
    value = ((value << 8U) | static_cast<unsigned char>(c)) & 0xFFFFU;
    for (bits += 8; bits >= 6; bits -= 6) out += kDigits[(value >> (bits - 6)) & 63U];
  }
  return out.substr(before == 0 ? 0 : before + 1);
}

void add_base64(std::vector<std::string>& forms, std::string_view secret) {
  for (const std::size_t before : {0U, 1U, 2U}) {
    forms.push_back(base64_inside(secret, before));
    forms.push_back(replaced(forms.back(), {{"+", "-"}, {"/", "_"}}));
  }
  // By itself its last group is filled up, by zeros and `=`.
  std::string whole = base64_inside(std::string(secret) + std::string((3 - secret.size() % 3) % 3, '\0'), 0);
  whole.resize((secret.size() * 8 + 5) / 6);
  for (const char* end : {"", "=", "=="}) {
    forms.push_back(whole + end);
    forms.push_back(replaced(forms.back(), {{"+", "-"}, {"/", "_"}}));
  }
  const std::string alone = base64_inside(secret, 0);
  for (const std::size_t width : {64U, 76U}) {
    for (std::size_t start = 0; alone.size() > width && start < alone.size(); start += width) {
      forms.push_back(alone.substr(start, width));
    }
  }
}

void add_percent_encoded(std::vector<std::string>& forms, std::string_view secret) {
  const std::string plain = percent_encode(secret);
  for (std::string form : {plain, replaced(plain, {{"%20", "+"}, {"~", "%7E"}, {"%2A", "*"}}), replaced(plain, {{"%2F", "/"}}),
                           replaced(plain, {{"%21", "!"}, {"%27", "'"}, {"%28", "("}, {"%29", ")"}, {"%2A", "*"}})}) {
    forms.push_back(form);
    for (std::size_t i = 0; i < form.size(); ++i) {
      if (form[i] != '%') continue;
      for (const std::size_t digit : {i + 1, i + 2}) {
        if (form[digit] >= 'A') form[digit] = static_cast<char>(form[digit] - 'A' + 'a');
      }
    }
    forms.push_back(std::move(form));
  }
}

// `text` in lower-case hexadecimal.
std::string hexadecimal(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
  return out;
}

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

std::string utf16_escape(unsigned unit) {
  const std::array<char, 2> bytes{static_cast<char>(unit >> 8U), static_cast<char>(unit & 0xFFU)};
  return "\\u" + hexadecimal({bytes.data(), bytes.size()});
}

// The text of a JSON string with all but ASCII escaped.
std::string in_ascii(std::string_view json) {
  std::string out;
  while (!json.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_length(json), 1);
    if (length == 1) {
      out += json.front();
    } else {
      unsigned point = static_cast<unsigned char>(json.front()) & (0xFFU >> (length + 1));
      for (const char c : json.substr(1, length - 1)) point = (point << 6U) | (static_cast<unsigned char>(c) & 0x3FU);
      out += point < 0x10000 ? utf16_escape(point)
                             : utf16_escape(0xD800U + ((point - 0x10000U) >> 10U)) + utf16_escape(0xDC00U + (point & 0x3FFU));
    }
    json.remove_prefix(length);
  }
  return out;
}

void add_json(std::vector<std::string>& forms, std::string_view secret) {
  const std::string quoted = json_string(secret);
  const std::string plain =
      replaced(std::string_view(quoted).substr(1, quoted.size() - 2), {{"\\u0008", "\\b"}, {"\\u000c", "\\f"}, {"\\\\", "\\\\"}});
  forms.push_back(quoted.substr(1, quoted.size() - 2));
  forms.push_back(plain);
  forms.push_back(replaced(plain, {{"/", "\\/"}}));
  forms.push_back(in_ascii(plain));
  forms.push_back(replaced(in_ascii(plain), {{"/", "\\/"}}));
  forms.push_back(replaced(plain, {{"\\\\", "\\\\"}, {"\\\"", "\""}, {"'", "\\'"}}));  // in $'…', as Python shows it
  forms.push_back(replaced(plain, {{"<", "\\u003c"}, {">", "\\u003e"}, {"&", "\\u0026"}}));
}

// In HTML and XML, as jq, Python, Go and others write it.
void add_markup(std::vector<std::string>& forms, std::string_view secret) {
  const std::string text = replaced(secret, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}});
  forms.push_back(text);
  for (const char* double_quote : {"&quot;", "&#34;"}) {
    forms.push_back(replaced(text, {{"\"", double_quote}}));
    for (const char* quote : {"&#39;", "&#x27;", "&apos;"}) {
      forms.push_back(replaced(text, {{"\"", double_quote}, {"'", quote}}));
    }
  }
}

// Between quotes where a quote is written twice: CSV, SQL.
void add_doubled_quotes(std::vector<std::string>& forms, std::string_view secret) {
  forms.push_back(replaced(secret, {{"\"", "\"\""}}));
  forms.push_back(replaced(secret, {{"'", "''"}}));
}

void add_shell_quoted(std::vector<std::string>& forms, std::string_view secret) {
  forms.push_back(replaced(secret, {{"'", "'\\''"}}));
  forms.push_back(replaced(secret, {{"'", "'\"'\"'"}}));
  forms.push_back(with_backslashes(secret, [](char c) { return std::string_view("\"\\$`").find(c) != std::string_view::npos; }));
  forms.push_back(with_backslashes(secret, [](char c) {
    const bool is_word =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || static_cast<signed char>(c) < 0;
    return !is_word && std::string_view("%+,-./:=@_").find(c) == std::string_view::npos;
  }));
}

// Each line, and as texts hold it that escape no more than what they must.
void add_lines(std::vector<std::string>& forms, std::string_view secret) {
  if (secret.find('\n') == std::string_view::npos) return;
  while (!secret.empty()) {
    const std::string_view line = secret.substr(0, secret.find('\n'));
    const std::string_view content = trimmed(line);
    secret.remove_prefix(std::min(line.size() + 1, secret.size()));
    if (content.size() < kMinSecretSize) continue;
    forms.emplace_back(content);
    forms.push_back(escape_control(content));
    add_json(forms, content);
    add_percent_encoded(forms, content);
    add_shell_quoted(forms, content);
    add_markup(forms, content);
  }
}

}  // namespace

std::vector<std::string> secret_forms(std::string_view secret) {
  secret = trimmed(secret);
  if (secret.size() < kMinSecretSize || secret.size() > kMaxSecretSize) return {};
  std::vector<std::string> forms{std::string(secret), escape_control(secret)};
  add_lines(forms, secret);
  add_base64(forms, secret);
  add_percent_encoded(forms, secret);
  add_json(forms, secret);
  add_shell_quoted(forms, secret);
  add_markup(forms, secret);
  add_doubled_quotes(forms, secret);
  forms.push_back(hexadecimal(secret));
  forms.push_back(upper(forms.back()));
  std::erase_if(forms, [](const std::string& form) { return form.size() < kMinSecretSize; });
  std::sort(forms.begin(), forms.end());
  forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
  return forms;
}

}  // namespace corun
