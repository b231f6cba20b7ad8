// What tells the items of a foreach, or the combinations of a matrix, apart in names. Knows nothing of what they are.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

namespace corun {

/// Makes keys fit for names: on one line, at most 100 bytes, no two alike.
class ItemKeys {
 public:
  /// `key` as it stands in the name of one more item.
  std::string next(std::string key);

 private:
  std::unordered_map<std::string, std::uint32_t> times_;
};

}  // namespace corun
