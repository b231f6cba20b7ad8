// How headers become libcurl's lists. Knows nothing of what they mean to servers.
#include "io/http_headers.h"

#include <new>
#include <string_view>

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

std::shared_ptr<const HttpHeaderList> HttpHeaderCache::list_for(const HttpRequest& request, const HttpHop& hop) {
  lines_.clear();
  bool has_content_type = false;
  bool has_expect = false;
  const bool had_body = request.body.has_value() || !request.body_file.empty();
  if (hop.with_headers) {
    for (const auto& [name, value] : request.headers) {
      if (had_body && !hop.with_body && describes_body(name)) continue;  // the body was left behind by a redirect
      has_content_type = has_content_type || equal_ignoring_case(name, "content-type");
      has_expect = has_expect || equal_ignoring_case(name, "expect");
      append_line(lines_, name, value);
    }
  }
  if (hop.with_body) {
    if (!has_content_type && !request.content_type.empty()) {
      append_line(lines_, "Content-Type", request.content_type);
      has_content_type = true;
    }
    if (!has_expect) lines_ += "Expect:\n";
  }
  if (!has_content_type && (hop.with_body || hop.method == "POST" || hop.method == "PUT" || hop.method == "PATCH")) {
    lines_ += "Content-Type:\n";
  }
  if (lines_.empty()) return nullptr;
  if (const auto found = lists_.find(lines_); found != lists_.end()) return found->second;
  if (lists_.size() >= kMostLists) lists_.clear();
  return lists_.emplace(lines_, std::make_shared<const HttpHeaderList>(api_, lines_)).first->second;
}

}  // namespace corun
