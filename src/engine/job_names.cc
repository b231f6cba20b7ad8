// Makes a job's own names when they are asked for. Knows nothing of where values land.
#include "engine/job_names.h"

#include "engine/result_context.h"

namespace corun {

const Context& JobNames::context() const {
  if (!context_) {
    context_.emplace(&outer_);
    context_->set("attempt", Json::number(attempt_));
    context_->set("error", describe_error(error_));
    if (!previous_.is_null()) {
      context_->set("previous", previous_);
      if (previous_holds_secret_) context_->taint("previous", {}, Taint::holds);
    }
  }
  return *context_;
}

}  // namespace corun
