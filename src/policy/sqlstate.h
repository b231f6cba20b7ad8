// What an SQLSTATE says about trying again and about the server's health. Knows nothing of databases but their codes.
#pragma once

#include <string_view>

namespace corun {

/// Whether a statement that ended with this state may succeed if it is sent again, and has had no effect: lost against
/// another transaction (40001, 40P01), the server starts, stops or is full (57P01, 57P02, 57P03, 53300), no connection (08xxx,
/// but 08P01).
bool is_transient_sqlstate(std::string_view sqlstate);

/// Whether this state tells of trouble of the server's (no connection, no resources, stopping, internal errors), not of a bad
/// statement.
bool is_server_trouble(std::string_view sqlstate);

}  // namespace corun
