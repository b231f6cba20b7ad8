// What a job comes to without running, as another one came to it. Knows nothing of keys or entries.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/job_result.h"
#include "base/outcome.h"
#include "base/output_log.h"
#include "expr/json.h"

namespace corun {

/// A piece of output with the stream it went to.
struct CachedOutput {
  Stream stream = Stream::standard_output;
  std::string bytes;
};

/// What a job came to instead of running.
struct CacheAnswer {
  Outcome outcome;
  CacheUse use = CacheUse::none;
  std::uint32_t attempts = 0;  ///< that it took then
  Json data;                   ///< what others look at
  bool holds_secret = false;   ///< `data` does
  std::vector<CachedOutput> output;
};

}  // namespace corun
