// The values expressions can refer to. Knows nothing of templates or of where the values came from.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "graph/job.h"
#include "graph/value.h"

namespace corun {

/// The context of a run's expressions: `.vars` and `.env`.
class Variables {
 public:
  using Vars = std::map<std::string, Value, std::less<>>;
  using Environment = std::map<std::string, std::string, std::less<>>;

  Variables() = default;
  Variables(Vars vars, Environment environment) : vars_(std::move(vars)), environment_(std::move(environment)) {}

  const Vars& vars() const { return vars_; }
  /// The run's environment: what `.env` sees and every child process gets.
  const Environment& environment() const { return environment_; }

 private:
  Vars vars_;
  Environment environment_;
};

struct ExpressionError;

/// The context of a run of `file`. A variable comes from `vars` (the command line), else from the file, where it may
/// refer to `.env`. The environment is `inherited`, below the file's `env` (which may refer to both), below `overriding`
/// (the command line). What is wrong with the file's texts is added to `errors`.
Variables resolve_variables(const JobFile& file, Variables::Vars vars, Variables::Environment inherited,
                            const Variables::Environment& overriding, std::vector<ExpressionError>& errors);

}  // namespace corun
