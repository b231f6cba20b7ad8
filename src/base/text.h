// Small text tools: UTF-8, JSON strings, similar names, globs, escaping for terminals. Knows nothing of what the text means.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace corun {

/// Length of the well-formed UTF-8 sequence at the start of `text` (not empty); 0 if there is none (RFC 3629: no surrogates, no
/// overlong forms, nothing past U+10FFFF).
std::size_t utf8_length(std::string_view text);

/// Appends `text` as a JSON string with its quotes; invalid UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// `text` as a JSON string with its quotes.
std::string json_string(std::string_view text);

/// Optimal string alignment distance: insertions, deletions, substitutions, swaps of neighbours; bytes.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate most similar to `text` (smallest distance, then first), or "" if none is within
/// max(1, length of `text` / 3) (cli.md).
std::string_view most_similar(std::string_view text, std::span<const std::string_view> candidates);

/// Whether `pattern` (`*` any text, `?` any character, `[abc]`, `[a-z]`, `[!a]`) matches all of `text`. Linear in their product.
bool glob_match(std::string_view pattern, std::string_view text);

/// `text` fit for a terminal: control characters but newline and tab (and ESC sequences with them), and those that turn the
/// direction of writing around, shown as `\xNN`, so that no output of a job or server can steer the terminal.
std::string escape_control(std::string_view text);

/// The beginning of `text`, at most `most` bytes of it, that ends with a whole character.
std::string_view cut_text(std::string_view text, std::size_t most);

/// The end of `text` that begins with a whole character: what was cut off its front may have been the first bytes of one.
std::string_view from_character(std::string_view text);

/// Percent-encodes all but the unreserved characters of RFC 3986.
std::string percent_encode(std::string_view text);

/// `text` as one word of a POSIX shell: as it is if nothing needs quoting, else in single quotes.
std::string shell_quote(std::string_view text);

}  // namespace corun
