// Values out of a text that isn't JSON: by XPath from HTML and XML, by regular expression from any. Knows nothing of where the
// text comes from.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace corun {

inline constexpr std::size_t kMaxExtracted = std::size_t{64} << 20;  ///< bytes of text in all nodes that an XPath may give

/// What `xpath` (XPath 1.0) gives for `body`, as JSON: a node set → a list of strings (the text inside each node, the value of
/// each attribute) in document order; a string, number or boolean → that (NaN and the infinities, which JSON doesn't know, →
/// null).
///
/// HTML is read as found on the web: what is broken is mended, names are lower case, the encoding is that of the byte order mark,
/// else of <meta>, else UTF-8. XML must be well formed. Its prefixes are those declared at the document's root element; `_` is
/// the default namespace of that element, if it has one: `//_:entry` (XPath 1.0 takes a name without a prefix as one in no
/// namespace). Entities that a document declares itself aren't known, nothing outside the document is read, elements may be
/// nested 256 deep, and an expression that takes too long ends with an error.
Result<std::string> extract_xpath(std::string_view body, bool is_xml, std::string_view xpath);

/// What is wrong with `xpath`, without a body: nothing if it compiles. (Unknown prefixes, functions and variables show only when
/// they are used.)
std::optional<std::string> xpath_problem(std::string_view xpath);

/// What the first match of `pattern` in `text` gives, as JSON: without a group → what was matched, one group → its text, several
/// → a list, named groups → an object of these; a group that took no part is null. No match → null. Perl's syntax by PCRE2: UTF-8
/// (bytes that aren't match nothing), \w \d \s and \b by Unicode; `(?i)`, `(?m)`, `(?s)` and `(?x)` set options. A pattern that
/// would take too long ends with an error.
Result<std::string> extract_regex(std::string_view text, std::string_view pattern);

/// What is wrong with `pattern`, without a text: nothing if it compiles.
std::optional<std::string> regex_problem(std::string_view pattern);

}  // namespace corun
