// The checks of method, headers and body. Knows nothing of URLs or connections.
#include "io/http_check.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "io/http_words.h"

namespace corun {
namespace {

// Headers that say where the message ends, which is for corun to say.
constexpr std::array<std::string_view, 2> kFraming = {"Content-Length", "Transfer-Encoding"};

bool has_line_break(std::string_view value) {
  return value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

bool is_token_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

}  // namespace

bool is_token(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_token_character); }

std::optional<std::string> problem_with(const HttpRequest& request) {
  if (!is_token(request.method)) return "invalid method " + json_string(request.method);
  if (request.method == "CONNECT") return "the method CONNECT is for proxies";
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name)) return "invalid header name " + json_string(name);
    if (has_line_break(value)) return "the value of header " + name + " has a line break or a NUL byte";
    for (const std::string_view framing : kFraming) {
      if (equal_ignoring_case(name, framing)) return "the header " + name + " can't be set: it follows from the body";
    }
  }
  if (has_line_break(request.content_type)) return "the content type has a line break or a NUL byte";
  const bool has_body = request.body.has_value() || !request.body_file.empty();
  if (request.method == "HEAD" && has_body) return "a HEAD request can't have a body";
  if (request.body.has_value() && !request.body_file.empty()) return "a request can't have both a body and a body file";
  return std::nullopt;
}

}  // namespace corun
