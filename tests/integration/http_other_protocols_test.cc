// FTP, SFTP and MQTT against real servers: what is fetched, published and received, and what is refused. Knows no jobs.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "catch.h"
#include "support/http_client.h"
#include "support/http_other_servers.h"
#include "support/http_servers.h"

namespace corun::testing {
namespace {

namespace fs = std::filesystem;

HttpRequest request_by(Protocol protocol, std::string url, std::string method = "GET", std::string body = "") {
  HttpRequest request = request_to(std::move(url), std::move(method), std::move(body));
  request.options = std::make_unique<HttpRequestOptions>();
  request.options->protocols = as_set(protocol);
  return request;
}

void log_in(HttpRequest& request, std::string password) {
  request.options->auth.kind = HttpAuth::Kind::basic;
  request.options->auth.user = "me";
  request.options->auth.password = std::move(password);
}

std::string text_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

SaveTarget resuming(std::string file, std::string checksum = "") {
  SaveTarget target;
  target.file = std::move(file);
  target.resume = true;
  target.checksum = std::move(checksum);
  return target;
}

// A working directory of its own.
class Scratch {
 public:
  Scratch() : before_(fs::current_path()) { fs::current_path(fs::path(folder_.file("")).parent_path()); }
  ~Scratch() { fs::current_path(before_); }

 private:
  ServerFolder folder_;
  fs::path before_;
};

TEST_CASE("protocols that aren't listed are refused before anything is sent") {
  Client client;
  for (const char* url :
       {"ftp://127.0.0.1/", "sftp://127.0.0.1/x", "mqtt://127.0.0.1/t", "file:///etc/passwd", "gopher://127.0.0.1/"}) {
    const ActionResult result = client.get(url);
    CHECK(result.outcome.kind == FailureKind::invalid_request);
  }
  CHECK(client.get("ftp://127.0.0.1/x").outcome.message ==
        "invalid URL \"ftp://127.0.0.1/x\": it must start with http:// or https://");
  CHECK(client.send(request_by(Protocol::ftp, "http://127.0.0.1/")).outcome.message ==
        "invalid URL \"http://127.0.0.1/\": it must start with ftp://");
  CHECK(client.send(request_by(Protocol::ftp, "file:///etc/passwd")).outcome.kind == FailureKind::invalid_request);
}

TEST_CASE("requests that a protocol doesn't have") {
  Client client;
  const auto kind = [&](HttpRequest request) { return client.send(std::move(request)).outcome.kind; };
  CHECK(kind(request_by(Protocol::ftp, "ftp://127.0.0.1/x", "DELETE")) == FailureKind::invalid_request);
  CHECK(kind(request_by(Protocol::sftp, "sftp://127.0.0.1/x", "PUT", "x")) == FailureKind::invalid_request);
  CHECK(kind(request_by(Protocol::mqtt, "mqtt://127.0.0.1/x", "POST")) == FailureKind::invalid_request);
  HttpRequest request = request_by(Protocol::ftp, "ftp://127.0.0.1/x");
  log_in(request, "x");
  request.options->auth.user = "me\r\nDELE x";
  CHECK(kind(std::move(request)) == FailureKind::invalid_request);
  request = request_by(Protocol::ftp, "ftp://127.0.0.1/x");
  log_in(request, "x");
  request.options->auth.kind = HttpAuth::Kind::digest;
  CHECK(client.send(std::move(request)).outcome.message == "ftp has no other `auth` than `basic`");
  request = request_by(Protocol::sftp, "sftp://127.0.0.1/x");
  request.options->proxy = "http://127.0.0.1:9";
  CHECK(client.send(std::move(request)).outcome.message == "sftp can't go through a proxy");
}

TEST_CASE("private addresses are refused to every protocol") {
  FtpServer server;
  Client client;
  CHECK(client.send(request_by(Protocol::ftp, server.url("log"))).outcome.ok());
  HttpRequest request = request_by(Protocol::ftp, server.url("log"));
  request.options->deny_private = true;
  const ActionResult result = client.send(std::move(request));  // nor is the connection used that is open
  CHECK(result.outcome.kind == FailureKind::invalid_request);
  CHECK(result.outcome.message.find("127.0.0.1") != std::string::npos);
}

// --- FTP ---

TEST_CASE("a file by FTP, to memory and to a file") {
  FtpServer server;
  server.folder().write("data", "hello: by FTP\n");
  const Scratch scratch;
  Client client;
  ActionResult result = client.send(request_by(Protocol::ftp, server.url("data")));
  INFO(result.outcome.message);
  CHECK(result.outcome.ok());
  CHECK(result.outcome.http_status == 0);
  CHECK(result.body == "hello: by FTP\n");
  CHECK(result.headers.empty());

  HttpRequest request = request_by(Protocol::ftp, server.url("data"));
  request.options->save = resuming("out", "md5:" + std::string(32, '0'));
  CHECK(client.send(std::move(request)).outcome.kind == FailureKind::checksum);
  request = request_by(Protocol::ftp, server.url("data"));
  request.options->save = resuming("out");
  result = client.send(std::move(request));
  CHECK(result.outcome.ok());
  CHECK(result.saved->size == 14);
  CHECK(text_of("out") == "hello: by FTP\n");
}

TEST_CASE("an FTP download goes on where it stopped; nothing of it stays for the next") {
  FtpServer server;
  server.folder().write("data", "0123456789");
  const Scratch scratch;
  Client client;
  // Of use, complete, too long.
  for (const char* part : {"0123", "0123456789", "0123456789abc"}) {
    INFO(part);
    std::ofstream("out.part") << part;
    HttpRequest request = request_by(Protocol::ftp, server.url("data"));
    request.options->save = resuming("out");
    const ActionResult result = client.send(std::move(request));
    INFO(result.outcome.message);
    CHECK(result.outcome.ok());
    CHECK(text_of("out") == "0123456789");
    fs::remove("out");
  }
  CHECK(client.send(request_by(Protocol::ftp, server.url("data"))).body == "0123456789");
  ScriptedServer web([](Connection& connection, int) {
    const std::string seen = connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(seen.size()) + "\r\n\r\n" + seen);
  });
  const std::string seen = client.get(web.url()).body;
  CHECK(seen.starts_with("GET / HTTP/1.1\r\n"));
  CHECK(seen.find("Range") == std::string::npos);
}

TEST_CASE("FTP that fails") {
  FtpServer server;
  Client client;
  ActionResult result = client.send(request_by(Protocol::ftp, server.url("none")));
  CHECK(result.outcome.kind == FailureKind::refused);
  HttpRequest request = request_by(Protocol::ftp, server.url("none"));
  log_in(request, "wrong");
  result = client.send(std::move(request), 30s);
  CHECK(result.outcome.kind == FailureKind::refused);
  CHECK(result.outcome.message.find("refused the login") != std::string::npos);
  request = request_by(Protocol::ftp, server.url("log"));
  request.max_body = 3;
  CHECK(client.send(std::move(request)).outcome.kind == FailureKind::body_too_large);
  CHECK(client.send(request_by(Protocol::ftp, "ftp://127.0.0.1:" + std::to_string(free_port()) + "/x")).outcome.kind ==
        FailureKind::connect);
}

// --- SFTP ---

HttpRequest by_sftp(const SftpServer& server, const std::string& name) {
  HttpRequest request = request_by(Protocol::sftp, server.url(name));
  request.options->ssh.user = SftpServer::user();
  request.options->ssh.key_file = server.key();
  return request;
}

TEST_CASE("a file by SFTP, the server known by fingerprint or by known_hosts") {
  SftpServer server;
  server.folder().write("data", "0123456789");
  server.folder().write("known_hosts", server.known_host());
  const Scratch scratch;
  Client client;
  HttpRequest request = by_sftp(server, "data");
  request.options->ssh.host_key = server.fingerprint();
  ActionResult result = client.send(std::move(request));
  INFO(result.outcome.message);
  CHECK(result.outcome.ok());
  CHECK(result.outcome.http_status == 0);
  CHECK(result.body == "0123456789");

  std::ofstream("out.part") << "0123";
  request = by_sftp(server, "data");
  request.options->ssh.known_hosts = server.folder().file("known_hosts");
  request.options->save = resuming("out", "sha256:84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882");
  result = client.send(std::move(request));
  INFO(result.outcome.message);
  CHECK(result.outcome.ok());
  CHECK(text_of("out") == "0123456789");
}

TEST_CASE("an SFTP server that isn't known is never logged in to") {
  SftpServer server;
  server.folder().write("data", "secret");
  server.folder().write("empty", "");
  Client client;
  // A connection to a trusted server isn't lent to a request that doesn't trust it.
  HttpRequest request = by_sftp(server, "data");
  request.options->ssh.host_key = server.fingerprint();
  REQUIRE(client.send(std::move(request)).outcome.ok());

  for (const char* known_hosts : {"empty", "none"}) {
    request = by_sftp(server, "data");
    request.options->ssh.known_hosts = server.folder().file(known_hosts);
    const ActionResult result = client.send(std::move(request));
    CHECK(result.outcome.kind == FailureKind::tls_trust);
    CHECK(result.outcome.message.starts_with("host key of 127.0.0.1:"));
  }
  // Without a word on it, ~/.ssh/known_hosts decides.
  const char* home = std::getenv("HOME");
  const std::string before = home != nullptr ? home : "";
  ::setenv("HOME", server.folder().file("nobody").c_str(), 1);
  CHECK(client.send(by_sftp(server, "data")).outcome.kind == FailureKind::tls_trust);
  ::unsetenv("HOME");
  CHECK(client.send(by_sftp(server, "data")).outcome.kind == FailureKind::tls_trust);
  ::setenv("HOME", before.c_str(), 1);

  request = by_sftp(server, "data");
  request.options->ssh.host_key = "SHA256:uNiVztksCsDhcc0u9e8BrrJXVGHUWdZAFLzmKJxDMgM";
  CHECK(client.send(std::move(request)).outcome.kind == FailureKind::tls_trust);
}

TEST_CASE("SFTP that fails") {
  SftpServer server;
  Client client;
  HttpRequest request = by_sftp(server, "none");
  request.options->ssh.host_key = server.fingerprint();
  CHECK(client.send(std::move(request)).outcome.kind == FailureKind::refused);
  request = by_sftp(server, "none");
  request.options->ssh.host_key = server.fingerprint();
  request.options->ssh.key_file = server.folder().file("stranger");  // not an authorized one
  CHECK(client.send(std::move(request)).outcome.kind == FailureKind::refused);
}

// --- MQTT ---

// Subscribes, and publishes what another client sends meanwhile.
Task<void> subscribe(Client& client, const Command& command, CancelScope& scope, ActionResult& result, bool& ended) {
  ActionResult received = co_await client.executor->execute(command, scope);
  result = std::move(received);
  ended = true;
}

Task<int> publish_until(Client& client, const Command& subscription, const Command& message, ActionResult& result) {
  CancelScope scope;
  TaskGroup group(client.loop);
  bool ended = false;
  group.start(subscribe(client, subscription, scope, result, ended));
  // Nobody tells when the subscription is there; messages before that are lost.
  while (!ended) {
    ActionResult sent = co_await client.executor->execute(message, scope);
    CHECK(sent.outcome.message == "");
    CHECK(sent.outcome.ok());
  }
  co_await group.join();
  co_return 0;
}

ActionResult received(const MqttBroker& broker, HttpRequest subscription, const std::string& payload) {
  Client client;
  subscription.idle_timeout = 20s;
  const Command subscribing = command_for(std::move(subscription));
  const Command message = command_for(request_by(Protocol::mqtt, broker.url("house/door"), "POST", payload));
  ActionResult result;
  run(client.loop, publish_until(client, subscribing, message, result));
  return result;
}

TEST_CASE("a message by MQTT is published and received") {
  MqttBroker broker;
  for (const std::string& payload : {std::string("open"), std::string("{\"a\": [1, 2]}\n"), std::string(100'000, 'x')}) {
    const ActionResult result = received(broker, request_by(Protocol::mqtt, broker.url("house/door")), payload);
    INFO(result.outcome.message);
    CHECK(result.outcome.ok());
    CHECK(result.outcome.http_status == 0);
    CHECK(result.body == payload);
    CHECK(result.headers == HttpHeaders{{"Topic", "house/door"}});
  }
}

TEST_CASE("several messages, any topic") {
  MqttBroker broker;
  HttpRequest request = request_by(Protocol::mqtt, broker.url("house/%23"));
  request.options->max_messages = 3;
  const ActionResult result = received(broker, std::move(request), "x");
  CHECK(result.outcome.ok());
  CHECK(result.body == "x\nx\nx\n");
  CHECK(result.headers == HttpHeaders{{"Topic", "house/door"}});
}

TEST_CASE("a message goes to a file") {
  MqttBroker broker;
  const Scratch scratch;
  HttpRequest request = request_by(Protocol::mqtt, broker.url("house/door"));
  request.options->save.emplace();
  request.options->save->file = "out";
  const ActionResult result = received(broker, std::move(request), "open");
  CHECK(result.outcome.ok());
  CHECK(text_of("out") == "open");
}

TEST_CASE("a message that is too long") {
  MqttBroker broker;
  HttpRequest request = request_by(Protocol::mqtt, broker.url("house/door"));
  request.max_body = 10;
  CHECK(received(broker, std::move(request), std::string(11, 'x')).outcome.kind == FailureKind::body_too_large);
}

TEST_CASE("no message comes") {
  MqttBroker broker;
  Client client;
  CHECK(client.send(request_by(Protocol::mqtt, broker.url("t")), 100ms).outcome.kind == FailureKind::cancelled);
  HttpRequest request = request_by(Protocol::mqtt, broker.url("t"));
  request.idle_timeout = 100ms;
  CHECK(client.send(std::move(request)).outcome.kind == FailureKind::idle_timeout);
}

TEST_CASE("MQTT with a login") {
  MqttBroker broker(true);
  Client client;
  const auto publish = [&](const std::string& password) {
    HttpRequest request = request_by(Protocol::mqtt, broker.url("t"), "POST", "x");
    log_in(request, password);
    return client.send(std::move(request)).outcome;
  };
  CHECK(publish("secret").ok());
  const Outcome wrong = publish("wrong");
  CHECK(wrong.kind == FailureKind::refused);
  CHECK(wrong.message.ends_with(" refused the login"));
  CHECK(publish("secret").ok());
}

TEST_CASE("a server that doesn't speak the protocol") {
  ScriptedServer server([](Connection& connection, int) { connection.send("HTTP/1.1 400 Bad Request\r\n\r\n"); });
  Client client;
  const std::string address = "://127.0.0.1:" + std::to_string(server.port()) + "/t";
  for (const Protocol protocol : {Protocol::ftp, Protocol::sftp, Protocol::mqtt}) {
    const ActionResult result = client.send(request_by(protocol, to_string(protocol) + address));
    INFO(to_string(protocol) << ": " << result.outcome.message);
    CHECK(result.outcome.kind == FailureKind::transfer);
  }
}

}  // namespace
}  // namespace corun::testing
