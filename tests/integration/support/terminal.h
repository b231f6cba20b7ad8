// Programs in a directory of their own, on a terminal or beside a pipe that nobody reads. Knows nothing of what they should do.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/unique_fd.h"

namespace corun {

/// A directory that all processes of a test have in their environment, as SCRATCH. Whatever is left of them is killed in the end.
class Scratch {
 public:
  Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();

  std::filesystem::path operator/(const std::string& name) const { return directory_ / name; }
  void write(const std::string& name, const std::string& text) const;
  std::string read(const std::string& name) const;
  /// Looks until the file is there; false: it doesn't come.
  bool await(const std::string& name) const;
  /// Processes that live and have SCRATCH in the environment they were started with; such as have been killed get a moment to
  /// end.
  std::size_t processes_left() const;

  struct Ended {
    int code = -1;
    int signal = 0;
    bool dumped = false;  ///< its memory, into a file
  };
  struct Program {
    pid_t pid = -1;
    UniqueFd out;  ///< where its output can be read
    /// Waits until it has ended, or kills it after long.
    Ended wait() const;
    /// Waits until it is stopped; false: it isn't.
    bool stops() const;
    /// What it writes, until all writers have gone.
    std::string read_all() const;
    /// Reads until that was written; false: it doesn't come.
    bool reads(const std::string& text) const;
    void types(const std::string& keys) const;
  };
  /// Starts it with standard output and error on a pipe; corun finds its state in `state`.
  Program start(const std::vector<std::string>& argv, int ignored_signal = 0) const;
  /// Starts it as leader of a session on a new terminal.
  Program start_on_terminal(const std::vector<std::string>& argv) const;

 private:
  [[noreturn]] void become(const std::vector<std::string>& argv) const;
  std::vector<pid_t> living() const;

  std::filesystem::path directory_;
};

}  // namespace corun
