// What an attempt writes while another one of its job has the log. Knows nothing of attempts.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "base/output_log.h"
#include "loop/loop.h"
#include "loop/task.h"
#include "state/log_store.h"

namespace corun {

/// Keeps output in a nameless file, to be given on in pieces. Nothing is made before the first byte.
class HeldOutput {
 public:
  /// `logs` must outlive this.
  explicit HeldOutput(LogStore& logs) : logs_(logs) {}

  void append(Stream stream, std::string_view bytes);

  using Take = std::function<void(Stream stream, std::string_view bytes)>;
  /// Gives all of it to `take`, in order; what else is ready goes on meanwhile. `take` must live as long.
  Task<void> give(Loop& loop, const Take& take) const;

 private:
  LogStore& logs_;
  std::unique_ptr<JobLog> file_;  // pieces: what stream, how many bytes, then these
  bool whole_ = true;             // else the last piece couldn't be written, and nothing comes after it
};

}  // namespace corun
