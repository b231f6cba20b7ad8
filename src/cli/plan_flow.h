// Conditions, loops and polling in a plan: whether and how often a job runs. Knows nothing of how that is decided.
#pragma once

#include <string>
#include <vector>

#include "expr/render.h"
#include "graph/job.h"
#include "report/json_object.h"

namespace corun {

/// One text each: "if .vars.deploy", "for each page of [1,2,3], 8 at once, settled", "again every 5s until .json.done".
std::vector<std::string> flow_words(const JobFlow& flow, Renderer& renderer);

/// The same as members `if`, `foreach` and `repeat` of a job.
void append_flow(JsonObject& job, const JobFlow& flow, Renderer& renderer);

/// The file's jobs that run when all is over, each group with its key.
struct FileCallbacks {
  const char* key;
  const JobGroup* jobs;
};
std::vector<FileCallbacks> file_callbacks(const JobFile& file);

/// A job's callbacks, each with its key.
struct JobCallback {
  const char* key;
  const Callback* callback;
};
std::vector<JobCallback> job_callbacks(const Job& job);

}  // namespace corun
