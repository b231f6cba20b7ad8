// What went wrong with a database, as an outcome. Knows nothing of running statements.
#pragma once

#include <string_view>

#include "base/outcome.h"

namespace corun {

/// The server's error `sqlstate` with its message.
Outcome sql_error(std::string_view sqlstate, std::string_view message);

/// What libpq says of an attempt to connect (with PQERRORS_VERBOSE): refused, untrusted, or the server's error.
Outcome sql_connect_failure(std::string_view text);

/// The connection was lost while a statement was executed.
Outcome sql_connection_lost(std::string_view text);

}  // namespace corun
