// A libcurl easy handle that is used again and again: only options that differ are set anew. Knows nothing of redirects.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/curl_bridge.h"
#include "io/executor.h"
#include "io/http_body_file.h"
#include "io/http_cookies.h"
#include "io/http_extras.h"
#include "io/http_failure.h"
#include "io/http_headers.h"
#include "io/http_lookups.h"
#include "io/http_redirect.h"
#include "io/http_response.h"
#include "io/http_save.h"
#include "io/mqtt_messages.h"
#include "loop/awaiters.h"

namespace corun {

/// What all handles of one pool have in common.
struct HttpHandleSettings {
  std::string ca_file;        ///< PEM; "": libcurl's own place
  std::string proxy_ca_file;  ///< the same, for a proxy that speaks TLS
  std::string user_agent;
  CURLSH* share = nullptr;  ///< TLS sessions and names
};

/// One exchange at a time: `prepare`, `start`, await `done`, read the response; or `stop`.
class HttpHandle final : private CurlTransfer, private Timer {
 public:
  HttpHandle(const CurlApi& api, Loop& loop, CurlBridge& bridge, const HttpHandleSettings& settings);
  ~HttpHandle();
  HttpHandle(const HttpHandle&) = delete;
  HttpHandle& operator=(const HttpHandle&) = delete;

  /// Makes ready for `hop` of `request`, both of which must live until the exchange has ended, as must `save` (null: the
  /// response's body is kept in memory). An error if the body's file can't be read.
  std::optional<Error> prepare(const HttpRequest& request, const HttpHop& hop, std::shared_ptr<const HttpHeaderList> headers,
                               std::optional<Duration> connect_timeout, HttpSave* save);
  /// Takes cookies from `cookies` and puts those of the response there. For a handle that isn't used again.
  void use_cookies(std::shared_ptr<HttpCookies> cookies);
  /// Makes the exchange tell `lookups` as soon as it is past the lookup of `authority`, or when it ends.
  void lead_lookup(HttpLookups& lookups, const std::string& authority);
  /// The exchange won't be started after all: another request leads.
  void give_up_lookup();

  void start();
  /// Breaks a running exchange off.
  void stop();

  /// Set when the exchange has ended by itself.
  Event& done() { return done_; }
  /// How the exchange ended; nothing if with a complete response.
  std::optional<Outcome> failure(const HttpTarget& target) const;
  /// Whether the request may have reached the server, be it in part.
  bool request_begun() const { return request_begun_; }
  int status() const { return status_; }
  /// Whether the response came over HTTP/2.
  bool over_http_2() const;
  HttpResponse& response() { return response_; }
  /// The topic of the message that came last; "" if none did.
  const std::string& topic() const { return messages_.topic(); }
  /// When a byte was last received or sent, as far as requests with an idle timeout are concerned.
  TimePoint last_activity() const { return last_activity_; }

 private:
  enum class BodyMode : std::uint8_t { none, head, text, file };

  // The options as they are set in the easy handle; at first libcurl's defaults.
  struct Applied {
    std::string url;
    std::string method;  // "": the one that goes with the mode
    BodyMode mode = BodyMode::none;
    std::shared_ptr<const HttpHeaderList> headers;
    long version = CURL_HTTP_VERSION_NONE;
    bool verify = true;
    bool fresh_connection = false;
    bool progress = false;
    long connect_timeout = 0;  // milliseconds
    bool identity = false;
    long buffer = CURL_MAX_WRITE_SIZE;
    curl_off_t offset = 0;
    Protocol protocol = Protocol::http;  // http stands for https too
  };

  void set_constant_options(const HttpHandleSettings& settings);
  void set_method(BodyMode mode, const std::string& method);
  void prepare_save(const HttpHop& hop, HttpSave* save);
  void prepare_protocol(const HttpRequest& request, const HttpHop& hop);
  void prepare_ssh(const SshLogin& ssh, bool by_password);
  // Each takes bytes of the body; false ends the transfer.
  bool keep(std::string_view bytes);
  bool keep_message(std::string_view bytes);
  void set(CURLoption option, long value) { api_.easy_setopt(easy_, option, value); }
  void note_activity();
  void leave_shared_connection();
  bool refuses(const sockaddr& address);
  void end_lookup();

  void on_done(CURLcode code) override;
  void on_timer() override;
  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* handle);
  static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* handle);
  static curl_socket_t on_open_socket(void* handle, curlsocktype purpose, curl_sockaddr* address);
  static int on_before_request(void* handle, char* remote, char* local, int remote_port, int local_port);
  static int on_progress(void* handle, curl_off_t to_receive, curl_off_t received, curl_off_t to_send, curl_off_t sent);

  const CurlApi& api_;
  Loop& loop_;
  CurlBridge& bridge_;
  CURL* easy_;
  Event done_;
  Applied applied_;
  HttpBodyFile body_file_;
  HttpMultipart multipart_;
  std::shared_ptr<HttpCookies> cookies_;
  HttpResponse response_;
  HttpSave* save_ = nullptr;
  Protocol protocol_ = Protocol::http;
  MqttMessages messages_;
  bool all_received_ = false;  // of a subscription, which only we end
  HttpTransferEnd end_;
  int status_ = 0;
  int socket_error_ = 0;  // errno of a socket that couldn't be opened
  bool request_begun_ = false;
  bool deny_private_ = false;  // of the addresses that sockets are opened to
  bool socket_opened_ = false;
  std::string refused_;  // the private address that wasn't connected to
  std::string proxy_;    // without password; "": none
  TimePoint last_activity_{};
  curl_off_t bytes_moved_ = 0;      // received and sent, when last looked
  HttpLookups* lookups_ = nullptr;  // while this exchange leads a lookup
  std::string authority_;
  std::array<char, CURL_ERROR_SIZE> detail_{};
};

}  // namespace corun
