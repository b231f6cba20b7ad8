// A job of a list as JSON: what `ls` and `graph` have in common. Knows nothing of the documents around it.
#pragma once

#include <string>
#include <utility>

#include "cli/job_listing.h"
#include "report/json_object.h"

namespace corun {

/// Appends a list, each element by `append`.
template <typename Range, typename Append>
void append_list(std::string& out, const Range& range, Append append) {
  out += '[';
  bool first = true;
  for (const auto& element : range) {
    if (!std::exchange(first, false)) out += ',';
    append(element);
  }
  out += ']';
}

/// Adds what the file says of a job: id, name, kind, action, place, description, tags, group, join, loop, conditions, callbacks.
void append_listed(JsonObject& object, const JobListing& listing, const ListedJob& job);

}  // namespace corun
