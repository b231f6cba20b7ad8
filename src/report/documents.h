// The documents that can be made of a run's timeline, by name. Knows nothing of where they are written.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "report/run_timeline.h"

namespace corun {

/// A kind of document: `--report NAME=PATH` while it runs, `corun report RUN --NAME PATH` afterwards.
struct DocumentKind {
  std::string_view name;
  std::string_view what;  ///< in a few words, for help
  std::string (*text)(const RunTimeline&);
};

/// All kinds.
std::span<const DocumentKind> document_kinds();

/// The kind with this name; null: there is none.
const DocumentKind* document_kind(std::string_view name);

}  // namespace corun
