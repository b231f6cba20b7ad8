// What libcurl's codes become. Knows no server.
#include "io/http_failure.h"

#include <cerrno>

#include "catch.h"

namespace corun {
namespace {

HttpTarget target() {
  HttpTarget target;
  target.host = "api";
  target.port = "80";
  return target;
}

Outcome connect_failure(int system_error) {
  HttpTransferEnd end;
  end.code = CURLE_COULDNT_CONNECT;
  end.system_error = system_error;
  return failure_of(end, target());
}

TEST_CASE("a network that is down here isn't the peer's failure") {
  CHECK(connect_failure(ENETUNREACH).network_down);
  CHECK(connect_failure(ENETDOWN).network_down);
  for (const int error : {ECONNREFUSED, EHOSTUNREACH, ETIMEDOUT, 0}) {
    CHECK(connect_failure(error).kind == FailureKind::connect);
    CHECK_FALSE(connect_failure(error).network_down);
  }
}

TEST_CASE("what a broker says to a connection that it doesn't take") {
  HttpTarget broker = target();
  broker.protocol = Protocol::mqtt;
  const auto answered = [&](const char* detail) {
    HttpTransferEnd end;
    end.code = CURLE_WEIRD_SERVER_REPLY;
    end.request_begun = true;
    end.detail = detail;
    return failure_of(end, broker);
  };
  for (const char* login : {"Expected 0000 but got 0004", "Expected 0000 but got 0005"}) {
    CHECK(answered(login).kind == FailureKind::refused);
    CHECK(answered(login).message == "api:80 refused the login");
  }
  CHECK(answered("Expected 0000 but got 0002").message == "api:80 refused the connection with code 02");
  CHECK(answered("Expected 0000 but got 0003").kind == FailureKind::transfer);
  CHECK(answered("Expected 0000 but got 0003").unsent);
  CHECK(answered("Expected 0000 but got 5450").message == "api:80 doesn't answer with MQTT: expected 0000 but got 5450");
}

TEST_CASE("a transfer that failed without a word of its own has those of its code") {
  HttpTransferEnd end;
  end.code = CURLE_SSH;
  end.meaning = "Error in the SSH layer";
  CHECK(failure_of(end, target()).message == "transfer with api:80 failed: error in the SSH layer");
  end.detail = "Not a file";
  CHECK(failure_of(end, target()).message == "transfer with api:80 failed: not a file");
  end.code = CURLE_WRITE_ERROR;
  end.detail = "";
  CHECK(failure_of(end, target()).message == "response of api:80 can't be decoded");
}

TEST_CASE("libcurl's own words go on in lower case, but for names") {
  HttpTransferEnd end;
  end.code = CURLE_SSL_CONNECT_ERROR;
  end.detail = "OpenSSL/3.0.22: wrong version number";
  CHECK(failure_of(end, target()).message.ends_with(" failed: OpenSSL/3.0.22: wrong version number"));
  end.detail = "SSL routines fail";
  CHECK(failure_of(end, target()).message.ends_with(" failed: SSL routines fail"));
  end.detail = "Something else";
  CHECK(failure_of(end, target()).message.ends_with(" failed: something else"));
}

TEST_CASE("memory that libcurl lacks is corun's trouble, a header beyond libcurl's bound the server's") {
  HttpTransferEnd end;
  end.code = CURLE_OUT_OF_MEMORY;
  CHECK(failure_of(end, target()).kind == FailureKind::internal);
  end.request_begun = true;
  CHECK(failure_of(end, target()).kind == FailureKind::transfer);
  CHECK(failure_of(end, target()).message == "response of api:80 has too long a header");
  end.headers_complete = true;
  CHECK(failure_of(end, target()).kind == FailureKind::internal);
}

}  // namespace
}  // namespace corun
