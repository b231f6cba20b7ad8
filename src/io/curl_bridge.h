// One libcurl multi handle on the event loop: its sockets are watched, its timer armed, its ends told. Knows nothing of HTTP.
#pragma once

#include <cstddef>
#include <vector>

#include "io/curl_api.h"
#include "loop/loop.h"

namespace corun {

/// A transfer's side of the bridge; CURLOPT_PRIVATE of its easy handle points to it.
class CurlTransfer {
 public:
  /// Told once that a running transfer has ended; its values may be read here, and it stops running after that. Must only
  /// note and post, never start or stop a transfer.
  virtual void on_done(CURLcode code) = 0;

 protected:
  ~CurlTransfer() = default;
};

/// Drives the transfers of one multi handle. libcurl is entered only from the loop, never from one of its own callbacks.
class CurlBridge final : private FdHandler, private Timer {
 public:
  /// Keeps up to `max_connections` connections open for reuse.
  CurlBridge(const CurlApi& api, Loop& loop, std::size_t max_connections);
  /// Closes every connection. No transfer may be running.
  ~CurlBridge();
  CurlBridge(const CurlBridge&) = delete;
  CurlBridge& operator=(const CurlBridge&) = delete;

  /// Starts a transfer, whose CURLOPT_PRIVATE is its CurlTransfer*. Not from a libcurl callback.
  void start(CURL* easy);
  /// Stops a running transfer; its connection is closed if it can't be used further. Not from a libcurl callback.
  void stop(CURL* easy);
  /// A transfer that may share its HTTP/2 connection with others has broken off: what libcurl has read for them already is
  /// taken in the next turn of the loop. Left alone it stays in libcurl's buffer, and the server waits for its window. Safe
  /// in callbacks.
  void read_again() { reading_again_.arm(loop_, loop_.now()); }

  /// For CURLOPT_OPENSOCKETFUNCTION: a socket that children don't inherit; CURL_SOCKET_BAD with errno set on failure.
  curl_socket_t open_socket(const curl_sockaddr& address);
  /// For CURLOPT_CLOSESOCKETFUNCTION with the bridge as its data.
  static int close_socket(void* bridge, curl_socket_t socket);

 private:
  static int on_socket_wanted(CURL* easy, curl_socket_t socket, int what, void* bridge, void* socket_data);
  static int on_timer_wanted(CURLM* multi, long milliseconds, void* bridge);
  void on_fd(int fd, std::uint32_t events) override;
  void on_timer() override;
  void act(curl_socket_t socket, int events);
  void take_ends();

  // Tries to read from every open connection; one that has nothing to read takes no harm.
  class ReadingAgain final : public Timer {
   public:
    explicit ReadingAgain(CurlBridge& bridge) : bridge_(bridge) {}

   private:
    void on_timer() override;
    CurlBridge& bridge_;
  };

  const CurlApi& api_;
  Loop& loop_;
  CURLM* multi_;
  ReadingAgain reading_again_{*this};
  std::vector<bool> opened_;  // by descriptor: opened by open_socket, so its end is told by close_socket
};

}  // namespace corun
