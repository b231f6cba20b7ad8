// The messages of an MQTT subscription, out of the packets that libcurl hands over whole or in pieces. Knows nothing of
// connections.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace corun {

/// Collects PUBLISH packets of quality of service 0: two bytes of length, the topic, the payload (MQTT 3.1.1 §3.3).
class MqttMessages {
 public:
  /// Forgets everything; `most` messages will be taken, each of at most `max_size` bytes.
  void begin(std::uint32_t most, std::size_t max_size);

  /// Takes bytes of the packet, `packet_size` long, that is coming. The message's payload if it is whole now; with more
  /// than one message to come each ends with a newline.
  std::optional<std::string> take(std::string_view bytes, std::size_t packet_size);
  /// Whether a packet was too long or isn't one; no more are taken then.
  bool broken() const { return too_long_ || malformed_; }
  bool too_long() const { return too_long_; }
  /// Whether all messages have come.
  bool complete() const { return most_ > 0 && taken_ == most_; }
  /// Of the last message.
  const std::string& topic() const { return topic_; }

 private:
  std::string packet_;
  std::string topic_;
  std::size_t max_size_ = 0;
  std::uint32_t most_ = 0;
  std::uint32_t taken_ = 0;
  bool too_long_ = false;
  bool malformed_ = false;
};

}  // namespace corun
