// What a job's result depends on, as a SHA-256. Knows nothing of where results are kept.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/job_names.h"
#include "engine/member.h"
#include "io/digest.h"

namespace corun {

/// A key in the making: what is missing are the contents of the files.
struct CacheKeyDraft {
  ByteDigest digest;
  std::string directory;           ///< that `globs` and `files` are looked for in
  std::vector<std::string> globs;  ///< of `inputs`
  std::vector<std::string> files;  ///< that the request sends
};

/// The key of a job with `cache`, as far as its command and its names tell: the resolved command, or `key` with the job's name
/// and file; and what its outputs and expectations say and look at. Where an expression can't be evaluated, `problem` is the
/// job's failure.
Result<CacheKeyDraft> begin_cache_key(const Expressions& expressions, const RunningFile& outermost, const Member& member,
                                      const JobNames& names, std::optional<Outcome>& problem);

}  // namespace corun
