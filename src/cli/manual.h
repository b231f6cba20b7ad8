// Pages of the manual: what the tables know of commands, flags and keys, put into what people have written. Knows no single one.
#pragma once

#include <string>
#include <string_view>

namespace corun {

/// A page in mdoc(7): `page` with each line `.\" insert WHAT` replaced by that part.
std::string manual_page(std::string_view page);

}  // namespace corun
