// The HTTP executor against servers that misbehave, and cancelled at every point: how it ends, and that nothing is left.
// Knows no jobs.
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "catch.h"
#include "support/http_client.h"
#include "support/http_servers.h"

namespace corun::testing {
namespace {

// Sends this for each request, then closes.
ScriptedServer::Script answers(std::string response) {
  return [response](Connection& connection, int) {
    connection.read_request();
    connection.send(response);
  };
}

ActionResult result_of(std::string response) {
  ScriptedServer server(answers(std::move(response)));
  Client client;
  return client.get(server.url());
}

TEST_CASE("nobody listens") {
  Client client;
  const int port = free_port();
  const ActionResult result = client.get("http://127.0.0.1:" + std::to_string(port) + "/");
  CHECK(result.outcome.kind == FailureKind::connect);
  CHECK(result.outcome.message == "could not connect to 127.0.0.1:" + std::to_string(port) + ": connection refused");
  CHECK(result.outcome.unsent);
}

TEST_CASE("no such host") {
  Client client;
  const ActionResult result = client.get("http://no-such-host.invalid/");
  CHECK(result.outcome.kind == FailureKind::resolve);
  CHECK(result.outcome.message == "could not resolve host no-such-host.invalid");
  CHECK(result.outcome.unsent);
}

TEST_CASE("invalid requests never leave") {
  Client client;
  ScriptedServer server(answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  HttpRequest request = request_to(server.url());
  request.headers = {{"X", "1\r\nInjected: 2"}};
  CHECK(client.send(std::move(request)).outcome.kind == FailureKind::invalid_request);
  CHECK(client.send(request_to(server.url(), "GET / HTTP/1.1\r\nInjected: 2\r\n\r\nGET")).outcome.kind ==
        FailureKind::invalid_request);
  CHECK(client.get(server.url("/\r\nInjected: 2")).outcome.kind == FailureKind::invalid_request);
  CHECK(client.get("file:///etc/passwd").outcome.kind == FailureKind::invalid_request);
  CHECK(client.get("http://user:word@127.0.0.1/").outcome.kind == FailureKind::invalid_request);
}

TEST_CASE("the server closes without a word") {
  const ActionResult result = result_of("");
  CHECK(result.outcome.kind == FailureKind::transfer);
  CHECK(result.outcome.message == "server closed the connection without a response");
  CHECK_FALSE(result.outcome.unsent);
}

TEST_CASE("the server closes within the headers") {
  for (const char* response : {"HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nX: 1\r\n", "HTTP/1.1 2"}) {
    const ActionResult result = result_of(response);
    INFO(response << ": " << result.outcome.message);
    CHECK(result.outcome.kind == FailureKind::transfer);
  }
}

TEST_CASE("the server closes within the body") {
  const ActionResult result = result_of("HTTP/1.1 200 OK\r\nContent-Length: 1024\r\n\r\n" + std::string(512, 'x'));
  CHECK(result.outcome.kind == FailureKind::transfer);
  CHECK(result.outcome.message == "server closed the connection after 512 of 1024 bytes");
  CHECK(result.outcome.http_status == 200);
  const ActionResult chunked = result_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
  CHECK(chunked.outcome.kind == FailureKind::transfer);
}

TEST_CASE("the server resets") {
  ScriptedServer server([](Connection& connection, int) {
    connection.read_request();
    connection.reset();
  });
  Client client;
  const ActionResult result = client.get(server.url());
  CHECK(result.outcome.kind == FailureKind::transfer);
  CHECK(result.outcome.message ==
        "connection to 127.0.0.1:" + std::to_string(server.port()) + " broke: connection reset by peer");
}

TEST_CASE("HTTP/1.0, closed at the end") {
  const ActionResult result = result_of("HTTP/1.0 200 OK\r\n\r\nall of it");
  CHECK(result.outcome.ok());
  CHECK(result.body == "all of it");
}

TEST_CASE("no body where none can be") {
  CHECK(result_of("HTTP/1.1 204 No Content\r\n\r\n").outcome.ok());
  CHECK(result_of("HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n").outcome.ok());
}

TEST_CASE("what comes before the response is not the response") {
  const ActionResult result =
      result_of("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\nX: y\r\n\r\na");
  CHECK(result.outcome.http_status == 200);
  CHECK(result.headers == HttpHeaders{{"Content-Length", "1"}, {"X", "y"}});
}

TEST_CASE("not HTTP at all") {
  CHECK(result_of("SSH-2.0-OpenSSH_9.2\r\n").outcome.kind == FailureKind::transfer);
  CHECK(result_of("\x01\x02\x03\x04").outcome.kind == FailureKind::transfer);
  CHECK(result_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n").outcome.kind == FailureKind::transfer);
  CHECK(result_of("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!").outcome.kind ==
        FailureKind::transfer);
}

TEST_CASE("TLS with a server that speaks none") {
  ScriptedServer server([](Connection& connection, int) { connection.send("HTTP/1.1 400 Bad Request\r\n\r\n"); });
  Client client;
  const ActionResult result = client.get(server.https_url());
  CHECK(result.outcome.kind == FailureKind::tls_handshake);
  CHECK(result.outcome.unsent);
}

TEST_CASE("a body without end stays bounded") {
  ScriptedServer server([](Connection& connection, int) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\n\r\n");
    while (connection.send(std::string(65536, 'x'))) {
    }
  });
  Client client;
  HttpRequest request = request_to(server.url());
  request.max_body = 100'000;
  const ActionResult result = client.send(std::move(request));
  CHECK(result.outcome.kind == FailureKind::body_too_large);
}

TEST_CASE("a gzip bomb stays bounded") {
  // A gzip member of one stored megabyte of zeros, again and again: made by gzip itself.
  REQUIRE(std::system("head -c 50000000 /dev/zero | gzip -9 > /tmp/corun-bomb.gz") == 0);
  std::ifstream file("/tmp/corun-bomb.gz", std::ios::binary);
  const std::string bomb((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  REQUIRE(std::remove("/tmp/corun-bomb.gz") == 0);
  ScriptedServer server(
      answers("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + std::to_string(bomb.size()) + "\r\n\r\n" + bomb));
  Client client;
  HttpRequest request = request_to(server.url());
  request.max_body = 1 << 20;
  CHECK(client.send(std::move(request)).outcome.kind == FailureKind::body_too_large);
}

TEST_CASE("the server doesn't say clearly how long the body is") {
  for (const std::string lengths : {"Content-Length: 2\r\nContent-Length: 5", "Content-Length: 99999999999999999999"}) {
    const ActionResult result = result_of("HTTP/1.1 200 OK\r\n" + lengths + "\r\n\r\nhello");
    CHECK(result.outcome.kind == FailureKind::transfer);
    CHECK(result.outcome.message.ends_with(" doesn't say clearly how long the body is"));
  }
}

TEST_CASE("bytes after the end of a compressed body") {
  std::string body("\x1f\x8b\x08\0\0\0\0\0\x02\x03\xcb\xc8\x04\0\xac\x2a\x93\xd8\x02\0\0\0", 22);  // "hi"
  body += "and more";
  ScriptedServer server(
      answers("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body));
  Client client;
  const Outcome outcome = client.get(server.url()).outcome;
  CHECK(outcome.kind == FailureKind::transfer);
  CHECK(outcome.message.find(" can't be decoded") != std::string::npos);
}

TEST_CASE("headers without end stay bounded") {
  ScriptedServer server([](Connection& connection, int) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\n");
    while (connection.send("X-Header: " + std::string(1000, 'x') + "\r\n")) {
    }
  });
  Client client;
  const ActionResult result = client.get(server.url());
  CHECK(result.outcome.kind == FailureKind::transfer);
  CHECK(result.outcome.message == "too many response headers");
}

TEST_CASE("one header without end stays bounded") {
  ScriptedServer server([](Connection& connection, int) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nX: ");
    while (connection.send(std::string(1000, 'x'))) {
    }
  });
  Client client;
  const ActionResult result = client.get(server.url());
  CHECK(result.outcome.kind == FailureKind::transfer);
  CHECK(result.outcome.message.ends_with("has too long a header"));
}

// --- dead keep-alive connections ---

// Answers the first request of a connection, then closes it at the second.
ScriptedServer::Script dies_on_reuse(SharedCounter& requests) {
  return [&requests](Connection& connection, int) {
    connection.read_request_and_body();
    requests.increment();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    if (!connection.read_request_and_body().empty()) requests.increment();
  };
}

TEST_CASE("a request on a connection that has died is sent again where it may be") {
  SharedCounter requests;
  ScriptedServer server(dies_on_reuse(requests));
  Client client;
  CHECK(client.get(server.url()).outcome.ok());
  CHECK(client.get(server.url()).outcome.ok());
  CHECK(requests.get() == 3);
}

TEST_CASE("a request that must go at most once goes once") {
  SharedCounter requests;
  ScriptedServer server(dies_on_reuse(requests));
  Client client;
  CHECK(client.get(server.url()).outcome.ok());
  HttpRequest request = request_to(server.url(), "POST", "x");
  request.at_most_once = true;
  CHECK(client.send(std::move(request)).outcome.ok());
  CHECK(requests.get() == 2);
}

// --- timeouts and cancels ---

TEST_CASE("a server that never answers runs into the attempt's deadline") {
  ScriptedServer server([](Connection& connection, int) { connection.wait_for_close(); });
  const std::size_t before = open_descriptors();
  ActionResult result;
  {
    Client client;
    result = client.send(request_to(server.url()), 50ms);
  }
  CHECK(result.outcome.kind == FailureKind::cancelled);
  CHECK(result.outcome.cancel_reason == CancelReason::attempt_timeout);
  CHECK_FALSE(result.outcome.unsent);
  CHECK(open_descriptors() == before);
}

TEST_CASE("a server that falls silent runs into the idle timeout") {
  for (const char* said : {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"}) {
    ScriptedServer server([said](Connection& connection, int) {
      connection.read_request();
      connection.send(said);
      connection.wait_for_close();
    });
    Client client;
    HttpRequest request = request_to(server.url());
    request.idle_timeout = 50ms;
    const ActionResult result = client.send(std::move(request));
    CHECK(result.outcome.kind == FailureKind::idle_timeout);
    CHECK(result.outcome.message == "nothing received or sent for 50ms");
  }
}

TEST_CASE("a slow server that goes on talking isn't idle") {
  ScriptedServer server([](Connection& connection, int) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 5; ++i) {
      ::usleep(100'000);
      connection.send("X: 1\r\n");
    }
    connection.send("Content-Length: 5\r\n\r\n");
    for (int i = 0; i < 5; ++i) {
      ::usleep(100'000);
      connection.send("x");
    }
  });
  Client client;
  HttpRequest request = request_to(server.url());
  request.idle_timeout = 600ms;  // less than the whole takes
  const ActionResult result = client.send(std::move(request));
  INFO(result.outcome.message);
  CHECK(result.outcome.ok());
  CHECK(result.body == "xxxxx");
}

TEST_CASE("a handshake that doesn't come to an end runs into the connect timeout") {
  ScriptedServer server([](Connection& connection, int) { connection.wait_for_close(); });
  Client client;
  HttpRequest request = request_to(server.https_url());
  request.connect_timeout = 50ms;
  const ActionResult result = client.send(std::move(request));
  CHECK(result.outcome.kind == FailureKind::connect_timeout);
  CHECK(result.outcome.message == "connecting to 127.0.0.1:" + std::to_string(server.port()) + " timed out");
  CHECK(result.outcome.unsent);
}

TEST_CASE("a connect timeout leaves a slow answer alone") {
  ScriptedServer server([](Connection& connection, int) {
    connection.read_request();
    ::usleep(300'000);
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  Client client;
  HttpRequest request = request_to(server.url());
  request.connect_timeout = 100ms;
  CHECK(client.send(std::move(request)).outcome.ok());
}

TEST_CASE("a request cancelled before it begins") {
  Client client;
  const Command command = command_for(request_to("http://127.0.0.1:1/"));
  CancelScope scope;
  scope.cancel(CancelReason::lost_race);
  const ActionResult result = run(client.loop, client.executor->execute(command, scope));
  CHECK(result.outcome.kind == FailureKind::cancelled);
  CHECK(result.outcome.cancel_reason == CancelReason::lost_race);
  CHECK(result.outcome.unsent);
}

Task<void> cancelled_after(Client& client, const Command& command, int turns, std::vector<Outcome>& outcomes) {
  CancelScope root;
  // Where nothing happens there are no turns to count.
  DeadlineScope scope(client.loop, root, client.loop.now() + 30ms, CancelReason::interrupted);
  class Canceller final : public TurnHook {
   public:
    Canceller(Loop& loop, CancelScope& target, int turns_left) : loop_(loop), scope_(target), left_(turns_left) {
      loop_.add_turn_hook(*this);
    }
    ~Canceller() { loop_.remove_turn_hook(*this); }
    void before_wait() override {
      if (left_-- == 0) scope_.cancel(CancelReason::interrupted);
    }

   private:
    Loop& loop_;
    CancelScope& scope_;
    int left_;
  };
  Canceller canceller(client.loop, scope, turns);
  ActionResult result = co_await client.executor->execute(command, scope);
  outcomes.push_back(std::move(result.outcome));
}

Task<int> cancelled_in_every_turn(Client& client, const Command& command, std::vector<Outcome>& outcomes) {
  for (int turns = 0; turns < 12; ++turns) co_await cancelled_after(client, command, turns, outcomes);
  co_return 0;
}

TEST_CASE("cancelled in every phase, nothing is left open") {
  ScriptedServer slow([](Connection& connection, int) {
    connection.read_request();
    for (const char* part : {"HTTP/1.1 200", " OK\r\nContent-Len", "gth: 4\r\n", "\r\n", "a", "b"}) {
      connection.send(part);
      ::usleep(2000);
    }
    connection.wait_for_close();  // the rest never comes
  });
  Nginx nginx;
  std::string by_name = slow.url();
  by_name.replace(by_name.find("127.0.0.1"), 9, "localhost");
  const std::size_t before = open_descriptors();
  for (const std::string& url : {slow.url(), slow.https_url(), by_name, nginx.http("/slow"), nginx.https("/slow"),
                                 std::string("http://no-such-host.invalid/")}) {
    INFO(url);
    std::vector<Outcome> outcomes;
    {
      Client client;
      HttpRequest request = request_to(url, "POST", std::string(3'000'000, 'x'));
      request.tls_verify = false;
      const Command command = command_for(std::move(request));
      run(client.loop, cancelled_in_every_turn(client, command, outcomes));
    }
    REQUIRE(outcomes.size() == 12);
    // That there is no such host may be known in the turn of the cancel: what has ended by itself has ended.
    const bool is_unknown = url.find("no-such-host") != std::string::npos;
    if (!is_unknown || outcomes.front().kind != FailureKind::resolve) {
      CHECK(outcomes.front().kind == FailureKind::cancelled);
      CHECK(outcomes.front().cancel_reason == CancelReason::interrupted);
    }
    CHECK(outcomes.front().unsent);
    for (int i = 0; i < 500 && open_descriptors() > before; ++i) ::usleep(10'000);  // a lookup's thread may still run
    CHECK(open_descriptors() == before);
  }
}

TEST_CASE("a cancelled request leaves others on the same HTTP/2 connection alone") {
  Nginx nginx;
  Client client;
  HttpRequest slow = request_to(nginx.https("/slow"));
  slow.tls_ca = nginx.certificate();
  CHECK(client.send(std::move(slow), 100ms).outcome.kind == FailureKind::cancelled);
  HttpRequest quick = request_to(nginx.https("/ok"));
  quick.tls_ca = nginx.certificate();
  CHECK(client.send(std::move(quick)).body == "ok\n");
}

}  // namespace
}  // namespace corun::testing
