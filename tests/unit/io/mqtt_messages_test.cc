// Messages out of packets, whole and in pieces. Knows no connections.
#include "io/mqtt_messages.h"

#include <string>

#include "catch.h"

using namespace corun;

namespace {

std::string packet(const std::string& topic, const std::string& payload) {
  return std::string{static_cast<char>(topic.size() >> 8), static_cast<char>(topic.size() & 255)} + topic + payload;
}

}  // namespace

TEST_CASE("one message, in pieces of every size") {
  const std::string bytes = packet("a/b", "hello");
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    MqttMessages messages;
    messages.begin(1, 100);
    std::string payload;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      CHECK_FALSE(messages.complete());
      if (auto whole = messages.take(std::string_view(bytes).substr(at, piece), bytes.size())) payload += *whole;
    }
    CHECK(payload == "hello");
    CHECK(messages.topic() == "a/b");
    CHECK(messages.complete());
    CHECK_FALSE(messages.broken());
  }
}

TEST_CASE("several messages are lines") {
  MqttMessages messages;
  messages.begin(2, 100);
  CHECK(*messages.take(packet("t", "1"), 4) == "1\n");
  CHECK_FALSE(messages.complete());
  CHECK(*messages.take(packet("t", ""), 3) == "\n");
  CHECK(messages.complete());
}

TEST_CASE("packets that can't be") {
  MqttMessages messages;
  messages.begin(1, 100);
  CHECK_FALSE(messages.take("x", 1));
  CHECK(messages.broken());
  messages.begin(1, 100);
  CHECK_FALSE(messages.take(std::string("\0\5ab", 4), 4));
  CHECK(messages.broken());
  messages.begin(1, 100);
  CHECK_FALSE(messages.take(packet("t", "longer"), 4));
  CHECK(messages.broken());
  CHECK_FALSE(messages.too_long());
  messages.begin(1, 100);
  CHECK_FALSE(messages.take("x", 100'000));
  CHECK(messages.broken());
  CHECK(messages.too_long());
}
