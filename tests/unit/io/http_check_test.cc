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

}  // namespace
}  // namespace corun
