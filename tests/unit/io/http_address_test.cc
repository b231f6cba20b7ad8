// Which addresses are private. Knows no sockets.
#include "io/http_address.h"

#include <string>

#include "catch.h"

namespace corun {
namespace {

TEST_CASE("addresses of this machine, of local networks and of many") {
  for (const char* address : {"0.0.0.0",
                              "0.1.2.3",
                              "10.0.0.1",
                              "10.255.255.255",
                              "100.64.0.1",
                              "100.127.255.255",
                              "127.0.0.1",
                              "127.255.0.1",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.0.0.192",
                              "192.168.1.1",
                              "198.18.0.1",
                              "198.19.255.255",
                              "224.0.0.1",
                              "239.1.1.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "fe80::1",
                              "fe80::1%lo",
                              "febf::1",
                              "fec0::1",
                              "fc00::1",
                              "fd12::1",
                              "ff02::1",
                              "::ffff:127.0.0.1",
                              "::ffff:10.1.2.3",
                              "::10.1.2.3",
                              "64:ff9b::10.0.0.1",
                              "64:ff9b:1::8.8.8.8",
                              "2002:7f00:1::1"}) {
    INFO(address);
    CHECK(is_private(std::string(address)));
  }
}

TEST_CASE("addresses of the world") {
  for (const char* address : {"1.1.1.1",         "9.255.255.255",  "11.0.0.0",
                              "100.63.255.255",  "100.128.0.0",    "128.0.0.1",
                              "169.253.0.1",     "172.15.255.255", "172.32.0.0",
                              "192.167.1.1",     "192.169.0.1",    "192.0.1.1",
                              "198.17.255.255",  "198.20.0.0",     "223.255.255.255",
                              "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
                              "2002:808:808::1", "host",           ""}) {
    INFO(address);
    CHECK_FALSE(is_private(std::string(address)));
  }
}

TEST_CASE("hosts of URLs") {
  for (const char* host : {"localhost", "LOCALHOST", "localhost.", "a.localhost", "127.0.0.1", "127.0.0.1.", "[::1]"})
    CHECK(is_private_host(host));
  for (const char* host : {"example.com", "notlocalhost", "localhost.example.com", "8.8.8.8", "[2606:4700::1111]"})
    CHECK_FALSE(is_private_host(host));
}

}  // namespace
}  // namespace corun
