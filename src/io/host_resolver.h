// Looks names of hosts up without blocking the loop. Knows nothing of what the addresses are for.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "io/http_lookups.h"
#include "loop/loop.h"
#include "loop/task.h"

namespace corun {

/// Each lookup is a thread, since the C library's resolver blocks; those of one name are merged, and their number is bounded.
class HostResolver {
 public:
  explicit HostResolver(Loop& loop) : loop_(loop), lookups_(loop, kAtOnce) {}

  /// The addresses of `host` as text; none if there is no such host, or when `scope` is cancelled first: its thread is then
  /// left to end by itself, as the resolver can't be stopped.
  Task<std::vector<std::string>> resolve(std::string host, CancelScope& scope);

 private:
  static constexpr std::size_t kAtOnce = 8;

  Loop& loop_;
  HttpLookups lookups_;
  std::map<std::string, std::vector<std::string>> answers_;
};

}  // namespace corun
