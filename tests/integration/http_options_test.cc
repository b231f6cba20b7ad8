// The rarer settings of requests against real servers: multipart, cookies, certificates, networks, proxies. Knows no jobs.
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "catch.h"
#include "io/http_cookies.h"
#include "support/http_requests.h"

namespace corun::testing {
namespace {

// --- multipart ---

std::string boundary_of(const std::string& request) {
  const std::string type = header_of(request, "Content-Type");
  REQUIRE(type.starts_with("multipart/form-data; boundary="));
  return "--" + type.substr(30);
}

std::vector<HttpPartData> some_parts(const std::string& file) {
  HttpPartData text;
  text.name = "title";
  text.value = "Sun & \"sea\"";
  HttpPartData photo;
  photo.name = "photo";
  photo.is_file = true;
  photo.value = file;
  HttpPartData note = text;
  note.name = "note";
  note.filename = "n.json";
  note.content_type = "application/json";
  note.value = "{}";
  return {text, photo, note};
}

std::string expected_body(const std::string& boundary, const std::string& content) {
  return boundary + "\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nSun & \"sea\"\r\n" + boundary +
         "\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"photo.jpg\"\r\nContent-Type: "
         "application/octet-stream\r\n\r\n" +
         content + "\r\n" + boundary +
         "\r\nContent-Disposition: form-data; name=\"note\"; filename=\"n.json\"\r\nContent-Type: "
         "application/json\r\n\r\n{}\r\n" +
         boundary + "--\r\n";
}

TEST_CASE("a multipart body arrives whole: sent, sent again after a redirect, and by another attempt") {
  const std::string file = nginx().folder() + "/photo.jpg";
  const std::string content(3'000'000, 'p');
  std::ofstream(file) << content;
  ScriptedServer server(redirects_to("/end", "307"));
  Client client;
  for (const char* path : {"/plain", "/start", "/start"}) {
    HttpRequest request = following(server.url(path));
    request.method = "PUT";
    options_of(request).multipart = some_parts(file);
    const ActionResult result = client.send(std::move(request));
    INFO(path << result.outcome.message);
    REQUIRE(result.outcome.http_status == 200);
    CHECK(result.body.starts_with("PUT "));
    const std::size_t head_end = result.body.find("\r\n\r\n") + 4;
    CHECK((result.body.substr(head_end) == expected_body(boundary_of(result.body), content)));
  }
  HttpRequest request = request_to(server.url("/plain"), "POST");
  options_of(request).multipart = some_parts(file + ".none");
  CHECK(client.send(std::move(request)).outcome.kind == FailureKind::invalid_request);
}

TEST_CASE("no multipart where the redirect turns to GET") {
  const std::string file = nginx().folder() + "/photo.jpg";
  std::ofstream(file) << "x";
  ScriptedServer server(redirects_to("/end", "303"));
  Client client;
  HttpRequest request = following(server.url("/start"));
  request.method = "POST";
  options_of(request).multipart = some_parts(file);
  const std::string seen = client.send(std::move(request)).body;
  CHECK(seen.starts_with("GET /end "));
  CHECK(header_of(seen, "Content-Type").empty());
}

// --- cookies ---

ActionResult send_with_cookies(Client& client, std::string url, HttpOptions::Cookies cookies, std::string session = "",
                               HttpJobState* job = nullptr) {
  HttpRequest request = following(std::move(url));
  options_of(request).cookies = cookies;
  request.options->cookie_session = std::move(session);
  request.job = job;
  return client.send(std::move(request));
}

TEST_CASE("cookies are kept by none, by a job, or by a session") {
  using Cookies = HttpOptions::Cookies;
  ScriptedServer server(redirects_to(
      "/end", "302", "Set-Cookie: id=7; Path=/\r\nSet-Cookie: deep=1; Path=/deep\r\nSet-Cookie: far=1; Domain=example.com\r\n"));
  Client client;
  CHECK(header_of(client.send(following(server.url("/start"))).body, "Cookie").empty());
  {
    HttpJobState one;
    HttpJobState other;
    CHECK(header_of(send_with_cookies(client, server.url("/start"), Cookies::job, "", &one).body, "Cookie") ==
          "id=7");  // redirect
    CHECK(header_of(send_with_cookies(client, server.url("/again"), Cookies::job, "", &one).body, "Cookie") == "id=7");  // retry
    CHECK(header_of(send_with_cookies(client, server.url("/deep/x"), Cookies::job, "", &one).body, "Cookie") == "deep=1; id=7");
    CHECK(header_of(send_with_cookies(client, server.url("/x"), Cookies::job, "", &other).body, "Cookie").empty());
    std::string by_name = server.url("/x");
    by_name.replace(by_name.find("127.0.0.1"), 9, "localhost");
    CHECK(header_of(send_with_cookies(client, by_name, Cookies::job, "", &one).body, "Cookie").empty());
  }
  CHECK(header_of(send_with_cookies(client, server.url("/start"), Cookies::session, "shop").body, "Cookie") == "id=7");
  CHECK(header_of(send_with_cookies(client, server.url("/x"), Cookies::session, "shop").body, "Cookie") == "id=7");
  CHECK(header_of(send_with_cookies(client, server.url("/x"), Cookies::session, "other").body, "Cookie").empty());
  CHECK(header_of(client.get(server.url("/x")).body, "Cookie").empty());
}

// --- TLS ---

HttpRequest secure(std::string url) {
  HttpRequest request = request_to(std::move(url));
  request.tls_ca = nginx().certificate();
  return request;
}

TEST_CASE("a client certificate opens what asks for one, and isn't lent to other requests") {
  Client client;
  CHECK(client.send(secure(nginx().https_for_certified("/who"))).outcome.http_status == 400);
  HttpRequest request = secure(nginx().https_for_certified("/who"));
  options_of(request).tls_cert = nginx().client_certificate();
  request.options->tls_key = nginx().client_key();
  const ActionResult result = client.send(std::move(request));
  INFO(result.outcome.message);
  CHECK(result.body == "CN=client\n");
  CHECK(client.send(secure(nginx().https_for_certified("/who"))).outcome.http_status == 400);
  request = secure(nginx().https_for_certified("/who"));
  options_of(request).tls_cert = "/no/such.pem";
  CHECK(client.send(std::move(request)).outcome.message == "cannot read /no/such.pem: no such file or directory");
  request = secure(nginx().https_for_certified("/who"));
  options_of(request).tls_cert = nginx().client_key();  // no certificate
  CHECK(client.send(std::move(request)).outcome.kind == FailureKind::invalid_request);
}

TEST_CASE("a pinned key must be the server's") {
  Client client;
  const std::string pin =
      "sha256//" + output_of("openssl x509 -in " + nginx().certificate() +
                             " -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64");
  HttpRequest request = secure(nginx().https("/ok"));
  options_of(request).tls_pin = pin;
  CHECK(client.send(std::move(request)).body == "ok\n");
  request = secure(nginx().https("/ok"));
  options_of(request).tls_pin = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  const ActionResult wrong = client.send(std::move(request));
  CHECK(wrong.outcome.kind == FailureKind::tls_trust);
  CHECK(wrong.outcome.unsent);
  request = secure(nginx().https("/ok"));
  options_of(request).tls_pin = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  request.tls_verify = false;
  CHECK(client.send(std::move(request)).outcome.kind == FailureKind::tls_trust);
}

// --- networks ---

TEST_CASE("private addresses are refused by the address, whatever the name") {
  ScriptedServer server(echo);
  Client client;
  const std::string port = std::to_string(server.port());
  for (const std::string host :
       {"127.0.0.1", "localhost", "0x7f000001", "2130706433", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "10.1.2.3"}) {
    HttpRequest request = request_to("http://" + host + ":" + port + "/");
    options_of(request).deny_private = true;
    const ActionResult result = client.send(std::move(request));
    INFO(host << ": " << result.outcome.message);
    CHECK(result.outcome.kind == FailureKind::invalid_request);
    CHECK(result.outcome.unsent);
    CHECK(result.outcome.message.ends_with("a private address, which `network: {deny: private}` refuses"));
  }
}

TEST_CASE("a connection that is open already is no way around it") {
  ScriptedServer server(echo);
  Client client;
  CHECK(client.get(server.url()).outcome.ok());
  HttpRequest request = request_to(server.url());
  options_of(request).deny_private = true;
  const ActionResult result = client.send(std::move(request));
  CHECK(result.outcome.kind == FailureKind::invalid_request);
  CHECK(result.outcome.unsent);
  CHECK(client.get(server.url()).outcome.ok());
}

// --- proxies ---

TEST_CASE("requests go through the proxy, credentials and all") {
  ScriptedServer proxy(echo);
  Client client;
  HttpRequest request = request_to("http://no-such-host.invalid/x");
  options_of(request).proxy = "http://me:secret@127.0.0.1:" + std::to_string(proxy.port());
  const std::string seen = client.send(std::move(request)).body;
  CHECK(seen.starts_with("GET http://no-such-host.invalid/x HTTP/1.1\r\n"));
  CHECK(header_of(seen, "Proxy-Authorization") == "Basic bWU6c2VjcmV0");
  CHECK(client.get("http://no-such-host.invalid/x").outcome.kind == FailureKind::resolve);  // it was for that request alone
}

TEST_CASE("over TLS a proxy gets only the name of the host") {
  ScriptedServer proxy([](Connection& connection, int) {
    const std::string request = connection.read_request();
    const bool good =
        request.starts_with("CONNECT no-such-host.invalid:443 HTTP/1.1\r\n") && header_of(request, "Authorization").empty();
    connection.send(good ? "HTTP/1.1 407 Who?\r\nContent-Length: 0\r\n\r\n" : "HTTP/1.1 200 OK\r\n\r\n");
  });
  Client client;
  HttpRequest request = with_auth("https://no-such-host.invalid/x", HttpAuth::Kind::basic, "me", "secret");
  request.options->proxy = "http://u:hidden@127.0.0.1:" + std::to_string(proxy.port());
  const ActionResult result = client.send(std::move(request));
  CHECK(result.outcome.kind == FailureKind::invalid_request);
  CHECK(result.outcome.message == "the proxy http://u:***@127.0.0.1:" + std::to_string(proxy.port()) + " refused with HTTP 407");
  CHECK(result.outcome.unsent);
}

TEST_CASE("a proxy that isn't there") {
  Client client;
  const std::string proxy = "http://127.0.0.1:" + std::to_string(free_port());
  HttpRequest request = request_to("http://no-such-host.invalid/x");
  options_of(request).proxy = proxy;
  const ActionResult result = client.send(std::move(request));
  CHECK(result.outcome.kind == FailureKind::connect);
  CHECK(result.outcome.message == "could not connect to the proxy " + proxy + ": connection refused");
  CHECK(result.outcome.unsent);
}

// A SOCKS5 proxy that connects nowhere but gives back the host it was asked for.
TEST_CASE("with socks5h the proxy looks the name up") {
  ScriptedServer proxy([](Connection& connection, int) {
    connection.read_bytes(static_cast<unsigned char>(connection.read_bytes(2)[1]));
    connection.send(std::string("\x05\x00", 2));
    const std::string head = connection.read_bytes(5);
    const std::string host = connection.read_bytes(static_cast<unsigned char>(head[4]));
    connection.read_bytes(2);
    connection.send(std::string("\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00", 10));
    connection.read_request();
    connection.send(response(host));
  });
  Client client;
  HttpRequest request = request_to("http://no-such-host.invalid/x");
  options_of(request).proxy = "socks5h://127.0.0.1:" + std::to_string(proxy.port());
  CHECK(client.send(std::move(request)).body == "no-such-host.invalid");
}

TEST_CASE("a proxy isn't asked for private hosts that have to be denied, but may be private itself") {
  ScriptedServer proxy(echo);
  Client client;
  for (const std::string host : {"127.0.0.1", "localhost", "[::1]", "a.localhost", "10.0.0.1"}) {
    HttpRequest request = request_to("http://" + host + "/x");
    options_of(request).proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
    request.options->deny_private = true;
    CHECK(client.send(std::move(request)).outcome.kind == FailureKind::invalid_request);
  }
  HttpRequest request = request_to("http://example.invalid/x");
  options_of(request).proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
  request.options->deny_private = true;
  CHECK(client.send(std::move(request)).outcome.http_status == 200);
}

TEST_CASE("a redirect is no way to a private address") {
  ScriptedServer proxy([](Connection& connection, int) {
    connection.read_request();
    connection.send(response("", "Location: http://127.0.0.1:1/\r\n", "302 Found"));
  });
  Client client;
  HttpRequest request = following("http://example.invalid/x");
  options_of(request).proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
  request.options->deny_private = true;
  const ActionResult result = client.send(std::move(request));
  CHECK(result.outcome.kind == FailureKind::invalid_request);
  CHECK(result.outcome.message == "127.0.0.1 is a private address, which `network: {deny: private}` refuses");
}

TEST_CASE("cancelled while a multipart body is on its way, nothing is left open") {
  ScriptedServer server([](Connection& connection, int) {
    connection.read_request();
    ::pause();
  });
  const std::string file = nginx().folder() + "/photo.jpg";
  std::ofstream(file) << std::string(30'000'000, 'p');
  const std::size_t before = open_descriptors();
  {
    Client client;
    HttpJobState job;
    HttpRequest request = request_to(server.url(), "POST");
    options_of(request).multipart = some_parts(file);
    request.options->cookies = HttpOptions::Cookies::job;
    request.job = &job;
    CHECK(client.send(std::move(request), 100ms).outcome.kind == FailureKind::cancelled);
    request = request_to(server.url(), "POST");
    options_of(request).multipart = some_parts(file);
    request.options->multipart.push_back(request.options->multipart[1]);
    request.options->multipart.back().value = file + ".none";
    CHECK(client.send(std::move(request)).outcome.kind == FailureKind::invalid_request);
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("neither proxy nor netrc nor exceptions come from the environment") {
  ScriptedServer server(echo);
  ::setenv("http_proxy", ("http://127.0.0.1:" + std::to_string(free_port())).c_str(), 1);
  ::setenv("no_proxy", "*", 1);
  ::setenv("HOME", nginx().folder().c_str(), 1);
  std::ofstream(nginx().folder() + "/.netrc") << "machine 127.0.0.1 login me password secret\n";
  Client client;
  const ActionResult direct = client.get(server.url());
  CHECK(direct.outcome.ok());
  CHECK(header_of(direct.body, "Authorization").empty());
  HttpRequest request = request_to("http://no-such-host.invalid/x");
  options_of(request).proxy = "http://127.0.0.1:" + std::to_string(server.port());
  CHECK(client.send(std::move(request)).outcome.http_status == 200);
  ::unsetenv("http_proxy");
  ::unsetenv("no_proxy");
}

TEST_CASE("304 is a response like others") {
  Client client;
  const ActionResult first = client.get(nginx().http("/1k"));
  HttpRequest request = request_to(nginx().http("/1k"));
  request.headers = {{"If-None-Match", *find_header(first.headers, "ETag")}};
  const ActionResult second = client.send(std::move(request));
  CHECK(second.outcome.ok());
  CHECK(second.outcome.http_status == 304);
  CHECK(second.body.empty());
}

}  // namespace
}  // namespace corun::testing
