// Rows of texts with aligned columns. Knows nothing of what is in them.
#pragma once

#include <string>
#include <vector>

namespace corun {

/// The rows, each with as many cells as the first, a line each: two blanks between columns, none at the end.
std::string table_text(const std::vector<std::vector<std::string>>& rows);

}  // namespace corun
