// What corun itself calls over HTTP beside the jobs: switches, collectors. Knows nothing of what is said to them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/outcome.h"
#include "base/result.h"
#include "io/executor.h"
#include "loop/loop.h"

namespace corun {

/// What sends such requests, one at a time.
Result<std::unique_ptr<Executor>> make_web_calls(Loop& loop);

/// `url` with `more` at the end of its path.
std::string with_path(const std::string& url, std::string_view more);

/// What is wrong with an answer, for people; "": nothing.
std::string problem_of_answer(const Outcome& outcome);

}  // namespace corun
