// Authorization headers, the canonical query, and what is shown of a URL. Knows no server.
#include "io/http_auth.h"

#include "catch.h"
#include "io/http_words.h"

namespace corun {
namespace {

TEST_CASE("basic credentials in Base64, at every length") {
  const auto basic = [](std::string user, std::string password) {
    return authorization(HttpCredentials{HttpAuth::Kind::basic, std::move(user), std::move(password), "", "", "", ""});
  };
  CHECK(basic("Aladdin", "open sesame") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");  // RFC 7617
  CHECK(basic("", "") == "Basic Og==");
  CHECK(basic("a", "") == "Basic YTo=");
  CHECK(basic("a", "b") == "Basic YTpi");
  CHECK(basic("\xFF", "\xFE\xFD") == "Basic /zr+/Q==");
}

TEST_CASE("what libcurl does itself has no header of ours") {
  CHECK(authorization(HttpCredentials{HttpAuth::Kind::digest, "a", "b", "", "", "", ""}).empty());
  CHECK(authorization(HttpCredentials{HttpAuth::Kind::bearer, "", "t", "", "", "", ""}) == "Bearer t");
}

TEST_CASE("a query sorted by name, then value") {
  CHECK(with_sorted_query("https://h/x") == "https://h/x");
  CHECK(with_sorted_query("https://h/x?b=2&a=1&a=0") == "https://h/x?a=0&a=1&b=2");
  CHECK(with_sorted_query("https://h/x?a-b=1&a=2") == "https://h/x?a=2&a-b=1");  // by name: `=` counts as nothing
  CHECK(with_sorted_query("https://h/x?acl&B=1") == "https://h/x?B=1&acl=");
  CHECK(with_sorted_query("https://h/x?") == "https://h/x");
  CHECK(with_sorted_query("https://h/x?a=b=c&&") == "https://h/x?a=b=c");
}

TEST_CASE("a URL is shown without its password") {
  CHECK(without_password("http://me:secret@h:1/") == "http://me:***@h:1/");
  CHECK(without_password("http://token@h:1") == "http://***@h:1");
  CHECK(without_password("http://a:b@c@h") == "http://a:***@h");
  CHECK(without_password("http://h:1/x@y") == "http://h:1/x@y");
}

}  // namespace
}  // namespace corun
