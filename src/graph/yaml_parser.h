// YAML text -> Document, through yaml-cpp's events and within fixed bounds. Knows nothing of what keys mean.
#pragma once

#include <cstddef>
#include <optional>
#include <variant>

#include "graph/diagnostic.h"
#include "graph/document.h"
#include "graph/source.h"

namespace corun {

inline constexpr std::size_t kMaxFileSize = std::size_t{64} << 20;  ///< bytes
inline constexpr std::size_t kMaxDepth = 64;                        ///< lists and maps inside one another, aliases included
inline constexpr std::size_t kMaxAliasNodes = 1'000'000;            ///< nodes that all aliases together stand for
inline constexpr std::size_t kMaxNodes = 10'000'000;                ///< nodes as written

/// The file's one document, its root being node 0, or why there is none. Throws nothing but std::bad_alloc.
std::variant<Document, Diagnostic> parse_yaml(const Source& source);

}  // namespace corun
