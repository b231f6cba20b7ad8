// Classes of SQLSTATE. Knows nothing of databases but their codes.
#include "policy/sqlstate.h"

#include <algorithm>
#include <array>

namespace corun {
namespace {

constexpr std::array<std::string_view, 6> kTransient{"40001", "40P01", "57P01", "57P02", "57P03", "53300"};
constexpr std::array<std::string_view, 5> kServerTrouble{"08", "53", "57P", "58", "XX"};

bool is_connection_exception(std::string_view sqlstate) { return sqlstate.starts_with("08"); }

}  // namespace

bool is_transient_sqlstate(std::string_view sqlstate) {
  return is_connection_exception(sqlstate) || std::find(kTransient.begin(), kTransient.end(), sqlstate) != kTransient.end();
}

bool is_server_trouble(std::string_view sqlstate) {
  return std::any_of(kServerTrouble.begin(), kServerTrouble.end(),
                     [&](std::string_view prefix) { return sqlstate.starts_with(prefix); });
}

}  // namespace corun
