// Which methods, headers and bodies may be sent. Knows no server.
#include "io/http_check.h"

#include <string>

#include "catch.h"

namespace corun {
namespace {

HttpRequest with_header(std::string name, std::string value) {
  HttpRequest request;
  request.headers.emplace_back(std::move(name), std::move(value));
  return request;
}

TEST_CASE("a plain request may be sent") {
  HttpRequest request = with_header("X-Run", "a b\tc; \"d\" \xC3\xA9");
  request.method = "PROPFIND";
  request.body = "";
  CHECK_FALSE(problem_with(request));
}

TEST_CASE("a method must be a token") {
  for (const std::string& method : {std::string(), std::string("GE T"), std::string("GET\r\nX: 1"), std::string("GET\0", 4)}) {
    HttpRequest request;
    request.method = method;
    CHECK(problem_with(request));
  }
}

TEST_CASE("CONNECT is refused") {
  HttpRequest request;
  request.method = "CONNECT";
  CHECK(problem_with(request));
}

TEST_CASE("a header name must be a token") {
  for (const char* name : {"", "X Y", "X:", "X\r\nY", "X\n", "\xC3\xA9"}) CHECK(problem_with(with_header(name, "1")));
}

TEST_CASE("a header value can't smuggle another header in") {
  CHECK(problem_with(with_header("X", "1\r\nY: 2")));
  CHECK(problem_with(with_header("X", "1\nY: 2")));
  CHECK(problem_with(with_header("X", "1\rY: 2")));
  CHECK(problem_with(with_header("X", std::string("1\0", 2))));
}

TEST_CASE("a content type can't smuggle a header in") {
  HttpRequest request;
  request.body = "text";
  request.content_type = "text/plain\r\nY: 2";
  CHECK(problem_with(request));
}

TEST_CASE("headers that frame the message are corun's") {
  CHECK(problem_with(with_header("content-LENGTH", "3")) == "the header content-LENGTH can't be set: it follows from the body");
  CHECK(problem_with(with_header("Transfer-Encoding", "chunked")));
}

TEST_CASE("a HEAD request has no body") {
  HttpRequest request;
  request.method = "HEAD";
  CHECK_FALSE(problem_with(request));
  request.body = "text";
  CHECK(problem_with(request));
}

TEST_CASE("a body is a text or a file, not both") {
  HttpRequest request;
  request.method = "POST";
  request.body_file = "file";
  CHECK_FALSE(problem_with(request));
  request.body = "";
  CHECK(problem_with(request));
}

HttpRequest with_credentials(HttpAuth::Kind kind, std::string user, std::string password) {
  HttpRequest request;
  request.options = std::make_unique<HttpRequestOptions>();
  request.options->auth = HttpCredentials{kind, std::move(user), std::move(password), "eu", "s3", "", ""};
  return request;
}

TEST_CASE("credentials can't smuggle anything in") {
  using Kind = HttpAuth::Kind;
  for (const Kind kind : {Kind::basic, Kind::digest}) {
    CHECK_FALSE(problem_with(with_credentials(kind, "me", "a: b\xC3\xA9")));
    CHECK(problem_with(with_credentials(kind, "me\r\nX: y", "p")));
    CHECK(problem_with(with_credentials(kind, "me", "p\n")));
    CHECK(problem_with(with_credentials(kind, "me", std::string("p\0", 2))));
    CHECK(problem_with(with_credentials(kind, "m:e", "p")));
  }
  CHECK_FALSE(problem_with(with_credentials(Kind::bearer, "", "a.b-c_d~e+f/g==")));
  for (const char* token : {"", "a b", "a\nb", "\xC3\xA9"}) CHECK(problem_with(with_credentials(Kind::bearer, "", token)));
  HttpRequest aws = with_credentials(Kind::aws_sigv4, "AK", "SK");
  CHECK_FALSE(problem_with(aws));
  aws.options->auth.region = "eu:s3";
  CHECK(problem_with(aws));
  CHECK(problem_with(with_credentials(Kind::aws_sigv4, "", "SK")));
}

TEST_CASE("keys, pins, proxies and parts can't smuggle anything in") {
  const auto problem = [](auto change) {
    HttpRequest request;
    request.method = "POST";
    request.options = std::make_unique<HttpRequestOptions>();
    change(*request.options);
    return problem_with(request).value_or("");
  };
  CHECK(problem([](HttpRequestOptions& it) { it.idempotency_key = "order-7"; }).empty());
  for (const char* key : {"", "a b", "a\r\nX: y"})
    CHECK_FALSE(problem([&](HttpRequestOptions& it) { it.idempotency_key = key; }).empty());
  CHECK(problem([](HttpRequestOptions& it) { it.tls_pin = "sha256//abc="; }).empty());
  for (const char* pin : {"", "key.pem", "sha256//a\n"})
    CHECK_FALSE(problem([&](HttpRequestOptions& it) { it.tls_pin = pin; }).empty());
  for (const char* proxy : {"http://p", "https://u:p@p:1", "socks5h://[::1]:1080"})
    CHECK(problem([&](HttpRequestOptions& it) { it.proxy = proxy; }).empty());
  for (const char* proxy : {"", "p:1", "socks5://p", "http://", "http://:1", "http://u@", "http://p\r\nX: y", "file:///x"})
    CHECK_FALSE(problem([&](HttpRequestOptions& it) { it.proxy = proxy; }).empty());
  CHECK_FALSE(problem([](HttpRequestOptions& it) { it.tls_cert = ""; }).empty());
  HttpPartData part;
  part.name = "a";
  CHECK(problem([&](HttpRequestOptions& it) { it.multipart = {part}; }).empty());
  part.content_type = "text/plain\r\nX: y";
  CHECK_FALSE(problem([&](HttpRequestOptions& it) { it.multipart = {part}; }).empty());
  part = HttpPartData();
  part.filename = "a\nb";
  CHECK_FALSE(problem([&](HttpRequestOptions& it) { it.multipart = {part}; }).empty());
  part = HttpPartData();
  part.is_file = true;
  CHECK_FALSE(problem([&](HttpRequestOptions& it) { it.multipart = {part}; }).empty());
}

}  // namespace
}  // namespace corun
