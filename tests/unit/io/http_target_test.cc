// Which URLs may be requested, what they are made of, and where redirects lead. Knows no server.
#include "io/http_target.h"

#include <string>
#include <vector>

#include "catch.h"
#include "io/http_redirect.h"

namespace corun {
namespace {

using Query = std::vector<std::pair<std::string, std::string>>;

HttpTarget parsed(const std::string& url, const Query& query = {}) {
  HttpTargetParser parser(**load_curl());
  Result<HttpTarget> target = parser.parse(url, query);
  INFO(url << ": " << (target ? "" : target.error().message));
  REQUIRE(target);
  return *target;
}

std::string refusal(const std::string& url) {
  HttpTargetParser parser(**load_curl());
  Result<HttpTarget> target = parser.parse(url, {});
  return target ? "" : target.error().message;
}

TEST_CASE("a URL is taken apart") {
  const HttpTarget plain = parsed("http://example.com/a?b=c");
  CHECK(plain.url == "http://example.com/a?b=c");
  CHECK(plain.authority() == "example.com:80");
  CHECK_FALSE(plain.secure);
  const HttpTarget secure = parsed("https://[::1]:8443/");
  CHECK(secure.authority() == "[::1]:8443");
  CHECK(secure.secure);
  CHECK(parsed("HTTPS://example.com").authority() == "example.com:443");
}

TEST_CASE("other protocols only where they are allowed") {
  HttpTargetParser parser(**load_curl());
  const Protocols some = as_set(Protocol::sftp) | as_set(Protocol::mqtt);
  const Result<HttpTarget> target = parser.parse("sftp://h/x", {}, some);
  REQUIRE(target);
  CHECK(target->protocol == Protocol::sftp);
  CHECK(target->authority() == "h:22");
  CHECK_FALSE(target->secure);
  CHECK(parser.parse("mqtt://h/t", {}, some)->port == "1883");
  CHECK(parser.parse("sftp://h/x", {}).error().message == "invalid URL \"sftp://h/x\": it must start with http:// or https://");
  CHECK(parser.parse("http://h/x", {}, some).error().message ==
        "invalid URL \"http://h/x\": it must start with sftp:// or mqtt://");
  for (const char* url : {"file://h/etc/passwd", "gopher://h/x", "sftp://me:word@h/x", "sftp:///x", "ftp://h/x"}) {
    INFO(url);
    CHECK_FALSE(parser.parse(url, {}, some));
  }
  CHECK_FALSE(parser.resolve(*target, "sftp://h/y"));
}

TEST_CASE("a fragment isn't sent, other scripts are encoded") {
  CHECK(parsed("http://h/a#b").url == "http://h/a");
  CHECK(parsed("http://h/\xC3\xA9?x=\xC3\xA9").url == "http://h/%c3%a9?x=%c3%a9");
}

TEST_CASE("a parser remembers nothing wrong") {
  HttpTargetParser parser(**load_curl());
  CHECK(parser.parse("http://h/a?b", {})->url == "http://h/a?b");
  CHECK(parser.parse("http://h/a?b", {})->url == "http://h/a?b");
  const Query query = {{"c", "d"}};
  CHECK(parser.parse("http://h/a?b", query)->url == "http://h/a?b&c=d");
  CHECK(parser.parse("http://h/a?b", {})->url == "http://h/a?b");
  CHECK_FALSE(parser.parse("", {}));
}

TEST_CASE("query parameters are encoded and appended") {
  CHECK(parsed("http://h/p", {{"a b", "c&d=e"}, {"f", "\xC3\xBC/+~"}}).url == "http://h/p?a%20b=c%26d%3De&f=%C3%BC%2F%2B~");
  CHECK(parsed("http://h/p?x=1#y", {{"a", ""}}).url == "http://h/p?x=1&a=");
  CHECK(parsed("http://h/p?x=%2F%2f", {{"a", "/"}}).url == "http://h/p?x=%2F%2f&a=%2F");
  CHECK(parsed("http://h", {{"t", "1"}, {"t", "2"}}).url == "http://h?t=1&t=2");
}

TEST_CASE("URLs that can't be requested") {
  CHECK(refusal("ftp://h/") == "invalid URL \"ftp://h/\": it must start with http:// or https://");
  CHECK_FALSE(refusal("file:///etc/passwd").empty());
  CHECK_FALSE(refusal("").empty());
  CHECK_FALSE(refusal("example.com/a").empty());
  CHECK_FALSE(refusal("/a").empty());
  CHECK_FALSE(refusal("http://").empty());
  CHECK(refusal("http:///path") == "invalid URL \"http:///path\": it has no host");
  CHECK_FALSE(refusal("http://?a").empty());
  CHECK_FALSE(refusal("http:/h").empty());
  CHECK_FALSE(refusal("http://h:99999/").empty());
  CHECK_FALSE(refusal("http://h:0/").empty());
  CHECK(refusal("http://u:p@h/") == "invalid URL \"http://***@h/\": it must not hold a user name or password");
  CHECK_FALSE(refusal("http://u@h/").empty());
  CHECK(refusal("http://h/a b") == "invalid URL \"http://h/a b\": it has a space (write %20)");
  CHECK_FALSE(refusal("http://h/\r\nX: 1").empty());
  CHECK_FALSE(refusal(std::string("http://h/\0a", 11)).empty());
}

TEST_CASE("a message shows no user name or password") {
  CHECK(refusal("http://u:p@q@h/ a@b") == "invalid URL \"http://***@h/ a@b\": it has a space (write %20)");
  CHECK(refusal("http://u:p/w@h/ ") == "invalid URL \"http://***@h/ \": it has a space (write %20)");
  CHECK(refusal("u:p@h") == "invalid URL \"***@h\": it must start with http:// or https://");
  CHECK(refusal("http://h:80/a@b c") == "invalid URL \"http://h:80/a@b c\": it has a space (write %20)");
  CHECK(refusal("http://[::1]:80/a@b c") == "invalid URL \"http://[::1]:80/a@b c\": it has a space (write %20)");
  CHECK(refusal("http://h/a@b c") == "invalid URL \"http://h/a@b c\": it has a space (write %20)");
}

TEST_CASE("addresses need no lookup") {
  CHECK(parsed("http://127.0.0.1/").is_address());
  CHECK(parsed("http://[::1]/").is_address());
  CHECK_FALSE(parsed("http://localhost/").is_address());
}

TEST_CASE("an origin is scheme, host and port") {
  CHECK(same_origin(parsed("http://H/a"), parsed("http://h:80/b")));
  CHECK_FALSE(same_origin(parsed("http://h/"), parsed("https://h/")));
  CHECK_FALSE(same_origin(parsed("http://h/"), parsed("http://h:81/")));
  CHECK_FALSE(same_origin(parsed("http://h/"), parsed("http://g/")));
}

// --- redirects ---

struct Redirected {
  explicit Redirected(const std::string& url, const std::string& method = "GET") : first(hop(url, method)) {}

  HttpHop hop(const std::string& url, const std::string& method) {
    request.method = method;
    if (method == "POST" || method == "PUT") request.body = "text";
    return first_hop(request, parsed(url));
  }
  Result<HttpHop> next(int status, const std::string& location) { return next(first, status, location); }
  Result<HttpHop> next(const HttpHop& from, int status, const std::string& location) {
    HttpTargetParser parser(**load_curl());
    return next_hop(parser, request, from, status, location);
  }

  HttpRequest request;
  HttpHop first;
};

TEST_CASE("a location is resolved against the URL it came from") {
  Redirected redirected("http://h:81/a/b?c");
  CHECK(redirected.next(302, "/x")->target.url == "http://h:81/x");
  CHECK(redirected.next(302, "x?y")->target.url == "http://h:81/a/x?y");
  CHECK(redirected.next(302, "//g/x")->target.url == "http://g/x");
  CHECK(redirected.next(302, "http://g/x y")->target.url == "http://g/x%20y");
}

TEST_CASE("only some statuses redirect") {
  for (const int status : {301, 302, 303, 307, 308}) CHECK(is_redirect(status));
  for (const int status : {200, 201, 300, 304, 305, 306, 400, 503}) CHECK_FALSE(is_redirect(status));
}

TEST_CASE("which redirects keep method and body") {
  Redirected post("http://h/", "POST");
  for (const int status : {301, 302, 303}) {
    CHECK(post.next(status, "/x")->method == "GET");
    CHECK_FALSE(post.next(status, "/x")->with_body);
  }
  for (const int status : {307, 308}) {
    CHECK(post.next(status, "/x")->method == "POST");
    CHECK(post.next(status, "/x")->with_body);
  }
  Redirected put("http://h/", "PUT");
  CHECK(put.next(302, "/x")->method == "PUT");
  CHECK(put.next(302, "/x")->with_body);
  CHECK(put.next(303, "/x")->method == "GET");
  Redirected head("http://h/", "HEAD");
  CHECK(head.next(303, "/x")->method == "HEAD");
}

TEST_CASE("the job's headers don't leave its origin, nor come back") {
  Redirected redirected("http://h/");
  CHECK(redirected.next(302, "/x")->with_headers);
  Result<HttpHop> away = redirected.next(302, "http://g/");
  CHECK_FALSE(away->with_headers);
  CHECK_FALSE(redirected.next(*away, 302, "http://g/2")->with_headers);
  CHECK_FALSE(redirected.next(*away, 302, "http://h/")->with_headers);
  CHECK_FALSE(redirected.next(302, "http://h:81/")->with_headers);
}

TEST_CASE("redirects that aren't followed") {
  Redirected secure("https://h/");
  CHECK(secure.next(302, "http://h/").error().message == "redirect from https to http not followed: http://h/");
  CHECK(secure.next(302, "https://g/"));
  CHECK_FALSE(secure.next(302, "ftp://h/"));
  CHECK_FALSE(secure.next(302, "file:///etc/passwd"));
  CHECK_FALSE(secure.next(302, "https://u:p@h/"));
  secure.request.redirects_same_origin = true;
  CHECK(secure.next(302, "https://h/x"));
  CHECK(secure.next(302, "https://g/").error().message == "redirect to another origin not followed: https://g/");
}

}  // namespace
}  // namespace corun
