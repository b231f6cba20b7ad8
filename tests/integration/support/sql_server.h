// A PostgreSQL server for tests. Knows nothing of corun's client.
#pragma once

#include <sys/types.h>

#include <string>

namespace corun::testing {

/// A PostgreSQL of its own on a free port of 127.0.0.1, without durability; stopped and removed at the end. Anybody may
/// connect as `postgres`; the role `guarded` needs the password `s3cret`.
class Postgres {
 public:
  /// Throws std::runtime_error if it doesn't start.
  Postgres();
  ~Postgres();
  Postgres(const Postgres&) = delete;
  Postgres& operator=(const Postgres&) = delete;

  /// A connection URI, with settings such as "application_name=x".
  std::string dsn(const std::string& settings = "") const;
  int port() const { return port_; }
  /// Where its Unix socket is.
  const std::string& folder() const { return folder_; }
  /// Ends all of it at once, as a crash of the machine would.
  void kill();

 private:
  std::string folder_;
  int port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace corun::testing
