// The rarer settings of requests against real servers: authentication, multipart, cookies, certificates, proxies, networks. Knows
// no jobs.
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "catch.h"
#include "io/http_cookies.h"
#include "support/http_client.h"
#include "support/http_servers.h"

namespace corun::testing {
namespace {

Nginx& nginx() {
  static Nginx server;
  return server;
}

HttpRequestOptions& options_of(HttpRequest& request) {
  if (!request.options) request.options = std::make_unique<HttpRequestOptions>();
  return *request.options;
}

HttpRequest with_auth(std::string url, HttpAuth::Kind kind, std::string user, std::string password) {
  HttpRequest request = request_to(std::move(url));
  options_of(request).auth = HttpCredentials{kind, std::move(user), std::move(password), "", "", "", ""};
  return request;
}

// The output of a command.
std::string output_of(const std::string& command) {
  std::string out;
  FILE* pipe = ::popen(command.c_str(), "r");
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) out += static_cast<char>(c);
  REQUIRE(::pclose(pipe) == 0);
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

// The value of a header in a request as it came; "" if there is none.
std::string header_of(const std::string& request, const std::string& name) {
  const std::size_t at = request.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "";
  const std::size_t begin = at + name.size() + 4;
  return request.substr(begin, request.find("\r\n", begin) - begin);
}

std::string response(const std::string& body, const std::string& headers = "", const std::string& status = "200 OK") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body;
}

// Gives every request back as the response's body; of a body, as much as Content-Length says.
void echo(Connection& connection, int) {
  for (std::string request = connection.read_request_and_body(); !request.empty(); request = connection.read_request_and_body())
    connection.send(response(request));
}

// Redirects /start to `location`, with `status`; everything else is given back.
ScriptedServer::Script redirects_to(std::string location, std::string status, std::string headers = "") {
  return [=](Connection& connection, int) {
    for (std::string request = connection.read_request_and_body(); !request.empty();
         request = connection.read_request_and_body()) {
      const bool start = request.find(" /start ") < request.find("\r\n");
      connection.send(start ? response("", "Location: " + location + "\r\n" + headers, status + " Moved") : response(request));
    }
  };
}

HttpRequest following(std::string url) {
  HttpRequest request = request_to(std::move(url));
  request.follow_redirects = true;
  return request;
}

// --- authentication ---

TEST_CASE("basic authentication opens what nginx protects") {
  Client client;
  CHECK(client.get(nginx().http("/protected")).outcome.http_status == 401);
  CHECK(client.send(with_auth(nginx().http("/protected"), HttpAuth::Kind::basic, "me", "wrong")).outcome.http_status == 401);
  CHECK(client.send(with_auth(nginx().http("/protected"), HttpAuth::Kind::basic, "me", "secret")).body == "inside\n");
  // Nothing of it stays for the next request.
  CHECK(client.get(nginx().http("/protected")).outcome.http_status == 401);
}

TEST_CASE("a token is sent as it is") {
  ScriptedServer server(echo);
  Client client;
  const ActionResult result = client.send(with_auth(server.url(), HttpAuth::Kind::bearer, "", "abc.def=="));
  CHECK(header_of(result.body, "Authorization") == "Bearer abc.def==");
}

TEST_CASE("netrc gives user and password of the host, and only then") {
  const std::string file = nginx().folder() + "/netrc";
  std::ofstream(file) << "machine 127.0.0.1 login me password secret\n";
  Client client;
  HttpRequest request = with_auth(nginx().http("/protected"), HttpAuth::Kind::netrc, "", "");
  request.options->auth.netrc_file = file;
  CHECK(client.send(std::move(request)).body == "inside\n");
  CHECK(client.get(nginx().http("/protected")).outcome.http_status == 401);
  request = with_auth(nginx().http("/protected"), HttpAuth::Kind::netrc, "", "");
  request.options->auth.netrc_file = file + ".none";
  const ActionResult missing = client.send(std::move(request));
  CHECK(missing.outcome.kind == FailureKind::invalid_request);
  CHECK(missing.outcome.message == "cannot read " + file + ".none: no such file or directory");
}

std::string md5(const std::string& text) { return output_of("printf %s '" + text + "' | openssl md5 -r | cut -d' ' -f1"); }

std::string digest_field(const std::string& authorization, const std::string& name) {
  const std::size_t at = authorization.find(" " + name + "=");
  if (at == std::string::npos) return "";
  const std::string rest = authorization.substr(at + name.size() + 2);
  return rest.front() == '"' ? rest.substr(1, rest.find('"', 1) - 1) : rest.substr(0, rest.find(','));
}

TEST_CASE("digest authentication answers the challenge, body included") {
  ScriptedServer server([](Connection& connection, int) {
    for (std::string request = connection.read_request_and_body(); !request.empty();
         request = connection.read_request_and_body()) {
      const bool answered = !header_of(request, "Authorization").empty();
      const std::string challenge = "WWW-Authenticate: Digest realm=\"here\", nonce=\"abc\", qop=\"auth\"\r\n";
      connection.send(answered ? response(request) : response("who?", challenge, "401 Unauthorized"));
    }
  });
  Client client;
  for (const bool from_file : {false, true}) {
    HttpRequest request = with_auth(server.url("/x"), HttpAuth::Kind::digest, "me", "secret");
    request.method = "POST";
    const std::string file = nginx().folder() + "/digest-body";
    std::ofstream(file) << "hello";
    if (from_file) {
      request.body_file = file;
    } else {
      request.body = "hello";
    }
    const ActionResult result = client.send(std::move(request));
    INFO(result.outcome.message << result.body);
    CHECK(result.outcome.http_status == 200);
    CHECK(result.body.ends_with("\r\n\r\nhello"));
    const std::string authorization = header_of(result.body, "Authorization");
    const std::string user = "Digest username=\"me\"";
    CHECK(authorization.starts_with(user));
    const std::string expected = md5(md5("me:here:secret") + ":abc:" + digest_field(authorization, "nc") + ":" +
                                     digest_field(authorization, "cnonce") + ":auth:" + md5("POST:/x"));
    CHECK(digest_field(authorization, "response") == expected);
  }
}

HttpRequest signed_request(std::string url, std::string service) {
  HttpRequest request =
      with_auth(std::move(url), HttpAuth::Kind::aws_sigv4, "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
  request.options->auth.region = "us-east-1";
  request.options->auth.service = std::move(service);
  return request;
}

TEST_CASE("signatures are those of the published test suite of AWS") {
  ScriptedServer server(echo);
  Client client;
  struct Vector {
    const char* method;
    const char* address;
    const char* signature;
  };
  constexpr std::array<Vector, 3> kVectors = {
      {{"GET", "/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},   // get-vanilla
       {"POST", "/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},  // post-vanilla
       {"GET", "/?Param2=value2&Param1=value1",
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"}}};  // …-query-order-key-case
  for (const Vector& vector : kVectors) {
    HttpRequest request = signed_request(server.url(vector.address), "service");
    request.method = vector.method;
    request.headers = {{"Host", "example.amazonaws.com"}, {"X-Amz-Date", "20150830T123600Z"}};
    const std::string seen = client.send(std::move(request)).body;
    INFO(vector.method << ' ' << vector.address << '\n' << seen);
    CHECK(header_of(seen, "Authorization") ==
          "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "
          "Signature=" +
              std::string(vector.signature));
  }
}

std::string sha256(const std::string& text) { return output_of("printf %s '" + text + "' | openssl sha256 -r | cut -d' ' -f1"); }

std::string hmac(const std::string& key, const std::string& text) {
  return output_of("printf %s '" + text + "' | openssl sha256 -mac HMAC -macopt " + key + " -r | cut -d' ' -f1");
}

// The signature that a request, as it came, should have: computed from what it says it signed.
std::string expected_signature(const std::string& request, const std::string& payload_hash) {
  const std::string authorization = header_of(request, "Authorization");
  const std::size_t list_at = authorization.find("SignedHeaders=") + 14;
  const std::string list = authorization.substr(list_at, authorization.find(',', list_at) - list_at);
  const std::string method = request.substr(0, request.find(' '));
  const std::string address = request.substr(method.size() + 1, request.find(' ', method.size() + 1) - method.size() - 1);
  const std::size_t query = std::min(address.find('?'), address.size());
  std::string canonical =
      method + "\n" + address.substr(0, query) + "\n" + address.substr(std::min(query + 1, address.size())) + "\n";
  std::istringstream names(list);
  std::string lower = request;
  const std::size_t head_end = request.find("\r\n\r\n");
  for (std::size_t line = request.find("\r\n"); line < head_end; line = request.find("\r\n", line + 2)) {
    for (std::size_t i = line + 2; i < request.size() && request[i] != ':'; ++i)
      lower[i] = static_cast<char>(std::tolower(request[i]));
  }
  for (std::string name; std::getline(names, name, ';');) {
    REQUIRE(lower.find("\r\n" + name + ": ") != std::string::npos);  // what is signed is sent
    canonical += name + ":" + header_of(lower, name) + "\n";
  }
  canonical += "\n" + list + "\n" + payload_hash;
  const std::string time = header_of(request, "X-Amz-Date");
  const std::string scope =
      authorization.substr(authorization.find('/') + 1, authorization.find(',') - authorization.find('/') - 1);
  std::istringstream parts(scope);
  std::string key = "key:AWS4wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  for (std::string part; std::getline(parts, part, '/');) key = "hexkey:" + hmac(key, part);
  return hmac(key, "AWS4-HMAC-SHA256\n" + time + "\n" + scope + "\n" + sha256(canonical));
}

TEST_CASE("a signature fits the request that arrives") {
  ScriptedServer server(echo);
  Client client;
  HttpRequest request = signed_request(server.url("/b/key?x=1&a=%20"), "execute-api");
  request.method = "POST";
  request.body = "hello";
  request.content_type = "application/json";
  request.headers = {{"X-Team", "blue"}};
  request.options->auth.session_token = "a/token==";
  const std::string seen = client.send(std::move(request)).body;
  INFO(seen);
  CHECK(header_of(seen, "X-Amz-Security-Token") == "a/token==");
  CHECK(header_of(seen, "Authorization").ends_with("Signature=" + expected_signature(seen, sha256("hello"))));
}

TEST_CASE("for S3 the body isn't signed, so that it may be a file; for others it must be in memory") {
  ScriptedServer server(echo);
  Client client;
  const std::string file = nginx().folder() + "/signed-body";
  std::ofstream(file) << std::string(2'000'000, 's');
  HttpRequest request = signed_request(server.url("/bucket/key"), "s3");
  request.method = "PUT";
  request.body_file = file;
  const std::string seen = client.send(std::move(request)).body;
  const std::string head = seen.substr(0, seen.find("\r\n\r\n") + 4);
  INFO(head);
  CHECK(seen.size() == head.size() + 2'000'000);
  CHECK(header_of(head, "X-Amz-Content-Sha256") == "UNSIGNED-PAYLOAD");
  CHECK(header_of(head, "Authorization").ends_with("Signature=" + expected_signature(head, "UNSIGNED-PAYLOAD")));
  request = signed_request(server.url(), "execute-api");
  request.method = "PUT";
  request.body_file = file;
  CHECK(client.send(std::move(request)).outcome.kind == FailureKind::invalid_request);
}

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

// --- other origins ---

TEST_CASE("another origin gets no credentials, whatever their kind") {
  ScriptedServer other(echo);
  ScriptedServer server([&](Connection& connection, int) {
    // Digest asks first; then off to the other.
    for (std::string request = connection.read_request_and_body(); !request.empty();
         request = connection.read_request_and_body()) {
      const bool asks = request.starts_with("GET /digest ") && header_of(request, "Authorization").empty();
      connection.send(asks ? response("", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n", "401 No")
                           : response("", "Location: " + other.url("/got") + "\r\n", "307 Moved"));
    }
  });
  const std::string netrc = nginx().folder() + "/netrc2";
  std::ofstream(netrc) << "machine 127.0.0.1 login me password secret\n";
  Client client;
  for (const HttpAuth::Kind kind : {HttpAuth::Kind::basic, HttpAuth::Kind::digest, HttpAuth::Kind::bearer,
                                    HttpAuth::Kind::aws_sigv4, HttpAuth::Kind::netrc}) {
    HttpRequest request = with_auth(server.url(kind == HttpAuth::Kind::digest ? "/digest" : "/x"), kind, "me", "secret");
    request.follow_redirects = true;
    request.headers = {{"Cookie", "own=1"}};
    request.options->auth.region = "r";
    request.options->auth.service = "s3";
    request.options->auth.session_token = "secret";
    request.options->auth.netrc_file = netrc;
    request.options->idempotency_key = "secret";
    const std::string seen = client.send(std::move(request)).body;
    INFO(seen);
    CHECK(seen.starts_with("GET /got "));
    for (const char* header : {"Authorization", "X-Amz-Security-Token", "X-Amz-Date", "Cookie", "Idempotency-Key"})
      CHECK(header_of(seen, header).empty());
    CHECK(seen.find("secret") == std::string::npos);
  }
}

TEST_CASE("another origin doesn't get the client certificate") {
  ScriptedServer server(redirects_to(nginx().https_for_certified("/who"), "302"));
  Client client;
  HttpRequest request = following(server.url("/start"));
  request.tls_ca = nginx().certificate();
  options_of(request).tls_cert = nginx().client_certificate();
  request.options->tls_key = nginx().client_key();
  CHECK(client.send(std::move(request)).outcome.http_status == 400);
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

// A proxy that lets nothing through but says what it was asked.
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
