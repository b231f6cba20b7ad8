// A run as JUnit XML, in the form that Jenkins, GitLab and GitHub's actions read. Knows nothing of files.
#pragma once

#include <string>

#include "report/run_timeline.h"

namespace corun {

/// A document of `testsuites`: a suite for the file, and one for each job that runs another file, with the jobs in it as test
/// cases. Only what fails the run is a failure or an error: what was allowed to fail, or was made good by the group around it, is
/// skipped and says why.
std::string junit_document(const RunTimeline& timeline);

}  // namespace corun
