// Parsing and checking of URLs. Knows nothing of connections.
#include "io/http_target.h"

#include <algorithm>
#include <cctype>
#include <new>
#include <string_view>

#include "base/text.h"
#include "io/http_words.h"

namespace corun {
namespace {

// What the URL may start with: "it must start with http:// or https://".
std::string wrong_start(Protocols allowed) {
  std::string text;
  for (const Protocol protocol :
       {Protocol::http, Protocol::https, Protocol::ftp, Protocol::ftps, Protocol::sftp, Protocol::mqtt}) {
    if (contains(allowed, protocol))
      text += (text.empty() ? "it must start with " : " or ") + std::string(to_string(protocol)) + "://";
  }
  return text;
}

// `url` with `***` for what is, or may be meant as, a user name and password.
std::string without_user(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t start = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::string_view rest = url.substr(start);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  std::size_t at = authority.rfind('@');
  if (at == std::string_view::npos) {
    // A password may hold a `/`. What follows a host's colon is a number.
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    const std::string_view port = authority.substr(std::min(colon + 1, authority.size()));
    const bool may_be_port = port.find_first_not_of("0123456789") == std::string_view::npos || authority.starts_with('[');
    if (!may_be_port) at = rest.rfind('@');
  }
  if (at == std::string_view::npos) return std::string(url);
  return std::string(url.substr(0, start)) + "***" + std::string(rest.substr(at));
}

std::string invalid_url(std::string_view url, std::string_view why) {
  return "invalid URL " + json_string(without_user(url)) + ": " + std::string(why);
}

// `url` with `query` behind its own.
std::string with_query(const std::string& url, HttpTargetParser::Query query) {
  const std::size_t end = std::min(url.find('#'), url.size());
  std::string out = url.substr(0, end);
  char separator = out.find('?') == std::string::npos ? '?' : '&';
  for (const auto& [name, value] : query) {
    out += std::exchange(separator, '&');
    append_url_encoded(out, name);
    out += '=';
    append_url_encoded(out, value);
  }
  return out;
}

// Whether the parser would give `url` back as it is: written the usual way, ASCII, without a fragment.
bool is_usual(std::string_view url) {
  const std::size_t host = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  if (host == 0 || host == url.size() || url[host] == '/') return false;
  return std::ranges::all_of(url, [](char c) { return static_cast<unsigned char>(c) < 0x80 && c != '#'; });
}

}  // namespace

bool HttpTarget::is_address() const {
  return host.starts_with('[') || std::ranges::all_of(host, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

bool same_origin(const HttpTarget& a, const HttpTarget& b) {
  return a.secure == b.secure && a.port == b.port && equal_ignoring_case(a.host, b.host);
}

void append_url_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view kHexDigits = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && (std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_' || c == '~')) {
      out += c;
    } else {
      out += '%';
      out += kHexDigits[byte >> 4];
      out += kHexDigits[byte & 15];
    }
  }
}

HttpTargetParser::HttpTargetParser(const CurlApi& api) : api_(api), parser_(api.url()) {
  if (parser_ == nullptr) throw std::bad_alloc();
}

HttpTargetParser::~HttpTargetParser() { api_.url_cleanup(parser_); }

Result<HttpTarget> HttpTargetParser::parse(const std::string& url, Query query, Protocols allowed) {
  if (query.empty() && !last_url_.empty() && url == last_url_ && allowed == last_allowed_) return last_;
  for (const char c : url) {
    if (c == ' ') return Error{invalid_url(url, "it has a space (write %20)")};
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return Error{invalid_url(url, "it has a control character")};
  }
  // libcurl is content with one slash or three.
  const std::size_t slashes = url.find("://");
  if (slashes == std::string::npos) return Error{invalid_url(url, wrong_start(allowed))};
  if (url.substr(slashes + 3, 1).find_first_of("/?#") == 0) return Error{invalid_url(url, "it has no host")};
  api_.url_set(parser_, CURLUPART_URL, nullptr, 0);
  const std::string whole = query.empty() ? url : with_query(url, query);
  if (const CURLUcode code = api_.url_set(parser_, CURLUPART_URL, whole.c_str(), CURLU_URLENCODE); code != CURLUE_OK) {
    return Error{
        invalid_url(url, code == CURLUE_UNSUPPORTED_SCHEME ? wrong_start(allowed) : lower_first(api_.url_strerror(code)))};
  }
  Result<HttpTarget> target = read_out(is_usual(whole) ? &whole : nullptr, allowed);
  if (!target) return Error{invalid_url(url, target.error().message)};
  if (query.empty()) {
    last_url_ = url;
    last_ = *target;
    last_allowed_ = allowed;
  }
  return target;
}

Result<HttpTarget> HttpTargetParser::resolve(const HttpTarget& base, const std::string& location) {
  api_.url_set(parser_, CURLUPART_URL, nullptr, 0);
  if (api_.url_set(parser_, CURLUPART_URL, base.url.c_str(), 0) != CURLUE_OK) throw std::bad_alloc();
  constexpr unsigned int kLenient = CURLU_URLENCODE | CURLU_ALLOW_SPACE;  // servers send spaces and UTF-8
  if (const CURLUcode code = api_.url_set(parser_, CURLUPART_URL, location.c_str(), kLenient); code != CURLUE_OK) {
    return Error{invalid_url(location, lower_first(api_.url_strerror(code)))};
  }
  Result<HttpTarget> target = read_out(nullptr, kWebProtocols);
  if (!target) return Error{invalid_url(location, target.error().message)};
  return target;
}

Result<HttpTarget> HttpTargetParser::read_out(const std::string* url, Protocols allowed) {
  HttpTarget target;
  std::string scheme;
  const std::optional<Protocol> protocol = part(CURLUPART_SCHEME, 0, scheme) ? protocol_named(scheme) : std::nullopt;
  if (!protocol || !contains(allowed, *protocol)) return Error{wrong_start(allowed)};
  target.protocol = *protocol;
  target.secure = *protocol == Protocol::https;
  std::string unwanted;
  if (part(CURLUPART_USER, 0, unwanted) || part(CURLUPART_PASSWORD, 0, unwanted)) {
    return Error{"it must not hold a user name or password"};
  }
  if (!part(CURLUPART_HOST, 0, target.host) || target.host.empty()) return Error{"it has no host"};
  if (!part(CURLUPART_PORT, 0, target.port)) target.port = default_port(*protocol);
  if (target.port == "0") return Error{"its port can't be used"};
  if (url != nullptr) {
    target.url = *url;
    return target;
  }
  api_.url_set(parser_, CURLUPART_FRAGMENT, nullptr, 0);
  if (!part(CURLUPART_URL, 0, target.url)) return Error{"it can't be put together"};
  return target;
}

bool HttpTargetParser::part(CURLUPart which, unsigned int flags, std::string& out) {
  char* text = nullptr;
  if (api_.url_get(parser_, which, &text, flags) != CURLUE_OK || text == nullptr) return false;
  out = text;
  api_.free(text);
  return true;
}

}  // namespace corun
