// The HTTP executor against a real nginx: methods, bodies, TLS, HTTP/2, redirects, many at once. Knows no jobs.
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "catch.h"
#include "support/http_client.h"
#include "support/http_servers.h"

namespace corun::testing {
namespace {

Nginx& nginx() {
  static Nginx server;
  return server;
}

HttpRequest secure(std::string url) {
  HttpRequest request = request_to(std::move(url));
  request.tls_ca = nginx().certificate();
  return request;
}

std::string file_text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::vector<std::string> fields(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string field; std::getline(in, field, '|');) out.push_back(field);
  return out;
}

TEST_CASE("a GET gives status, headers and body") {
  Client client;
  const ActionResult result = client.get(nginx().http("/1k"));
  CHECK(result.outcome.ok());
  CHECK(result.outcome.http_status == 200);
  CHECK(result.body == std::string(1024, 'x'));
  REQUIRE(find_header(result.headers, "content-length") != nullptr);
  CHECK(*find_header(result.headers, "content-length") == "1024");
}

TEST_CASE("a status other than 2xx is for others to judge") {
  Client client;
  const ActionResult missing = client.get(nginx().http("/missing"));
  CHECK(missing.outcome.ok());
  CHECK(missing.outcome.http_status == 404);
  CHECK_FALSE(missing.body.empty());
  const ActionResult busy = client.get(nginx().http("/busy"));
  CHECK(busy.outcome.ok());
  CHECK(busy.outcome.http_status == 503);
  CHECK(busy.outcome.retry_after == Duration(7s));
}

TEST_CASE("what the server sees") {
  Client client;
  HttpRequest request = request_to(nginx().http("/echo?a=1"), "POST", "hello");
  request.headers = {{"X-Job", "7"}};
  request.query = {{"b", "x y"}};
  request.content_type = "text/plain";
  const std::vector<std::string> seen = fields(client.send(std::move(request)).body);
  REQUIRE(seen.size() == 9);
  CHECK(seen[0] == "POST");
  CHECK(seen[1] == "7");
  CHECK(seen[3] == "corun/test");
  CHECK(seen[4] == "HTTP/1.1");
  CHECK(seen[5] == "a=1&b=x%20y");
  CHECK(seen[6].find("gzip") != std::string::npos);
  CHECK(seen[7] == "text/plain");
  CHECK(seen[8] == "\n");  // no Expect
}

TEST_CASE("nothing of one request stays for the next on the same handle") {
  Client client;
  HttpRequest first = request_to(nginx().http("/echo"), "PATCH", "hello");
  first.headers = {{"X-Job", "7"}, {"User-Agent", "other"}};
  first.content_type = "text/plain";
  const std::vector<std::string> before = fields(client.send(std::move(first)).body);
  CHECK(before[0] == "PATCH");
  CHECK(before[3] == "other");
  const std::vector<std::string> after = fields(client.get(nginx().http("/echo")).body);
  CHECK(after[0] == "GET");
  CHECK(after[1].empty());
  CHECK(after[3] == "corun/test");
  CHECK(after[7].empty());
  CHECK(client.send(request_to(nginx().http("/1k"), "HEAD")).body.empty());
  CHECK(client.get(nginx().http("/1k")).body.size() == 1024);
  CHECK(fields(client.send(request_to(nginx().http("/echo"), "POST")).body)[0] == "POST");
  CHECK(fields(client.get(nginx().http("/echo")).body)[0] == "GET");
}

TEST_CASE("every method is sent as it is") {
  Client client;
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"}) {
    for (const char* body : {"", "x"}) {
      const ActionResult result = client.send(request_to(nginx().http("/echo"), method, body));
      INFO(method << " '" << body << "': " << result.outcome.message);
      CHECK(result.outcome.http_status == 200);
      CHECK(fields(result.body).at(0) == method);
    }
  }
  const ActionResult head = client.send(request_to(nginx().http("/1k"), "HEAD"));
  CHECK(head.outcome.ok());
  CHECK(head.body.empty());
  CHECK(*find_header(head.headers, "Content-Length") == "1024");
}

TEST_CASE("a body is sent from a file") {
  Client client;
  const std::string path = nginx().folder() + "/body";
  std::string content(3'000'000, 'q');
  content[1'234'567] = '!';
  std::ofstream(path) << content;
  for (const bool over_tls : {false, true}) {
    const std::string name = over_tls ? "/upload/b" : "/upload/a";
    HttpRequest request = over_tls ? secure(nginx().https(name)) : request_to(nginx().http(name));
    request.method = "PUT";
    request.body_file = path;
    const ActionResult result = client.send(std::move(request));
    INFO(result.outcome.message);
    CHECK(result.outcome.http_status == 201);
    CHECK(file_text(nginx().folder() + "/up" + name) == content);
  }
}

TEST_CASE("a body's file that can't be read is the job's mistake") {
  Client client;
  HttpRequest request = request_to(nginx().http("/echo"), "POST");
  request.body_file = nginx().folder() + "/none";
  ActionResult result = client.send(std::move(request));
  CHECK(result.outcome.kind == FailureKind::invalid_request);
  CHECK(result.outcome.message == "cannot read " + nginx().folder() + "/none: no such file or directory");
  request = request_to(nginx().http("/echo"), "POST");
  request.body_file = nginx().folder();
  CHECK(client.send(std::move(request)).outcome.kind == FailureKind::invalid_request);
}

TEST_CASE("bodies come decoded") {
  Client client;
  const ActionResult result = client.get(nginx().http("/zipped"));
  REQUIRE(find_header(result.headers, "Content-Encoding") != nullptr);
  CHECK(*find_header(result.headers, "Content-Encoding") == "gzip");
  CHECK(result.body == std::string(10240, 'y'));
}

TEST_CASE("a body larger than allowed fails at once") {
  Client client;
  for (const char* path : {"/1m", "/zipped"}) {
    HttpRequest request = request_to(nginx().http(path));
    request.max_body = 1000;
    const ActionResult result = client.send(std::move(request));
    CHECK(result.outcome.kind == FailureKind::body_too_large);
    CHECK(result.outcome.http_status == 200);
    CHECK(result.body.empty());
  }
  HttpRequest request = request_to(nginx().http("/1k"));
  request.max_body = 1024;
  CHECK(client.send(std::move(request)).outcome.ok());
}

TEST_CASE("HTTP/2 over TLS, and HTTP/1.1 where asked for") {
  Client client;
  CHECK(fields(client.send(secure(nginx().https("/echo"))).body)[4] == "HTTP/2.0");
  HttpRequest old = secure(nginx().https("/echo"));
  old.version = HttpSpec::Version::http_1_1;
  CHECK(fields(client.send(std::move(old)).body)[4] == "HTTP/1.1");
  HttpRequest modern = secure(nginx().https("/echo"));
  modern.version = HttpSpec::Version::http_2;
  CHECK(fields(client.send(std::move(modern)).body)[4] == "HTTP/2.0");
}

TEST_CASE("HTTP/2 that is asked for and not there") {
  Client client;
  HttpRequest request = secure(nginx().https_1_1("/echo"));
  CHECK(fields(client.send(std::move(request)).body)[4] == "HTTP/1.1");
  request = secure(nginx().https_1_1("/echo"));
  request.version = HttpSpec::Version::http_2;
  CHECK(client.send(std::move(request)).outcome.kind == FailureKind::invalid_request);
  request = request_to(nginx().http("/echo"));
  request.version = HttpSpec::Version::http_2;
  CHECK(client.send(std::move(request)).outcome.message == "HTTP/2 needs an https URL");
}

TEST_CASE("only trusted certificates are taken") {
  Client client;
  const ActionResult stranger = client.get(nginx().https("/ok"));
  CHECK(stranger.outcome.kind == FailureKind::tls_trust);
  CHECK(stranger.outcome.unsent);
  HttpRequest request = request_to(nginx().https("/ok"));
  request.tls_verify = false;
  CHECK(client.send(std::move(request)).outcome.ok());
  CHECK(client.send(secure(nginx().https("/ok"))).outcome.ok());
  // The unverified connection isn't lent to a request that verifies.
  CHECK(client.get(nginx().https("/ok")).outcome.kind == FailureKind::tls_trust);
  request = request_to(nginx().https("/ok"));
  request.tls_ca = "/no/such/file.pem";
  CHECK(client.send(std::move(request)).outcome.kind == FailureKind::invalid_request);
}

TEST_CASE("TLS sessions are resumed") {
  Client client;
  HttpRequest first = secure(nginx().https_1_1("/resumed"));
  const std::string full = client.send(std::move(first)).body;
  CHECK(full.starts_with(". "));
  HttpRequest second = secure(nginx().https_1_1("/resumed"));
  second.at_most_once = true;  // a new connection
  const std::string resumed = client.send(std::move(second)).body;
  CHECK(resumed.starts_with("r "));
}

TEST_CASE("connections are reused, but not for what must go at most once") {
  Client client;
  const std::string first = client.get(nginx().http("/connection")).body;
  CHECK(client.get(nginx().http("/connection")).body == first);
  HttpRequest once = request_to(nginx().http("/connection"), "POST", "x");
  once.at_most_once = true;
  CHECK(client.send(std::move(once)).body != first);
}

// --- redirects ---

HttpRequest following(std::string url, std::string method = "GET", std::string body = "") {
  HttpRequest request = request_to(std::move(url), std::move(method), std::move(body));
  request.follow_redirects = true;
  return request;
}

TEST_CASE("redirects are followed only where asked for") {
  Client client;
  CHECK(client.get(nginx().http("/to-ok")).outcome.http_status == 302);
  const ActionResult result = client.send(following(nginx().http("/to-ok")));
  CHECK(result.outcome.http_status == 200);
  CHECK(result.body == "ok\n");
  CHECK(find_header(result.headers, "Location") == nullptr);
}

TEST_CASE("a redirect keeps or loses method and body by its status") {
  Client client;
  CHECK(fields(client.send(following(nginx().http("/to-echo"), "POST", "x")).body)[0] == "GET");
  CHECK(fields(client.send(following(nginx().http("/to-echo-307"), "POST", "x")).body)[0] == "POST");
}

TEST_CASE("redirects in a circle end") {
  Client client;
  HttpRequest request = following(nginx().http("/loop"));
  request.max_redirects = 4;
  const ActionResult result = client.send(std::move(request));
  CHECK(result.outcome.kind == FailureKind::too_many_redirects);
  CHECK(result.outcome.message == "more than 4 redirects");
  CHECK(result.outcome.http_status == 302);
}

TEST_CASE("another origin gets none of the job's headers") {
  Client client;
  HttpRequest request = following(nginx().http("/to-other-origin"));
  request.headers = {{"X-Job", "secret"}, {"Authorization", "Bearer secret"}};
  const std::vector<std::string> seen = fields(client.send(std::move(request)).body);
  REQUIRE(seen.size() == 9);
  CHECK(seen[1].empty());
  CHECK(seen[2].empty());
  request = following(nginx().http("/to-echo"));
  request.headers = {{"X-Job", "secret"}};
  CHECK(fields(client.send(std::move(request)).body)[1] == "secret");
}

TEST_CASE("redirects that policy refuses") {
  Client client;
  HttpRequest request = secure(nginx().https("/to-http"));
  request.follow_redirects = true;
  CHECK(client.send(std::move(request)).outcome.kind == FailureKind::too_many_redirects);
  CHECK(client.send(following(nginx().http("/to-ftp"))).outcome.kind == FailureKind::too_many_redirects);
  request = following(nginx().http("/to-other-origin"));
  request.redirects_same_origin = true;
  CHECK(client.send(std::move(request)).outcome.kind == FailureKind::too_many_redirects);
}

// --- many ---

Task<void> one(Client& client, const Command& command, CancelScope& scope, std::size_t& good) {
  ActionResult result = co_await client.executor->execute(command, scope);
  if (result.outcome.ok() && result.outcome.http_status == 200 && result.body == "ok\n") ++good;
}

Task<int> many(Client& client, const Command& command, std::size_t count, std::size_t& good) {
  CancelScope scope;
  TaskGroup group(client.loop);
  for (std::size_t i = 0; i < count; ++i) group.start(one(client, command, scope, good));
  co_await group.join();
  co_return 0;
}

TEST_CASE("5000 requests at once, and no descriptor is left") {
  const std::string url = nginx().http("/ok");
  const std::size_t before = open_descriptors();
  std::size_t good = 0;
  {
    Client client(5000);
    const Command command = command_for(request_to(url));
    run(client.loop, many(client, command, 5000, good));
  }
  CHECK(good == 5000);
  CHECK(open_descriptors() == before);
}

Task<void> note_body(Client& client, const Command& command, CancelScope& scope, std::set<std::string>& bodies) {
  ActionResult result = co_await client.executor->execute(command, scope);
  bodies.insert(result.outcome.message + result.body);
}

Task<int> note_bodies(Client& client, const Command& command, std::size_t count, std::set<std::string>& bodies) {
  CancelScope scope;
  TaskGroup group(client.loop);
  for (std::size_t i = 0; i < count; ++i) group.start(note_body(client, command, scope, bodies));
  co_await group.join();
  co_return 0;
}

TEST_CASE("128 requests at once, as many as the server allows, share one HTTP/2 connection") {
  Client client(128);
  const Command command = command_for(secure(nginx().https("/connection")));
  std::set<std::string> connections;
  run(client.loop, note_bodies(client, command, 1, connections));  // so that the server's limit is known
  run(client.loop, note_bodies(client, command, 128, connections));
  CHECK(connections.size() == 1);
}

TEST_CASE("1000 requests at once over HTTP/2") {
  Client client(1000);
  std::size_t good = 0;
  const Command command = command_for(secure(nginx().https("/ok")));
  run(client.loop, many(client, command, 1000, good));
  CHECK(good == 1000);
}

TEST_CASE("a host name is looked up by one, and all go") {
  std::string url = nginx().http("/ok");
  url.replace(url.find("127.0.0.1"), 9, "localhost");
  Client client;
  std::size_t good = 0;
  const Command command = command_for(request_to(url));
  run(client.loop, many(client, command, 50, good));
  CHECK(good == 50);
}

}  // namespace
}  // namespace corun::testing
