// How packets become messages. Knows nothing of connections.
#include "io/mqtt_messages.h"

namespace corun {
namespace {

constexpr std::size_t kLengthBytes = 2;
constexpr std::size_t kLongestTopic = 65535;

}  // namespace

void MqttMessages::begin(std::uint32_t most, std::size_t max_size) {
  packet_.clear();
  topic_.clear();
  max_size_ = max_size;
  most_ = most;
  taken_ = 0;
  too_long_ = malformed_ = false;
}

std::optional<std::string> MqttMessages::take(std::string_view bytes, std::size_t packet_size) {
  if (packet_size > max_size_ && packet_size - max_size_ > kLengthBytes + kLongestTopic) too_long_ = true;
  if (packet_.size() + bytes.size() > packet_size) malformed_ = true;
  if (broken()) return std::nullopt;
  packet_ += bytes;
  if (packet_.size() < packet_size) return std::nullopt;
  const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(packet_[at])); };
  const std::size_t topic_size = packet_.size() < kLengthBytes ? packet_.size() : byte(0) << 8 | byte(1);
  if (packet_.size() < kLengthBytes + topic_size) {
    malformed_ = true;
    return std::nullopt;
  }
  topic_ = packet_.substr(kLengthBytes, topic_size);
  std::string payload = packet_.substr(kLengthBytes + topic_size);
  packet_.clear();
  ++taken_;
  if (most_ > 1) payload += '\n';
  return payload;
}

}  // namespace corun
