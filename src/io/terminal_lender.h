// The terminal as a child can have it for itself, as an interface. Knows nothing of who else uses it.
#pragma once

#include <sys/types.h>

namespace corun {

/// Lends the terminal that corun runs on to one child at a time.
class TerminalLender {
 public:
  /// Asks for it: from now on nobody else writes to it, and its settings are as corun found them. False: there is none.
  virtual bool lend() = 0;
  /// Where the child's standard output goes.
  virtual int output() const = 0;
  /// The child has it: its process group is in the foreground.
  virtual void lent_to(pid_t group) = 0;
  /// The child has been stopped (^Z).
  virtual void stopped() = 0;
  /// The child has ended, by `signal` or (0) with `exit_code`, or there is none.
  virtual void take_back(int signal, int exit_code) = 0;

 protected:
  ~TerminalLender() = default;
};

}  // namespace corun
