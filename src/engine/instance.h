// A job that is made at run time from one as written: an item of a foreach, or what is inside of one. Knows nothing of execution.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "base/digest.h"
#include "engine/run_context.h"

namespace corun {

/// A job with a name and an id of its own and the action of another; its result. The id is given back in the end.
class Instance {
 public:
  /// `written` and `parent` must outlive this.
  Instance(RunContext& run, const Job& written, std::string name, const Job& parent, std::uint32_t siblings = 0) : run_(run) {
    job_.id = run.take_id();
    job_.parent = parent.id;
    job_.name = std::move(name);
    job_.place = written.place;
    job_.policies = written.policies;
    job_.process = written.process;
    job_.continue_on_error = written.continue_on_error;
    job_.definition = &written;
    job_.siblings = siblings;
    job_.digest = parent.definition != nullptr ? parent.digest : 0;
  }
  ~Instance() { run_.give_back_id(job_.id); }
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  const Job& job() const { return job_; }
  JobResult& result() { return result_; }
  /// It is, or is of, the item with this digest, besides those that its parent is of.
  void add_item(std::uint64_t digest) { job_.digest = Digest().add(job_.digest).add(digest).value(); }

 private:
  RunContext& run_;
  Job job_;
  JobResult result_;
};

}  // namespace corun
