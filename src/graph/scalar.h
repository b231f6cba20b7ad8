// The small notations inside a job file's scalars: numbers, sizes, rates, codes, names. Knows nothing of YAML nodes or keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/policy_settings.h"

namespace corun {

enum class ScalarType : std::uint8_t { boolean, number, string };

/// What an unquoted scalar that isn't null is: a boolean is true or false (also True, TRUE); a number is what JSON calls
/// one, so that `007`, `0x1F` and `1_000` keep their characters; anything else is a string.
ScalarType scalar_type(std::string_view plain);

/// `16MiB`, `64KiB`, `1MB`, `1.5GiB`, `4096B` or a plain number of bytes.
std::optional<std::size_t> parse_size(std::string_view text);

/// Permits in a period, as written. (Not policy/rate.h's Rate: one name, one type in a program.)
struct PermitRate {
  std::uint32_t count = 0;
  Duration period{};
};

/// `50/s`, `100/m`, `10/250ms`; count and period are above zero.
std::optional<PermitRate> parse_rate(std::string_view text);

/// `404`, `200-299`, and with `classes` also `5xx`. Nothing unless smallest <= first <= last <= largest.
std::optional<CodeRange> parse_codes(std::string_view text, int smallest, int largest, bool classes);

/// `TERM` or `SIGTERM` -> 15; the signals that a process can be asked to end by.
std::optional<int> parse_signal(std::string_view text);

/// Whether `text` can be a job's name, also a limit's or breaker's: [A-Za-z_][A-Za-z0-9_.-]*, at most 200 bytes.
bool is_job_name(std::string_view text);

/// Whether `text` is a token of HTTP (RFC 9110, 5.6.2): a method or a header's name.
bool is_http_token(std::string_view text);

/// What comes before `://` in a URL, in lower case; the whole text if there is none.
std::string scheme_of(std::string_view url);

/// Why a literal URL, or the literal parts of one, can't be used; "" if nothing is wrong with it. Where `has_base`, it may
/// also be the end of one.
std::string url_problem(std::string_view url, bool has_base = false);

/// `text` with each `${{ … }}` replaced by one `x`; an expression that isn't closed reaches to the end.
std::string without_expressions(std::string_view text);

}  // namespace corun
