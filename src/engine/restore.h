// What an earlier run has done of a job, and what this one leaves to a later one. Knows nothing of when a job's turn comes.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "engine/run_context.h"

namespace corun {

/// What a job has to do with the earlier run that this one takes up.
enum class Standing : std::uint8_t {
  changed,  ///< not done, or done from another definition: it runs, and so does what depends on it
  lost,     ///< done, but what others look at of its result isn't kept (it holds a secret, or is looked at only now): it runs
  done,     ///< nothing is left to do
};

/// Of the numbers of earlier runs: nothing that was done counts.
constexpr std::int64_t kNoRun = std::numeric_limits<std::int64_t>::max();

/// Where `job` stands, when what runs before the one with the number `counts_from` have done doesn't count. If it is done,
/// `result` is set to what it came to, and `data` to what others look at.
Standing standing_of(const RunContext& run, const Job& job, std::int64_t counts_from, JobResult& result, Json& data);

/// A digest of an item.
std::uint64_t digest_of(const Json& item);

/// Notes down that a job has ended; `data`: what others look at, `log` and `again`: as in JobRecord.
void note_end(RunContext& run, const Job& job, const JobResult& result, const Json& data, bool of_secret, std::string log,
              bool again = false);

/// The jobs inside of `job`, which is done, come to what they came to then.
void restore_inside(RunContext& run, const Job& job);

}  // namespace corun
