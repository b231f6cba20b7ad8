// The values a run gets from outside its file: --set, the process environment, --env-file, -e. Knows nothing of expressions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/env_file.h"
#include "cli/color.h"
#include "expr/variables.h"
#include "graph/job.h"

namespace corun {

/// A scalar of YAML: `5` is a number, `true` a boolean, `null` or `~` null, a quoted text or anything else a string.
Value scalar_value(const std::string& text);

/// The variables of `--set K=V`, each declared in the file's `vars`. Throws SetupError: 2 where it isn't K=V, 78 with a
/// suggestion where the file has no such variable.
Variables::Vars set_variables(const std::vector<std::string>& settings, const JobFile& file);

/// This process's own environment. CORUN_ variables that speak of an outer run's job aren't part of it.
Variables::Environment inherited_environment();

/// Whether processes get the variable also where the environment is clean (`--env-clean`).
bool is_usual_variable(std::string_view name);

/// What the command line adds to the environment: the files, then the `-e` settings (K=V, or K for the present value). Throws
/// SetupError: 2 where it isn't a setting, 66 and 65 for files, 78 where a K to pass through isn't set.
Variables::Environment environment_settings(const std::vector<std::string>& files, const std::vector<std::string>& settings,
                                            const GetVariable& variable);

/// Takes the variables that `-e` settings name out of the jobs' own `env`, so that the command line wins.
void override_job_environment(JobFile& file, const std::vector<std::string>& settings);

/// What KEY=VALUE files say, one after the other. Throws SetupError.
NamesAndValues read_dotenv(const std::vector<std::string>& paths);

/// Reads the files of `dotenv`: the file's into `inherited`, the jobs' into their settings. Throws
/// SetupError.
void load_dotenv(JobFile& file, Variables::Environment& inherited);

/// Takes the variables of `overriding` out of the `env` and `dotenv` of the files that graphs name, so that the command line wins
/// there, too.
void override_graph_environment(JobFile& outermost, const Variables::Environment& overriding);

}  // namespace corun
