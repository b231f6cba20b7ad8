// The values that are there before a run begins: variables, environment, secrets. Knows nothing of jobs.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "expr/context.h"
#include "expr/json.h"
#include "expr/template.h"
#include "graph/job.h"
#include "graph/value.h"

namespace corun {

class Programs;
class SecretKeeper;
struct ProgramSite;

/// What the expressions of a run start from: `.vars`, `.env`, `.secrets`.
class Variables {
 public:
  using Vars = std::map<std::string, Value, std::less<>>;
  using Environment = std::map<std::string, std::string, std::less<>>;

  Variables() = default;
  /// `keeper` hides what is made of secrets; null: there are none. It must outlive this.
  Variables(Json vars, Environment environment, Json secrets, SecretKeeper* keeper = nullptr)
      : vars_(std::move(vars)), environment_(std::move(environment)), secrets_(std::move(secrets)), keeper_(keeper) {}

  /// A map by name.
  const Json& vars() const { return vars_; }
  /// The run's environment: what `.env` sees and every child process gets.
  const Environment& environment() const { return environment_; }
  /// A map by name.
  const Json& secrets() const { return secrets_; }
  void set_vars(Json vars) { vars_ = std::move(vars); }
  void set_environment(Environment environment) { environment_ = std::move(environment); }
  /// Names of those of its variables that the job file, its `dotenv` or the command line sets, sorted; the others are corun's
  /// own.
  const std::vector<std::string>& named_environment() const { return named_environment_; }
  void set_named_environment(std::vector<std::string> names) { named_environment_ = std::move(names); }
  /// Hides what is made of secrets; null: there are none.
  SecretKeeper* keeper() const { return keeper_; }

  /// Says how a variable has to do with secrets.
  void taint(std::string_view root, std::string_view name, Taint taint = Taint::derived);
  /// As `other` says it of all in `root`.
  void take_taints(std::string_view root, const Variables& other);
  /// Whether it comes of one.
  bool is_tainted(std::string_view root, std::string_view name) const;

  /// Sets `vars`, `env` and `secrets` in `context`. This must outlive it.
  void add_to(Context& context) const;

 private:
  Json vars_;
  Environment environment_;
  std::vector<std::string> named_environment_;
  Json secrets_;
  SecretKeeper* keeper_ = nullptr;
  struct Tainted {
    std::string root;
    std::string name;
    Taint taint;
  };
  std::vector<Tainted> tainted_;
};

/// Where the values of a run come from.
struct VariableSources {
  Variables::Vars set;                          ///< from the command line
  Variables::Environment inherited;             ///< corun's own environment, and what the file's `dotenv` adds
  Variables::Environment overriding;            ///< from the command line
  Json secrets;                                 ///< a map by name
  std::vector<std::string> secret_environment;  ///< names of those variables of the environment that are secrets
  SecretKeeper* keeper = nullptr;               ///< hides what is made of secrets; null: there are none
  bool only_checking = false;                   ///< stand-ins do where a program would have to be run
};

/// The values of a run of `file`. A variable comes from `set`, else from the file, where it may refer to `.env` and
/// `.secrets`. The environment is `inherited`, below the file's `env` (which may refer to all), below `overriding`. What is
/// wrong with the file's texts is added to `errors`.
Variables resolve_variables(const JobFile& file, VariableSources sources, std::vector<ExpressionError>& errors);

}  // namespace corun
