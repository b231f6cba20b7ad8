// How a request becomes options of an easy handle, and its callbacks a response. Knows nothing of redirects.
#include "io/http_handle.h"

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

#include "io/http_address.h"
#include "io/http_words.h"

namespace corun {
namespace {

// Longer than any handshake that still comes to an end; libcurl would give up after 5 minutes if none were set.
constexpr long kLongestConnect = 3600 * 1000;

}  // namespace

HttpHandle::HttpHandle(const CurlApi& api, Loop& loop, CurlBridge& bridge, const HttpHandleSettings& settings)
    : api_(api), loop_(loop), bridge_(bridge), easy_(api.easy_init()), done_(loop), multipart_(api) {
  if (easy_ == nullptr) throw std::bad_alloc();
  set_constant_options(settings);
}

HttpHandle::~HttpHandle() { api_.easy_cleanup(easy_); }

void HttpHandle::set_constant_options(const HttpHandleSettings& settings) {
  set(CURLOPT_NOSIGNAL, 1);
  set(CURLOPT_QUICK_EXIT, 1);  // else a timeout during a lookup blocks the loop until the lookup ends
  api_.easy_setopt(easy_, CURLOPT_PRIVATE, static_cast<CurlTransfer*>(this));
  api_.easy_setopt(easy_, CURLOPT_ERRORBUFFER, detail_.data());
  api_.easy_setopt(easy_, CURLOPT_SHARE, settings.share);
  api_.easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  api_.easy_setopt(easy_, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1);
  api_.easy_setopt(easy_, CURLOPT_PROXY, "");  // none from the environment
  api_.easy_setopt(easy_, CURLOPT_ACCEPT_ENCODING, "");
  api_.easy_setopt(easy_, CURLOPT_USERAGENT, settings.user_agent.c_str());
  set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  // libcurl keeps the parsed bundle only if there is no directory of certificates besides.
  if (!settings.ca_file.empty()) api_.easy_setopt(easy_, CURLOPT_CAINFO, settings.ca_file.c_str());
  api_.easy_setopt(easy_, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  if (!settings.proxy_ca_file.empty()) api_.easy_setopt(easy_, CURLOPT_PROXY_CAINFO, settings.proxy_ca_file.c_str());
  api_.easy_setopt(easy_, CURLOPT_PROXY_CAPATH, static_cast<const char*>(nullptr));
  set(CURLOPT_PROXY_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  set(CURLOPT_CONNECTTIMEOUT_MS, applied_.connect_timeout = kLongestConnect);
  api_.easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &HttpHandle::on_body);
  api_.easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  api_.easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &HttpHandle::on_header);
  api_.easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  api_.easy_setopt(easy_, CURLOPT_READFUNCTION, &HttpBodyFile::on_read);
  api_.easy_setopt(easy_, CURLOPT_READDATA, &body_file_);
  api_.easy_setopt(easy_, CURLOPT_SEEKFUNCTION, &HttpBodyFile::on_seek);
  api_.easy_setopt(easy_, CURLOPT_SEEKDATA, &body_file_);
  api_.easy_setopt(easy_, CURLOPT_XFERINFOFUNCTION, &HttpHandle::on_progress);
  api_.easy_setopt(easy_, CURLOPT_XFERINFODATA, this);
  api_.easy_setopt(easy_, CURLOPT_PREREQFUNCTION, &HttpHandle::on_before_request);
  api_.easy_setopt(easy_, CURLOPT_PREREQDATA, this);
  api_.easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, &HttpHandle::on_open_socket);
  api_.easy_setopt(easy_, CURLOPT_OPENSOCKETDATA, this);
  // The connection outlives this handle, so its end is told to the bridge.
  api_.easy_setopt(easy_, CURLOPT_CLOSESOCKETFUNCTION, &CurlBridge::close_socket);
  api_.easy_setopt(easy_, CURLOPT_CLOSESOCKETDATA, &bridge_);
}

std::optional<Error> HttpHandle::prepare(const HttpRequest& request, const HttpHop& hop,
                                         std::shared_ptr<const HttpHeaderList> headers, std::optional<Duration> connect_timeout,
                                         HttpSave* save) {
  const bool sends_file = hop.with_body && !request.body_file.empty();
  if (sends_file) {
    if (std::optional<Error> error = body_file_.open(request.body_file)) return error;
  }
  done_.reset();
  response_.begin(request.max_body);
  end_ = HttpTransferEnd();
  detail_[0] = '\0';
  status_ = 0;
  socket_error_ = 0;
  request_begun_ = false;
  bytes_moved_ = 0;
  const bool through_proxy = request.options && request.options->proxy;
  deny_private_ = request.options && request.options->deny_private && !through_proxy;  // the proxy is the file's own choice
  socket_opened_ = false;
  refused_.clear();
  proxy_ = through_proxy ? without_password(*request.options->proxy) : "";

  if (hop.target.url != applied_.url) {
    applied_.url = hop.target.url;
    api_.easy_setopt(easy_, CURLOPT_URL, applied_.url.c_str());
  }
  // These three are sent with "Content-Length: 0" if they have no body.
  const bool needs_length = hop.method == "POST" || hop.method == "PUT" || hop.method == "PATCH";
  const bool sends_parts = hop.with_body && request.is_multipart();
  const bool sends_text = !sends_file && !sends_parts && (hop.with_body || needs_length);
  set_method(sends_file || sends_parts ? BodyMode::file
             : sends_text              ? BodyMode::text
             : hop.method == "HEAD"    ? BodyMode::head
                                       : BodyMode::none,
             hop.method);
  if (sends_text) {
    const bool empty = !hop.with_body || !request.body.has_value();
    api_.easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, empty ? curl_off_t{0} : static_cast<curl_off_t>(request.body->size()));
    api_.easy_setopt(easy_, CURLOPT_POSTFIELDS, empty ? "" : request.body->data());
  } else if (sends_file) {
    api_.easy_setopt(easy_, CURLOPT_POSTFIELDS, static_cast<const char*>(nullptr));
    api_.easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, body_file_.size());
  }
  if (headers != applied_.headers) {
    api_.easy_setopt(easy_, CURLOPT_HTTPHEADER, headers != nullptr ? headers->get() : nullptr);
    applied_.headers = std::move(headers);
  }
  // HTTP/2 only where ALPN can settle it. Requests to a host whose first connection isn't up wait to learn whether it
  // carries many.
  const bool offers_http_2 = hop.target.secure && request.version != HttpSpec::Version::http_1_1;
  const long version = offers_http_2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1;
  if (version != applied_.version) {
    set(CURLOPT_HTTP_VERSION, applied_.version = version);
    set(CURLOPT_PIPEWAIT, offers_http_2 ? 1 : 0);
  }
  if (request.tls_verify != applied_.verify) {
    applied_.verify = request.tls_verify;
    set(CURLOPT_SSL_VERIFYPEER, request.tls_verify ? 1 : 0);
    set(CURLOPT_SSL_VERIFYHOST, request.tls_verify ? 2 : 0);
  }
  // libcurl sends a request again by itself if the connection it reuses turns out to be dead.
  if (request.at_most_once != applied_.fresh_connection) {
    set(CURLOPT_FRESH_CONNECT, (applied_.fresh_connection = request.at_most_once) ? 1 : 0);
  }
  prepare_save(hop, save);
  prepare_protocol(request, hop);
  if (request.idle_timeout.has_value() != applied_.progress) {
    applied_.progress = request.idle_timeout.has_value();
    set(CURLOPT_NOPROGRESS, applied_.progress ? 0 : 1);
  }
  long milliseconds = kLongestConnect;
  if (connect_timeout) {
    const auto wanted = std::chrono::ceil<std::chrono::milliseconds>(*connect_timeout).count();
    milliseconds = static_cast<long>(std::clamp<std::int64_t>(wanted, 1, kLongestConnect));
  }
  if (milliseconds != applied_.connect_timeout) set(CURLOPT_CONNECTTIMEOUT_MS, applied_.connect_timeout = milliseconds);
  return has_extras(request) ? set_extras(api_, easy_, request, hop, multipart_) : std::nullopt;
}

void HttpHandle::set_method(BodyMode mode, const std::string& method) {
  if (mode != applied_.mode) {
    applied_.mode = mode;
    switch (mode) {
      case BodyMode::none: set(CURLOPT_HTTPGET, 1); break;
      case BodyMode::head: set(CURLOPT_NOBODY, 1); break;
      case BodyMode::text:
      case BodyMode::file: set(CURLOPT_POST, 1); break;
    }
  }
  const char* own = mode == BodyMode::none ? "GET" : mode == BodyMode::head ? "HEAD" : "POST";
  const bool differs = method != own;
  if (differs ? applied_.method == method : applied_.method.empty()) return;
  applied_.method = differs ? method : "";
  api_.easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, differs ? method.c_str() : nullptr);
}

void HttpHandle::use_cookies(std::shared_ptr<HttpCookies> cookies) {
  cookies_ = std::move(cookies);
  api_.easy_setopt(easy_, CURLOPT_SHARE, cookies_->share());
  api_.easy_setopt(easy_, CURLOPT_COOKIEFILE, "");  // switches cookies on
}

void HttpHandle::lead_lookup(HttpLookups& lookups, const std::string& authority) {
  lookups_ = &lookups;
  authority_ = authority;
}

void HttpHandle::start() {
  if (applied_.progress) last_activity_ = loop_.now();
  bridge_.start(easy_);
}

void HttpHandle::stop() {
  disarm();
  leave_shared_connection();
  bridge_.stop(easy_);
  body_file_.close();
  give_up_lookup();
}

void HttpHandle::give_up_lookup() {
  if (lookups_ != nullptr) std::exchange(lookups_, nullptr)->gave_up(authority_);
}

// The exchange breaks off, and others may go on over its connection.
void HttpHandle::leave_shared_connection() {
  long version = 0;
  api_.easy_getinfo(easy_, CURLINFO_HTTP_VERSION, &version);
  const bool offered = applied_.version == CURL_HTTP_VERSION_2TLS;
  if (request_begun_ && offered && (version == 0 || version == CURL_HTTP_VERSION_2_0)) bridge_.read_again();
}

bool HttpHandle::over_http_2() const {
  long version = 0;
  api_.easy_getinfo(easy_, CURLINFO_HTTP_VERSION, &version);
  return version == CURL_HTTP_VERSION_2_0;
}

std::optional<Outcome> HttpHandle::failure(const HttpTarget& target) const {
  if (end_.code == CURLE_OK && end_.headers_complete) return std::nullopt;
  Outcome outcome;
  if (response_.body_too_large() || messages_.too_long()) {
    outcome = corun::failure(FailureKind::body_too_large, "response body larger than max_body");
  } else if (messages_.broken()) {
    outcome = corun::failure(FailureKind::transfer, target.authority() + " sent what isn't a message of MQTT");
  } else if (response_.unclear_length()) {
    outcome = corun::failure(FailureKind::transfer, target.authority() + " doesn't say clearly how long the body is");
  } else if (response_.too_many_headers()) {
    outcome = corun::failure(FailureKind::transfer, "too many response headers");
  } else if (body_file_.shrank() || multipart_.shrank()) {
    outcome = corun::failure(FailureKind::invalid_request, "the body's file got shorter while it was sent");
  } else if (!refused_.empty() && !socket_opened_) {
    outcome = corun::failure(FailureKind::invalid_request, private_refused(target.host, refused_));
    outcome.unsent = !request_begun_;
  } else if (socket_error_ != 0) {
    outcome = corun::failure(FailureKind::connect, "could not open a socket: " + system_message(socket_error_));
    outcome.unsent = true;
  } else {
    outcome = failure_of(end_, target);
  }
  outcome.http_status = status_;
  return outcome;
}

void HttpHandle::on_done(CURLcode code) {
  long status = 0;
  api_.easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  const bool web = is_web(protocol_);
  status_ = web ? static_cast<int>(status) : 0;
  if (code == CURLE_WRITE_ERROR && all_received_) code = CURLE_OK;  // ended by us
  const bool no_offset = code == CURLE_BAD_DOWNLOAD_RESUME || code == CURLE_FTP_COULDNT_USE_REST || code == CURLE_RANGE_ERROR;
  if (no_offset && save_ != nullptr) save_->refuse_offset();
  end_.code = code;
  end_.request_begun = request_begun_;
  end_.headers_complete = response_.headers_complete() || !web;
  if (code != CURLE_OK) {
    long error = 0;
    api_.easy_getinfo(easy_, CURLINFO_OS_ERRNO, &error);
    end_.system_error = static_cast<int>(error);
    api_.easy_getinfo(easy_, CURLINFO_SIZE_DOWNLOAD_T, &end_.received);
    api_.easy_getinfo(easy_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &end_.expected);
    end_.detail = detail_.data();
    end_.meaning = api_.easy_strerror(code);
    leave_shared_connection();
    end_.proxy = proxy_;
    if (!proxy_.empty()) {
      long proxy_status = 0;
      api_.easy_getinfo(easy_, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
      end_.proxy_status = static_cast<int>(proxy_status);
    }
  }
  disarm();
  body_file_.close();
  if (lookups_ != nullptr && code == CURLE_COULDNT_RESOLVE_HOST) std::exchange(lookups_, nullptr)->failed(authority_);
  give_up_lookup();
  done_.set();
}

void HttpHandle::note_activity() {
  if (applied_.progress) last_activity_ = loop_.now();
}

void HttpHandle::end_lookup() {
  if (lookups_ != nullptr) std::exchange(lookups_, nullptr)->answered(authority_);
}

std::size_t HttpHandle::on_body(char* bytes, std::size_t size, std::size_t count, void* handle) {
  HttpHandle& self = *static_cast<HttpHandle*>(handle);
  const bool taken =
      self.protocol_ == Protocol::mqtt ? self.keep_message({bytes, size * count}) : self.keep({bytes, size * count});
  self.note_activity();
  return taken ? size * count : 0;
}

std::size_t HttpHandle::on_header(char* bytes, std::size_t size, std::size_t count, void* handle) {
  HttpHandle& self = *static_cast<HttpHandle*>(handle);
  self.note_activity();
  if (!is_web(self.protocol_)) return size * count;
  return self.response_.add_header_line({bytes, size * count}) ? size * count : 0;
}

curl_socket_t HttpHandle::on_open_socket(void* handle, curlsocktype, curl_sockaddr* address) {
  HttpHandle& self = *static_cast<HttpHandle*>(handle);
  self.end_lookup();
  if (self.refuses(address->addr)) return CURL_SOCKET_BAD;
  const curl_socket_t socket = self.bridge_.open_socket(*address);
  self.socket_opened_ = self.socket_opened_ || socket != CURL_SOCKET_BAD;
  // Other errors (no IPv6 here) concern one of the host's addresses only, and libcurl goes on with the next.
  const bool short_of_means = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
  self.socket_error_ = socket == CURL_SOCKET_BAD && short_of_means ? errno : 0;
  return socket;
}

bool HttpHandle::refuses(const sockaddr& address) {
  if (!deny_private_ || !is_private(address)) return false;
  refused_ = address_text(address);
  if (request_begun_) socket_opened_ = false;  // FTP's second connection, without which the first is worth nothing
  return true;
}

int HttpHandle::on_before_request(void* handle, char* remote, char*, int, int) {
  HttpHandle& self = *static_cast<HttpHandle*>(handle);
  self.end_lookup();
  // A connection that is reused may have been opened for a request that may go anywhere.
  if (self.deny_private_ && is_private(std::string(remote))) {
    self.refused_ = remote;
    self.socket_opened_ = false;
    return CURL_PREREQFUNC_ABORT;
  }
  self.request_begun_ = true;
  if (self.protocol_ == Protocol::ftp || self.protocol_ == Protocol::ftps) self.arm(self.loop_, self.loop_.now());
  return CURL_PREREQFUNC_OK;
}

int HttpHandle::on_progress(void* handle, curl_off_t, curl_off_t received, curl_off_t, curl_off_t sent) {
  HttpHandle& self = *static_cast<HttpHandle*>(handle);
  if (received + sent == self.bytes_moved_) return 0;
  self.bytes_moved_ = received + sent;
  self.note_activity();
  return 0;
}

}  // namespace corun
