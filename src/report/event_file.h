// The file that events are written to as they happen. Knows nothing of what an event is.
#pragma once

#include <string>
#include <string_view>

#include "base/unique_fd.h"
#include "report/output_stream.h"

namespace corun {

/// Is left as it is until the run begins: it may be that of another run which is under way, and then this one doesn't begin.
class EventFile {
 public:
  /// Opens `path`, which must be a file; made if it isn't there. `error` is an errno then, and nothing will be written.
  explicit EventFile(const std::string& path);

  /// The run begins: what was in the file goes.
  void begin();
  /// Adds bytes; written at the next flush.
  void append(std::string_view bytes) { stream_.append(bytes); }
  void flush();
  /// Why it can't be written, as an errno; 0: it can.
  int error() const { return error_ != 0 ? error_ : stream_.error(); }

 private:
  UniqueFd file_;
  OutputStream stream_;
  bool begun_ = false;
  int error_ = 0;
};

}  // namespace corun
