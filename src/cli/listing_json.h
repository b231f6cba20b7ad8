// A job of a list as JSON: what `ls` and `graph` have in common. Knows nothing of the documents around it.
#pragma once

#include <string>

#include "cli/job_listing.h"
#include "report/json_object.h"

namespace corun {

/// Begins a document about a file in `text`: version, path, name and description.
JsonObject begin_document(std::string& text, const JobFile& file);

/// Adds what the file says of a job: id, name, kind, action, place, description, tags, group, join, loop, conditions, callbacks.
void append_listed(JsonObject& object, const JobListing& listing, const ListedJob& job);

}  // namespace corun
