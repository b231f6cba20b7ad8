// Servers for the HTTP tests: a real nginx, and a scripted one that misbehaves. Knows nothing of corun's client.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <string_view>

namespace corun::testing {

/// An nginx of its own, on free ports, with a certificate of its own; stopped and removed at the end.
class Nginx {
 public:
  /// Throws std::runtime_error if it doesn't start.
  Nginx();
  ~Nginx();
  Nginx(const Nginx&) = delete;
  Nginx& operator=(const Nginx&) = delete;

  std::string http(std::string_view path) const { return "http://127.0.0.1:" + std::to_string(http_port_) + std::string(path); }
  std::string https(std::string_view path) const {
    return "https://127.0.0.1:" + std::to_string(https_port_) + std::string(path);
  }
  /// Over TLS without HTTP/2.
  std::string https_1_1(std::string_view path) const {
    return "https://127.0.0.1:" + std::to_string(https_1_1_port_) + std::string(path);
  }
  /// Over TLS, for clients with a certificate that it trusts.
  std::string https_for_certified(std::string_view path) const {
    return "https://127.0.0.1:" + std::to_string(certified_port_) + std::string(path);
  }
  std::string client_certificate() const { return folder_ + "/client.pem"; }
  std::string client_key() const { return folder_ + "/client.key"; }
  /// The certificate's file, to be trusted by tests.
  std::string certificate() const { return folder_ + "/cert.pem"; }
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
  int http_port_ = 0;
  int https_port_ = 0;
  int https_1_1_port_ = 0;
  int certified_port_ = 0;
  pid_t pid_ = -1;
};

/// One connection of a ScriptedServer; lives in the server's process.
class Connection {
 public:
  explicit Connection(int fd) : fd_(fd) {}
  /// Reads to the end of the request's headers; what came. "" if the client closed.
  std::string read_request();
  /// Reads a request with a Content-Length, body included.
  std::string read_request_and_body();
  /// Reads so many bytes; fewer if the client closes.
  std::string read_bytes(std::size_t count);
  /// False once the client has closed.
  bool send(std::string_view bytes);
  /// Waits until the client closes.
  void wait_for_close();
  /// Ends the connection with a reset.
  void reset();

 private:
  int fd_;
};

/// A server in a process of its own: `script` is run for each connection, in a process of its own too, with the number of
/// the connection from 0; then the connection is closed.
class ScriptedServer {
 public:
  using Script = std::function<void(Connection& connection, int number)>;
  explicit ScriptedServer(const Script& script);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  int port() const { return port_; }
  std::string url(std::string_view path = "/") const { return "http://127.0.0.1:" + std::to_string(port_) + std::string(path); }
  std::string https_url() const { return "https://127.0.0.1:" + std::to_string(port_) + "/"; }

 private:
  int port_ = 0;
  pid_t pid_ = -1;
};

/// A port of 127.0.0.1 that nobody listens on.
int free_port();

/// A number that all processes of a test see.
class SharedCounter {
 public:
  SharedCounter();
  ~SharedCounter();
  SharedCounter(const SharedCounter&) = delete;
  SharedCounter& operator=(const SharedCounter&) = delete;
  int increment() { return __atomic_add_fetch(value_, 1, __ATOMIC_SEQ_CST); }
  int get() const { return __atomic_load_n(value_, __ATOMIC_SEQ_CST); }

 private:
  int* value_;
};

}  // namespace corun::testing
