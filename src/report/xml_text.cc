// Escapes text for XML. Knows nothing of any document.
#include "report/xml_text.h"

#include <algorithm>

#include "base/text.h"
#include "report/plain_text.h"

namespace corun {
namespace {

// Of the characters that UTF-8 can write, XML 1.0 has all but these.
bool is_in_xml(std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  if (character.size() == 1) return first >= 0x20 || first == '\t' || first == '\n';
  return character != "\xEF\xBF\xBE" && character != "\xEF\xBF\xBF";  // U+FFFE, U+FFFF
}

std::string escaped(std::string_view text, bool in_attribute) {
  const std::string plain = without_sequences(text);
  std::string out;
  for (std::string_view rest = plain; !rest.empty();) {
    const std::size_t length = utf8_length(rest);
    const std::string_view character = rest.substr(0, std::max<std::size_t>(length, 1));
    rest.remove_prefix(character.size());
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (character == "&") {
      out += "&amp;";
    } else if (character == "<") {
      out += "&lt;";
    } else if (character == ">") {
      out += "&gt;";
    } else if (in_attribute && character == "\"") {
      out += "&quot;";
    } else if (in_attribute && character == "\n") {
      out += "&#10;";
    } else if (in_attribute && character == "\t") {
      out += "&#9;";
    } else if (is_in_xml(character)) {
      out += character;
    }
  }
  return out;
}

}  // namespace

std::string xml_text(std::string_view text) { return escaped(text, false); }

std::string xml_attribute(std::string_view text) { return '"' + escaped(text, true) + '"'; }

}  // namespace corun
