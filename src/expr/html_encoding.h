// Which encoding the bytes of an HTML page are in. Knows nothing of HTML but where this is written.
#pragma once

#include <string>
#include <string_view>

namespace corun {

/// The encoding by the byte order mark, else by a <meta> in the first 1024 bytes, else "" (no one says).
std::string html_encoding(std::string_view page);

}  // namespace corun
