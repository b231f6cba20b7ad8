// What is noted down of a run so that it can be resumed, as an interface; by itself it forgets everything. Knows nothing of
// where it is kept.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/job_result.h"

namespace corun {

/// Where in a run a job stands.
enum class JobLevel : std::uint8_t {
  top,
  inside,    ///< of a group or of another file, or an item
  callback,  ///< of the file
};

/// What there is to know of a job that has ended.
struct JobRecord {
  std::string_view name;
  JobLevel level = JobLevel::top;
  const JobResult& result;
  std::uint64_t digest = 0;  ///< of what its result depends on
  std::uint16_t parts = 0;   ///< of its result that are in `data`
  std::string data = {};     ///< JSON: what other jobs look at; "" nothing
  std::string log = {};      ///< `RUN/FILE` below the directory of logs; "": it has none
  bool again = false;        ///< it was done, and ran once more only for what it gives
};

/// An attempt that wasn't the job's last.
struct AttemptRecord {
  std::string_view job;
  std::uint32_t number = 1;
  const Outcome& outcome;
  TimePoint started{};
  TimePoint ended{};
  std::uint64_t log_end = 0;  ///< bytes of the log so far
  bool beside = false;        ///< it began while the one before ran (`hedge`)
};

/// What an earlier run has of a job: how it ended last.
struct EarlierJob {
  JobResult result;  ///< times are only right relative to each other
  std::uint64_t digest = 0;
  std::uint16_t parts = 0;
  std::string data;
  std::string log;
  std::int64_t run = 0;       ///< the number of the run that did it: what depends on it and is of an older one doesn't count
  std::int64_t last_run = 0;  ///< of the one in which it has run last: the same, unless it ran again for what it gives
};

class Journal {
 public:
  virtual ~Journal() = default;

  /// Whether anything is kept.
  virtual bool keeps() const { return false; }
  virtual void job_ended(const JobRecord&) {}
  virtual void attempt_ended(const AttemptRecord&) {}
  /// What was told so far is kept whatever happens to this process from here on. Where that can't be done it is said, and the
  /// run goes on.
  virtual void settle() {}
  /// Whether there is an earlier run whose work needn't be done again.
  virtual bool resumes() const { return false; }
  /// What the earlier run has of a job; null: nothing. Valid as long as the journal.
  virtual const EarlierJob* earlier(std::string_view /*name*/) const { return nullptr; }
};

}  // namespace corun
