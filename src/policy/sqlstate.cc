// Classes of SQLSTATE. Knows nothing of databases but their codes.
#include "policy/sqlstate.h"

#include <algorithm>
#include <array>

namespace corun {
namespace {

constexpr std::array<std::string_view, 6> kTransient{"40001", "40P01", "57P01", "57P02", "57P03", "53300"};
constexpr std::array<std::string_view, 4> kServerTrouble{"53", "57P", "58", "XX"};

// Of the class it is in, 08P01 has nothing to do with the connection: a wrong number of parameters above all.
constexpr std::string_view kProtocolViolation = "08P01";

bool is_connection_exception(std::string_view sqlstate) { return sqlstate.starts_with("08") && sqlstate != kProtocolViolation; }

}  // namespace

bool is_transient_sqlstate(std::string_view sqlstate) {
  return is_connection_exception(sqlstate) || std::find(kTransient.begin(), kTransient.end(), sqlstate) != kTransient.end();
}

bool is_server_trouble(std::string_view sqlstate) {
  return is_connection_exception(sqlstate) || std::any_of(kServerTrouble.begin(), kServerTrouble.end(),
                                                          [&](std::string_view prefix) { return sqlstate.starts_with(prefix); });
}

}  // namespace corun
