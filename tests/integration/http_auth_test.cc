// Authentication against real servers and published signatures, and that no other origin gets any of it. Knows no jobs.
#include <array>
#include <cctype>
#include <fstream>
#include <sstream>
#include <string>

#include "catch.h"
#include "support/http_requests.h"

namespace corun::testing {
namespace {

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

}  // namespace
}  // namespace corun::testing
