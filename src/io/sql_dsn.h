// A DSN taken apart: libpq's settings, and the hosts to look up before libpq sees them. Knows nothing of connections.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "io/pq_api.h"

namespace corun {

/// One server of a DSN.
struct SqlHost {
  std::string name;                    ///< a name, an address, or the directory of a Unix socket; "": libpq's default
  std::string port;                    ///< "": libpq's default
  std::vector<std::string> addresses;  ///< of a name, once they are known

  /// Whether libpq would look the name up, and block.
  bool needs_lookup() const;
};

/// Settings of libpq by name, in any order.
using SqlSettings = std::vector<std::pair<std::string, std::string>>;

/// What a DSN says.
struct SqlDsn {
  SqlSettings settings;  ///< all but those of `hosts`
  std::vector<SqlHost> hosts;
  std::optional<Duration> connect_timeout;

  /// For libpq, the addresses of the hosts included. A name without addresses is left out, unless all are.
  SqlSettings connection_settings() const;
  /// For people: "db.example.com".
  std::string server() const;
};

/// Takes `dsn` apart, defaults of the environment (PGHOST, …) included; adds what corun always wants (UTF-8). An error says
/// what is wrong without telling any password.
Result<SqlDsn> parse_dsn(const PqApi& api, const std::string& dsn);

/// `dsn` fit to be shown: passwords are `***`, and so is all that can't be understood.
std::string masked_dsn(std::string_view dsn);

}  // namespace corun
