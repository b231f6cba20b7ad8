// Reads secrets from the environment, files and standard input. Knows nothing of expressions.
#include "cli/secrets.h"

#include <algorithm>
#include <optional>

#include "base/env_file.h"
#include "cli/exit_code.h"
#include "cli/read_file.h"
#include "cli/setup_error.h"
#include "expr/check.h"

namespace corun {
namespace {

// A `--secret` taken apart.
struct Flag {
  std::string name;
  std::string path;  // "-": standard input; "": the environment
};

Flag read_flag(const std::string& text) {
  const std::size_t equals = text.find('=');
  Flag flag{text.substr(0, equals), {}};
  if (!is_variable_name(flag.name)) {
    throw SetupError(kExitUsage, "--secret: expected NAME, NAME=@FILE or NAME=-, not `" + flag.name + "`");
  }
  if (equals == std::string::npos) return flag;
  const std::string source = text.substr(equals + 1);
  if (source == "-") {
    flag.path = "-";
  } else if (source.size() > 1 && source.front() == '@') {
    flag.path = source.substr(1);
  } else {  // and it isn't repeated here
    throw SetupError(kExitUsage, "--secret " + flag.name +
                                     ": a value on the command line is seen by everybody on this machine; " + "write " +
                                     flag.name + " (from the environment), " + flag.name + "=@FILE or " + flag.name + "=-");
  }
  return flag;
}

std::string without_line_end(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

// `what` names the secret in messages.
std::string from_file(const std::string& what, const std::string& path) {
  try {
    return without_line_end(read_file(path));
  } catch (const SetupError& error) {
    std::string reason = error.what();
    while (!reason.empty() && reason.back() == '\n') reason.pop_back();
    constexpr std::string_view kPrefix = "corun: ";
    if (reason.starts_with(kPrefix)) reason.erase(0, kPrefix.size());
    throw SetupError(kExitUndefined, what + ": " + reason);
  }
}

std::string from_environment(const std::string& what, const std::string& source, const GetVariable& variable) {
  const char* value = variable(source.c_str());
  if (value == nullptr) throw SetupError(kExitUndefined, what + ": `" + source + "` isn't set in the environment");
  return value;
}

}  // namespace

Json read_secrets(const JobFile& file, const std::vector<std::string>& flags, const GetVariable& variable) {
  if (file.secrets.empty() && flags.empty()) return Json();
  Json secrets = Json::map();
  for (const std::string& text : flags) {
    const Flag flag = read_flag(text);
    const std::string what = "secret `" + flag.name + '`';
    secrets.set(flag.name,
                Json::string(flag.path.empty() ? from_environment(what, flag.name, variable) : from_file(what, flag.path)));
  }
  for (const SecretSource& secret : file.secrets) {
    if (secrets.has(secret.name)) continue;
    const std::string what = file.path + ':' + std::to_string(secret.place.line) + ':' + std::to_string(secret.place.column) +
                             ": secret `" + secret.name + '`';
    secrets.set(secret.name,
                Json::string(secret.is_file ? from_file(what, secret.source) : from_environment(what, secret.source, variable)));
  }
  return secrets;
}

Json secret_stand_ins(const JobFile& file, const std::vector<std::string>& flags) {
  if (file.secrets.empty() && flags.empty()) return Json();
  Json secrets = Json::map();
  for (const std::string& text : flags) secrets.set(read_flag(text).name, Json::string(kSecretStandIn));
  for (const SecretSource& secret : file.secrets) secrets.set(secret.name, Json::string(kSecretStandIn));
  return secrets;
}

std::vector<std::string> secret_environment(const JobFile& file, const std::vector<std::string>& flags) {
  std::vector<std::string> names;
  for (const std::string& text : flags) {
    if (const Flag flag = read_flag(text); flag.path.empty()) names.push_back(flag.name);
  }
  for (const SecretSource& secret : file.secrets) {
    if (!secret.is_file) names.push_back(secret.source);
  }
  return names;
}

void hide_secret_environment(VariableSources& sources) {
  for (const std::string& name : sources.secret_environment) sources.inherited[name] = kSecretStandIn;
}

}  // namespace corun
