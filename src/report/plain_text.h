// Text for who reads without a terminal: mails, bodies of pings. Knows nothing of what it tells.
#pragma once

#include <string>
#include <string_view>

#include "base/output_log.h"

namespace corun {

/// `text` as a mail can show it: without the sequences that steer terminals; of a line that a carriage return has begun anew only
/// its last state; other control bytes, and those that aren't UTF-8, as `\xNN`.
std::string plain_text(std::string_view text);

/// `text` without the sequences that steer terminals; of a line that a carriage return has begun anew only its last state.
std::string without_sequences(std::string_view text);

/// The last 10 lines of `log` as plain text, at most 4 KiB; "" if it is empty.
std::string plain_tail(const OutputLog& log);

/// `text` with lines of at most 900 bytes: longer ones go on below, since mail servers refuse them from 1000 on.
std::string folded(std::string_view text);

}  // namespace corun
