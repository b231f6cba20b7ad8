// How libcurl's wishes (sockets, timer) become watches and timers, and events become actions. Knows nothing of HTTP.
#include "io/curl_bridge.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <new>
#include <stdexcept>
#include <string>

namespace corun {
namespace {

constexpr long kMostStreams = 1000;  // on one HTTP/2 connection; servers allow fewer, and each has its say

}  // namespace

CurlBridge::CurlBridge(const CurlApi& api, Loop& loop, std::size_t max_connections)
    : api_(api), loop_(loop), multi_(api.multi_init()) {
  if (multi_ == nullptr) throw std::bad_alloc();
  api_.multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlBridge::on_socket_wanted);
  api_.multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  api_.multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlBridge::on_timer_wanted);
  api_.multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  api_.multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  api_.multi_setopt(multi_, CURLMOPT_MAX_CONCURRENT_STREAMS, kMostStreams);
  // Left alone, the cache shrinks with the number of running transfers and throws live connections away.
  api_.multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(max_connections));
}

CurlBridge::~CurlBridge() { api_.multi_cleanup(multi_); }

void CurlBridge::start(CURL* easy) {
  if (const CURLMcode code = api_.multi_add_handle(multi_, easy); code != CURLM_OK) {
    throw std::logic_error(std::string("curl_multi_add_handle: ") + api_.multi_strerror(code));
  }
}

void CurlBridge::stop(CURL* easy) { api_.multi_remove_handle(multi_, easy); }

curl_socket_t CurlBridge::open_socket(const curl_sockaddr& address) {
  const int fd = ::socket(address.family, address.socktype | SOCK_CLOEXEC, address.protocol);
  if (fd < 0) return CURL_SOCKET_BAD;
  const auto index = static_cast<std::size_t>(fd);
  if (index >= opened_.size()) opened_.resize(std::max(index + 1, opened_.size() * 2));
  opened_[index] = true;
  return fd;
}

int CurlBridge::close_socket(void* bridge, curl_socket_t socket) {
  CurlBridge& self = *static_cast<CurlBridge*>(bridge);
  self.loop_.forget(socket);
  self.opened_[static_cast<std::size_t>(socket)] = false;
  return ::close(socket);
}

int CurlBridge::on_socket_wanted(CURL*, curl_socket_t socket, int what, void* bridge, void*) {
  CurlBridge& self = *static_cast<CurlBridge*>(bridge);
  if (what == CURL_POLL_REMOVE) {
    // A connection's socket is parked until it is reused or closed. Others (the resolver's) are closed without a word.
    const auto index = static_cast<std::size_t>(socket);
    if (index < self.opened_.size() && self.opened_[index]) {
      self.loop_.watch(socket, 0, self);
    } else {
      self.loop_.unwatch(socket);
    }
    return 0;
  }
  std::uint32_t events = 0;
  if ((what & CURL_POLL_IN) != 0) events |= EPOLLIN;
  if ((what & CURL_POLL_OUT) != 0) events |= EPOLLOUT;
  self.loop_.watch(socket, events, self);
  return 0;
}

int CurlBridge::on_timer_wanted(CURLM*, long milliseconds, void* bridge) {
  CurlBridge& self = *static_cast<CurlBridge*>(bridge);
  if (milliseconds < 0) {
    self.disarm();
  } else {
    self.arm(self.loop_, self.loop_.now() + std::chrono::milliseconds(milliseconds));
  }
  return 0;
}

void CurlBridge::on_fd(int fd, std::uint32_t events) {
  int actions = 0;
  if ((events & EPOLLIN) != 0) actions |= CURL_CSELECT_IN;
  if ((events & EPOLLOUT) != 0) actions |= CURL_CSELECT_OUT;
  if ((events & (EPOLLHUP | EPOLLERR)) != 0) actions |= CURL_CSELECT_IN | CURL_CSELECT_ERR;
  act(fd, actions);
}

void CurlBridge::on_timer() { act(CURL_SOCKET_TIMEOUT, 0); }

void CurlBridge::ReadingAgain::on_timer() {
  for (std::size_t fd = 0; fd < bridge_.opened_.size(); ++fd) {
    if (bridge_.opened_[fd]) bridge_.act(static_cast<curl_socket_t>(fd), CURL_CSELECT_IN);
  }
}

void CurlBridge::act(curl_socket_t socket, int events) {
  int running = 0;
  const CURLMcode code = api_.multi_socket_action(multi_, socket, events, &running);
  if (code != CURLM_OK && code != CURLM_BAD_SOCKET) {
    throw std::logic_error(std::string("curl_multi_socket_action: ") + api_.multi_strerror(code));
  }
  take_ends();
}

void CurlBridge::take_ends() {
  int left = 0;
  while (const CURLMsg* message = api_.multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* easy = message->easy_handle;
    const CURLcode code = message->data.result;
    char* transfer = nullptr;
    api_.easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
    reinterpret_cast<CurlTransfer*>(transfer)->on_done(code);
    api_.multi_remove_handle(multi_, easy);  // `message` is gone after this
  }
}

}  // namespace corun
