// The state directory and its database: what runs leave for later ones. Knows nothing of what is kept in it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "state/database.h"

namespace corun {

/// Makes the state directory, private to the user, and what is missing above it; 0 if it can be written to, else an errno.
int make_state_directory(const std::string& path);

/// Opens the database of a state directory, its tables made if they aren't there. Throws DatabaseError.
std::unique_ptr<Database> open_database(const std::string& directory);

/// Opened when it is first needed. Trouble (no directory, a full disk,
/// a damaged or locked file) is said once; whoever uses it then goes on with what it has in memory.
class Store {
 public:
  using Warn = std::function<void(std::string_view message)>;

  /// `directory` "": nothing is kept.
  Store(std::string directory, Warn warn) : directory_(std::move(directory)), warn_(std::move(warn)) {}

  /// Makes the directory, if there is to be one; where that can't be done, it is said and nothing is kept.
  void make_directory();
  /// "": nothing is kept.
  const std::string& directory() const { return directory_; }
  /// The database, ready to use; null: there is none to be had.
  Database* database();
  /// Whether there is none because other processes didn't let this one at it.
  bool is_busy() const { return busy_; }
  /// Says once what has gone wrong.
  void report(const DatabaseError& error);

 private:
  std::string directory_;
  Warn warn_;
  std::unique_ptr<Database> database_;
  bool unusable_ = false;
  bool busy_ = false;
  bool troubled_ = false;
};

}  // namespace corun
