// The kinds of documents. Knows nothing of what is in them.
#include "report/documents.h"

#include <algorithm>
#include <array>

#include "report/chrome_trace.h"
#include "report/html_report.h"
#include "report/junit.h"
#include "report/timeline_json.h"

namespace corun {
namespace {

std::string json_document(const RunTimeline& timeline) { return timeline_json(timeline) + '\n'; }

constexpr std::array kKinds = {
    DocumentKind{"html", "a page for browsers", html_report},
    DocumentKind{"json", "all there is to know of the run", json_document},
    DocumentKind{"junit", "a test case a job, for CI", junit_document},
    DocumentKind{"trace", "what ran when, for Perfetto", chrome_trace},
};

}  // namespace

std::span<const DocumentKind> document_kinds() { return kKinds; }

const DocumentKind* document_kind(std::string_view name) {
  const auto* found = std::find_if(kKinds.begin(), kKinds.end(), [&](const DocumentKind& kind) { return kind.name == name; });
  return found == kKinds.end() ? nullptr : found;
}

}  // namespace corun
