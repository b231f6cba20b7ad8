// What may be done twice, and what of it at the same time. Knows nothing of who does it.
#include "graph/idempotency.h"

#include <algorithm>

#include "base/http_methods.h"
#include "graph/http_defaults.h"

namespace corun {

bool has_idempotency_key(const HttpSpec& spec) {
  if (spec.options && spec.options->idempotency_key) return true;
  return std::any_of(spec.headers.begin(), spec.headers.end(),
                     [](const NamedText& header) { return same_header(header.name, "Idempotency-Key"); });
}

bool may_be_done_twice(const Job& job) {
  if (job.policies->retry.idempotent) return *job.policies->retry.idempotent;
  const auto* http = std::get_if<std::unique_ptr<HttpSpec>>(&job.written().action);
  return http != nullptr && *http != nullptr && (has_idempotency_key(**http) || is_idempotent((*http)->method));
}

std::string_view held_alone(const Job& job) {
  if (job.process && job.process->tty) return "tty";
  if (job.process && job.process->output_file) return "output";
  const auto* http = std::get_if<std::unique_ptr<HttpSpec>>(&job.written().action);
  if (http == nullptr || *http == nullptr || !(*http)->options) return {};
  const SaveSpec* save = (*http)->options->save.get();
  return save != nullptr && save->resume ? "resume" : "";
}

const HedgeSettings* hedge_of(const Job& job) {
  if (!job.policies || !job.policies->hedge) return nullptr;
  return may_be_done_twice(job) && held_alone(job).empty() ? &*job.policies->hedge : nullptr;
}

}  // namespace corun
