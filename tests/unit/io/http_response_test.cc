// How header lines become headers, where body and headers end, and what Retry-After means. Knows no server.
#include "io/http_response.h"

#include <string>

#include "catch.h"
#include "io/curl_api.h"
#include "io/http_failure.h"

namespace corun {
namespace {

TEST_CASE("headers are kept as received, those of the last response only") {
  HttpResponse response;
  response.begin(10);
  for (const char* line : {"HTTP/1.1 103 Early Hints\r\n", "Link: a\r\n", "\r\n", "HTTP/1.1 200 OK\r\n", "X-One:  1 \r\n",
                           "x-ONE: 2\r\n", "Folded: a\r\n", "\t b\r\n", "Empty:\r\n", "nonsense\r\n"}) {
    CHECK(response.add_header_line(line));
  }
  CHECK_FALSE(response.headers_complete());
  CHECK(response.add_header_line("\r\n"));
  CHECK(response.headers_complete());
  CHECK(response.add_header_line("Trailer: t\r\n"));
  CHECK(response.headers() == HttpHeaders{{"X-One", "1"}, {"x-ONE", "2"}, {"Folded", "a b"}, {"Empty", ""}});
  CHECK(*find_header(response.headers(), "X-ONE") == "1");
  CHECK(find_header(response.headers(), "Link") == nullptr);
}

TEST_CASE("where the body ends must be clear") {
  const auto takes = [](std::initializer_list<const char*> lines) {
    HttpResponse response;
    response.begin(10);
    for (const char* line : lines) {
      if (response.add_header_line(line)) continue;
      CHECK(response.unclear_length());
      CHECK_FALSE(response.too_many_headers());
      return false;
    }
    return true;
  };
  CHECK(takes({"Content-Length: 5\r\n"}));
  CHECK(takes({"Content-Length: 9223372036854775807\r\n"}));
  CHECK(takes({"Content-Length: 5\r\n", "content-length:  5 \r\n"}));
  CHECK(takes({"HTTP/1.1 103 Early Hints\r\n", "Content-Length: 5\r\n", "\r\n", "HTTP/1.1 200 OK\r\n", "Content-Length: 6\r\n"}));
  CHECK_FALSE(takes({"Content-Length: 5\r\n", "content-length: 6\r\n"}));
  CHECK_FALSE(takes({"Content-Length: 9223372036854775808\r\n"}));
}

TEST_CASE("a body may be as large as allowed, not larger") {
  HttpResponse response;
  response.begin(4);
  CHECK(response.add_body("ab"));
  CHECK(response.add_body("cd"));
  CHECK_FALSE(response.body_too_large());
  CHECK_FALSE(response.add_body("e"));
  CHECK(response.body_too_large());
  CHECK(response.take_body().empty());
  response.begin(0);
  CHECK_FALSE(response.body_too_large());
  CHECK(response.add_body(""));
  CHECK_FALSE(response.add_body("a"));
}

TEST_CASE("a flood of headers is refused") {
  HttpResponse response;
  response.begin(4);
  const std::string line = "X: " + std::string(1000, 'x') + "\r\n";
  std::size_t taken = 0;
  while (taken < 1000 && response.add_header_line(line)) ++taken;
  CHECK(taken == 256 * 1024 / line.size());
  CHECK(response.too_many_headers());
  response.begin(4);
  CHECK_FALSE(response.too_many_headers());
}

TEST_CASE("Retry-After is seconds or a date") {
  const WallTime now(std::chrono::seconds(784111777));  // Sun, 06 Nov 1994 08:49:37 GMT
  const auto parse = [&](const char* value) { return retry_after(value, now, (*load_curl())->getdate); };
  CHECK(parse("0") == Duration(0s));
  CHECK(parse("120") == Duration(120s));
  CHECK(parse("Sun, 06 Nov 1994 08:50:37 GMT") == Duration(60s));
  CHECK(parse("Sun, 06 Nov 1994 08:48:37 GMT") == Duration(0s));
  CHECK(parse("99999999999999999999") == Duration(365 * 24h));
  CHECK_FALSE(parse(""));
  CHECK_FALSE(parse("-5"));
  CHECK_FALSE(parse("soon"));
}

TEST_CASE("what ends of transfers mean") {
  HttpTarget target;
  target.host = std::string("host");
  target.port = std::string("8080");
  HttpTransferEnd end;
  const auto outcome = [&](CURLcode code) {
    end.code = code;
    return failure_of(end, target);
  };
  CHECK(outcome(CURLE_COULDNT_RESOLVE_HOST).kind == FailureKind::resolve);
  CHECK(outcome(CURLE_COULDNT_RESOLVE_HOST).unsent);
  CHECK(outcome(CURLE_OPERATION_TIMEDOUT).kind == FailureKind::connect_timeout);
  CHECK(outcome(CURLE_SSL_CONNECT_ERROR).kind == FailureKind::tls_handshake);
  CHECK(outcome(CURLE_SSL_CONNECT_ERROR).unsent);
  CHECK(outcome(CURLE_PEER_FAILED_VERIFICATION).kind == FailureKind::tls_trust);
  CHECK(outcome(CURLE_SSL_CACERT_BADFILE).kind == FailureKind::invalid_request);
  CHECK(outcome(CURLE_HTTP2).kind == FailureKind::transfer);
  CHECK(outcome(CURLE_OUT_OF_MEMORY).kind == FailureKind::internal);
  end.system_error = ECONNREFUSED;
  CHECK(outcome(CURLE_COULDNT_CONNECT).message == "could not connect to host:8080: connection refused");
  end.request_begun = true;
  CHECK(outcome(CURLE_RECV_ERROR).message == "connection to host:8080 broke: connection refused");
  CHECK_FALSE(outcome(CURLE_RECV_ERROR).unsent);
  end.headers_complete = true;
  end.received = 512;
  CHECK(outcome(CURLE_PARTIAL_FILE).message == "server closed the connection after 512 bytes");
  end.expected = 1024;
  CHECK(outcome(CURLE_PARTIAL_FILE).message == "server closed the connection after 512 of 1024 bytes");
}

}  // namespace
}  // namespace corun
