// From an action as written to a command with every value in its place. Knows nothing of execution.
#pragma once

#include <string_view>
#include <utility>

#include "engine/admission.h"
#include "expr/render.h"
#include "graph/job.h"
#include "io/executor.h"

namespace corun {

/// The command of a `run`; what is wrong with its expressions is in `renderer`.
std::unique_ptr<ProcessCommand> prepare_process(const RunSpec& spec, const Job& job, Renderer& renderer);

/// The request of an `http`; what is wrong with its expressions is in `renderer`.
std::unique_ptr<HttpRequest> prepare_http(const HttpSpec& spec, const Job& job, Renderer& renderer);

/// The statement of an `sql`; what is wrong with its expressions is in `renderer`.
std::unique_ptr<SqlStatement> prepare_sql(const SqlSpec& spec, const Job& job, Renderer& renderer);

/// The request's method and whether it carries an Idempotency-Key: what a retry has to know of an action.
std::pair<std::string_view, bool> request_nature(const Action& action);

/// The run-wide slots `action` takes.
Pool pool_of(const Action& action, const Job& job);

}  // namespace corun
