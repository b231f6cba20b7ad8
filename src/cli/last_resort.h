// What is still done when the program gives itself up. Knows nothing of jobs or reports.
#pragma once

#include "io/process_executor.h"

namespace corun {

/// While it lives: where memory runs out, or the program ends itself because something is wrong with it, the children are killed
/// with their groups first. What the run has come to is in its journal, as after `kill -9`. One at a time.
class LastResort {
 public:
  /// `processes` must outlive this.
  explicit LastResort(ProcessExecutor& processes);
  LastResort(const LastResort&) = delete;
  LastResort& operator=(const LastResort&) = delete;
  ~LastResort();
};

}  // namespace corun
