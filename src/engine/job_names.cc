// Makes a job's own names when they are asked for. Knows nothing of where values land.
#include "engine/job_names.h"

#include "engine/result_context.h"

namespace corun {

const Context& JobNames::context() const {
  if (!context_) {
    context_.emplace(&outer_);
    context_->set("attempt", Json::number(attempt_));
    context_->set("error", describe_error(error_));
  }
  return *context_;
}

}  // namespace corun
