// A run as spans of OpenTelemetry, in the JSON encoding of OTLP. Knows nothing of where they are sent.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/trace_context.h"
#include "report/run_timeline.h"

namespace corun {

/// What is told besides the run itself.
struct OtlpSettings {
  std::vector<std::pair<std::string, std::string>> resource;  ///< attributes: `service.name` and more
  std::string version;                                        ///< of corun
};

/// Where the run stands.
struct RunSpans {
  TraceContext run;    ///< the run's own span
  std::string parent;  ///< the span that it is a part of; "": none
};

/// Requests for `/v1/traces`, each of at most `most` spans: one for the run, in it one for each job, in these one for each
/// attempt and callback. Those that have no span yet get one.
std::vector<std::string> otlp_requests(RunTimeline& timeline, const RunSpans& spans, const OtlpSettings& settings,
                                       std::size_t most);

}  // namespace corun
