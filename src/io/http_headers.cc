// How headers become libcurl's lists. Knows nothing of what they mean to servers.
#include "io/http_headers.h"

#include <algorithm>
#include <new>
#include <string_view>

#include "io/http_auth.h"
#include "io/http_words.h"

namespace corun {
namespace {

constexpr std::size_t kMostLists = 256;

// In libcurl's language `Name:` means "not this header" and `Name;` "this header, empty".
void append_line(std::string& lines, std::string_view name, std::string_view value) {
  lines += name;
  if (trimmed(value).empty()) {
    lines += ";\n";
    return;
  }
  lines += ": ";
  lines += value;
  lines += '\n';
}

bool has_line(std::string_view lines, std::string_view name) {
  for (; !lines.empty(); lines.remove_prefix(std::min(lines.find('\n'), lines.size() - 1) + 1)) {
    if (equal_ignoring_case(lines.substr(0, name.size()), name) && lines.substr(name.size(), 1).find_first_of(":;") == 0)
      return true;
  }
  return false;
}

// Headers that keys other than `headers` come to.
void append_option_headers(std::string& lines, const HttpRequestOptions& options, const HttpTarget& target) {
  if (const std::string value = authorization(options.auth); !value.empty()) append_line(lines, "Authorization", value);
  if (options.idempotency_key) append_line(lines, "Idempotency-Key", *options.idempotency_key);
  if (options.auth.kind != HttpAuth::Kind::aws_sigv4) return;
  // libcurl leaves the port out of what it signs, and knows nothing of the service's own wishes.
  const bool usual_port = target.port == (target.secure ? "443" : "80");
  if (!usual_port && !has_line(lines, "Host")) append_line(lines, "Host", target.authority());
  if (options.auth.service == "s3" && !has_line(lines, "X-Amz-Content-Sha256"))
    append_line(lines, "X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD");
  if (!options.auth.session_token.empty()) append_line(lines, "X-Amz-Security-Token", options.auth.session_token);
}

bool describes_body(std::string_view name) { return name.size() > 8 && equal_ignoring_case(name.substr(0, 8), "content-"); }

}  // namespace

HttpHeaderList::HttpHeaderList(const CurlApi& api, std::string_view lines) : api_(api) {
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    const std::string line(lines.substr(0, end));
    curl_slist* longer = api_.slist_append(list_, line.c_str());
    if (longer == nullptr) {
      api_.slist_free_all(list_);
      throw std::bad_alloc();
    }
    list_ = longer;
    lines.remove_prefix(end + 1);
  }
}

std::shared_ptr<const HttpHeaderList> HttpHeaderCache::list_for(const HttpRequest& request, const HttpHop& hop,
                                                                std::string_view more) {
  lines_.assign(more);
  bool has_content_type = false;
  bool has_expect = false;
  const bool had_body = request.has_body();
  const HttpCredentials* auth = request.options && hop.with_headers ? &request.options->auth : nullptr;
  // libcurl signs the lines that switch headers off as if they were sent.
  const bool is_signed = auth != nullptr && auth->kind == HttpAuth::Kind::aws_sigv4;
  if (hop.with_headers) {
    for (const auto& [name, value] : request.headers) {
      if (had_body && !hop.with_body && describes_body(name)) continue;  // the body was left behind by a redirect
      has_content_type = has_content_type || equal_ignoring_case(name, "content-type");
      has_expect = has_expect || equal_ignoring_case(name, "expect");
      append_line(lines_, name, value);
    }
  }
  if (request.options && hop.with_headers) append_option_headers(lines_, *request.options, hop.target);
  if (hop.with_body) {
    if (!has_content_type && !request.content_type.empty()) {
      append_line(lines_, "Content-Type", request.content_type);
      has_content_type = true;
    }
    if (!has_expect && !is_signed) lines_ += "Expect:\n";
  }
  if (!has_content_type && !is_signed && !(hop.with_body && request.is_multipart()) &&
      (hop.with_body || hop.method == "POST" || hop.method == "PUT" || hop.method == "PATCH")) {
    lines_ += "Content-Type:\n";
  }
  if (lines_.empty()) return nullptr;
  if (const auto found = lists_.find(lines_); found != lists_.end()) return found->second;
  if (lists_.size() >= kMostLists) lists_.clear();
  return lists_.emplace(lines_, std::make_shared<const HttpHeaderList>(api_, lines_)).first->second;
}

}  // namespace corun
