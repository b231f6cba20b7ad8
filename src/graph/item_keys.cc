// Cleans keys and numbers those that come again. Knows nothing of what they are of.
#include "graph/item_keys.h"

#include "base/text.h"

namespace corun {

std::string ItemKeys::next(std::string key) {
  constexpr std::size_t kMostBytes = 100;
  for (char& c : key) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  key.resize(cut_text(key, kMostBytes).size());
  const std::uint32_t times = ++times_[key];
  if (times > 1) key += '#' + std::to_string(times);
  return key;
}

}  // namespace corun
