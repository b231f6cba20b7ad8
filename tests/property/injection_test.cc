// Hostile values in random scripts, run by real shells: whatever a value says, it is never executed.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "catch.h"
#include "expr/shell.h"

using namespace corun;

namespace {

// `%` is where the value goes.
constexpr std::array<const char*, 52> kFragments{
    "echo %", "echo \"%\"", "echo \"a % b\" x%y", "x=%; echo \"$x\"", "x=\"%\"; echo $x", "echo '%'", "echo \"it's %\"",
    "echo it\\'s %", "echo \\\"%\\\"", "echo \"\\\"%\"", "echo \\\\\"%\"", "echo a#% # % \" '\n", "echo \"#\" %",
    "echo $(echo %)", "echo \"$(echo %)\"", "echo \"$(echo \"%\")\"", "echo `echo %`", "echo \"`echo %`\"",
    "echo $(echo $(echo \"%\" %) %)", "(echo %)", "{ echo %; }", "if [ % = x ]; then echo %; fi",
    "case % in a) echo %;; *) echo \"%\";; esac", "echo \"$(case a in (a) echo %;; esac)\"",
    "for i in % \"%\"; do echo \"$i\"; done", "f() { echo \"$1\" %; }; f %", "set -- %; echo \"$1\" $#", "echo % | cat",
    "echo % && echo \"%\" || :", "echo ${y:-%}", "echo \"${y:-%}\"", "echo ${y:-\"%\"} ${y-'%'}", "echo \"${y:-'%'}\"",
    "echo \"${y:-$(echo %)}\"", "y=abc; echo ${y#%} ${y%%%}", "echo $((%))", "echo \"$((1 + %))\"", "echo $(( (%) * 2 ))",
    "cat <<E\n%\nE\n", "cat <<-E\n\t% \"%\"\n\tE\n", "cat <<'E'\n%\nE\n", "cat <<E\nE% \nx%E\nE\necho %",
    "cat <<E\n$(echo %) `echo %`\nE\n", "cat <<E\n$((%))\nE\n", "cat <<A <<B\n%\nA\n%\nB\n", "echo 1 \\\n %",
    // only bash knows these
    "echo $[%]", "y=abc; echo ${y:%} ${y:1:%}", "y=(1 2); echo ${y[%]} \"${y[%]}\"", "((%))", "cat <<<% ; [[ % == x ]]",
    "echo $'a%' $'\\'%'"};

// Each would make the file `hit` if any shell took it for code.
constexpr std::array<const char*, 14> kValues{
    "$(: >hit)",    "`: >hit`",        "; : >hit",       "\n: >hit\n",   "'; : >hit; '",   "\"; : >hit; \"", "' $(: >hit) '",
    ") ; : >hit #", "PATH[$(: >hit)]", "x\nE\n: >hit\n", "}; : >hit; {", "\\\"; : >hit #", "| : >hit &",     "${z:=$(: >hit)}"};

class Directory {
 public:
  Directory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "corun-injection-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

void execute(const ShellCommand& command, const std::string& directory) {
  std::vector<char*> argv;
  for (const std::string& argument : command.argv) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  std::vector<char*> environment;
  std::string path = "PATH=/usr/bin:/bin";
  environment.push_back(path.data());
  for (const std::string& variable : command.environment) environment.push_back(const_cast<char*>(variable.c_str()));
  environment.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (error == 0) REQUIRE(::waitpid(child, nullptr, 0) == child);
}

// Whether the value was executed; refused is never.
bool is_hit(const std::string& script, const std::vector<std::string>& shell, const std::string& value,
            const Directory& directory) {
  Context context;
  context.set("v", Json::string(value));
  const Programs programs;
  const ContextEvaluator evaluator(context, programs);
  const Evaluated<ShellCommand> command = shell_command(Text{script, {}}, shell, evaluator);
  if (!std::holds_alternative<ShellCommand>(command)) return false;
  execute(std::get<ShellCommand>(command), directory.path().string());
  return std::filesystem::remove(directory.path() / "hit");
}

std::string with_reference(std::string_view fragment) {
  std::string script;
  for (const char c : fragment) script += c == '%' ? std::string("${{ .v }}") : std::string(1, c);
  return script;
}

std::vector<std::vector<std::string>> shells() {
  std::vector<std::vector<std::string>> all{{}};
  if (std::filesystem::exists("/bin/bash")) all.push_back({"bash"});
  return all;
}

}  // namespace

TEST_CASE("the test's own shells do execute what is code") {
  const Directory directory;
  for (const auto& shell : shells()) CHECK(is_hit("echo $(: >hit)", shell, "", directory));
}

TEST_CASE("no value is executed, wherever in a script it stands") {
  const Directory directory;
  for (const auto& shell : shells()) {
    for (const char* fragment : kFragments) {
      for (const char* value : kValues) {
        INFO(fragment << " with " << value << " in " << (shell.empty() ? "sh" : shell[0]));
        REQUIRE_FALSE(is_hit(with_reference(fragment), shell, value, directory));
      }
    }
  }
}

TEST_CASE("no value is executed in random scripts of many fragments, even broken ones") {
  constexpr std::array<const char*, 8> kJoins{"; ", "\n", " && ", " | ", "; ( ", "; echo \"", " ) ", "\" ; "};
  const Directory directory;
  std::mt19937 random(20260917);
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  const auto all_shells = shells();
  for (int round = 0; round < 400; ++round) {
    std::string script;
    for (std::size_t i = 0; i < 2 + below(3); ++i) {
      script += kFragments[below(kFragments.size())];
      script += kJoins[below(kJoins.size())];
    }
    const auto& shell = all_shells[below(all_shells.size())];
    const char* value = kValues[below(kValues.size())];
    INFO(script << " with " << value << " in " << (shell.empty() ? "sh" : shell[0]));
    REQUIRE_FALSE(is_hit(with_reference(script), shell, value, directory));
  }
}
