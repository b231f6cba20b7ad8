// Text of jobs and servers as XML takes it. Knows nothing of any document.
#pragma once

#include <string>
#include <string_view>

namespace corun {

/// `text` as the content of an element: escaped, without the sequences that steer terminals and the characters that XML 1.0
/// doesn't have; bytes that aren't UTF-8 become U+FFFD.
std::string xml_text(std::string_view text);

/// The same as the value of an attribute, with its quotes; line ends and tabs stay what they are.
std::string xml_attribute(std::string_view text);

}  // namespace corun
