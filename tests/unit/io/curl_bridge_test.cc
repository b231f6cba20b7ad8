// When libcurl is entered, and for which descriptors: a libcurl that only notes it. Knows no network.
#include "io/curl_bridge.h"

#include <sys/socket.h>

#include <utility>
#include <vector>

#include "catch.h"
#include "loop/fake_clock.h"

namespace corun {
namespace {

using Actions = std::vector<std::pair<curl_socket_t, int>>;

Actions& actions() {
  static Actions noted;
  return noted;
}

CURLMcode set_nothing(CURLM*, CURLMoption, ...) { return CURLM_OK; }

CurlApi noting_api() {
  CurlApi api{};
  static int multi = 0;
  api.multi_init = [] { return static_cast<CURLM*>(&multi); };
  api.multi_cleanup = [](CURLM*) { return CURLM_OK; };
  api.multi_setopt = &set_nothing;
  api.multi_socket_action = [](CURLM*, curl_socket_t socket, int events, int*) {
    actions().emplace_back(socket, events);
    return CURLM_OK;
  };
  api.multi_info_read = [](CURLM*, int*) -> CURLMsg* { return nullptr; };
  return api;
}

curl_socket_t open_one(CurlBridge& bridge) {
  curl_sockaddr address{};
  address.family = AF_INET;
  address.socktype = SOCK_STREAM;
  return bridge.open_socket(address);
}

TEST_CASE("what a broken-off transfer left unread is read once, from the open connections, and not from within the callback") {
  FakeClock clock;
  Loop loop(clock);
  const CurlApi api = noting_api();
  CurlBridge bridge(api, loop, 8);
  const curl_socket_t first = open_one(bridge);
  const curl_socket_t second = open_one(bridge);
  const curl_socket_t closed = open_one(bridge);
  CurlBridge::close_socket(&bridge, closed);
  actions().clear();
  bridge.read_again();
  bridge.read_again();
  CHECK(actions().empty());
  loop.run_until([] { return false; });  // until nothing is left to do
  CHECK(actions() == Actions{{first, CURL_CSELECT_IN}, {second, CURL_CSELECT_IN}});
  CurlBridge::close_socket(&bridge, first);
  CurlBridge::close_socket(&bridge, second);
}

}  // namespace
}  // namespace corun
