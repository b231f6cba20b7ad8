// Columns of painted texts. Knows nothing of what the texts mean.
#include "cli/text_width.h"

#include <algorithm>

#include "base/text_columns.h"

namespace corun {

std::size_t width_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find("\x1b["), text.size());
    columns += text_columns(text.substr(0, plain));
    text.remove_prefix(plain);
    const std::size_t colour_end = text.find('m');
    text.remove_prefix(colour_end == std::string_view::npos ? text.size() : colour_end + 1);
  }
  return columns;
}

}  // namespace corun
