// Which scripts need a shell, and where references may stand.
#include "expr/shell.h"

#include "catch.h"
#include "support.h"

using namespace corun;

namespace {

const Evaluator& variables() {
  static const test::Checked checked(test::json(R"({"v": "a b'; $(touch /tmp/x) \"`id`"})"));
  return checked;
}

std::vector<std::string> argv(const std::string& script, const std::vector<std::string>& shell = {}) {
  const Evaluated<ShellCommand> command = shell_command(Text{script, {}}, shell, variables());
  if (const auto* error = std::get_if<ExpressionError>(&command)) return {"error", error->message};
  return std::get<ShellCommand>(command).argv;
}

using Words = std::vector<std::string>;
Words by_shell(const std::string& script) { return {"sh", "-eu", "-c", script}; }

}  // namespace

TEST_CASE("plain words are executed directly") {
  CHECK(argv("/bin/true") == Words{"/bin/true"});
  CHECK(argv("./load.sh --count=3 a_b,c:d@e%f+g\n") == Words{"./load.sh", "--count=3", "a_b,c:d@e%f+g"});
  CHECK(argv("  git  log\t-1 ") == Words{"git", "log", "-1"});
  CHECK(argv("grep 'a b' \"c d\"e 'f'g\"\"") == Words{"grep", "a b", "c de", "fg"});
  CHECK(argv("cat ''") == Words{"cat", ""});
}

TEST_CASE("whatever a shell would treat otherwise goes to the shell") {
  for (const char* script : {"true",      "echo hi",
                             "printf x",  "cd /tmp",
                             "kill 1",    "X=1",
                             "X=1 env",   "a | b",
                             "a && b",    "a; b",
                             "a\nb",      "a $X",
                             "a *",       "a ~",
                             "a > b",     "a < b",
                             "a &",       "(a)",
                             "a # b",     "a `b`",
                             "a \"$X\"",  "a \"b\\c\"",
                             "a \\b",     "! a",
                             "{ a; }",    "if a; then b; fi",
                             "time a",    "exec a",
                             "a [b]",     "a ?",
                             "'echo' x",  "a {b,c}",
                             "test -f x", "a 'unclosed",
                             "[ x ]",     ":",
                             ". x",       "a^b",
                             "a !x"}) {
    INFO(script);
    CHECK(argv(script) == by_shell(script));
  }
}

TEST_CASE("shell chooses the interpreter") {
  CHECK(argv("ls -l", {"bash"}) == Words{"bash", "-eu", "-c", "ls -l"});
  CHECK(argv("ls -l", {"/bin/dash"}) == Words{"/bin/dash", "-eu", "-c", "ls -l"});
  CHECK(argv("print(1)", {"python3"}) == Words{"python3", "-c", "print(1)"});
  CHECK(argv("ls", {"bash", "-o", "pipefail", "-c"}) == Words{"bash", "-o", "pipefail", "-c", "ls"});
  CHECK(argv("print(${{ .vars.v }})", {"python3"}).front() == "error");
}

TEST_CASE("in a direct command a value is part of one argument") {
  CHECK(argv("./x --v=${{ .vars.v }}/y") == Words{"./x", "--v=a b'; $(touch /tmp/x) \"`id`/y"});
  CHECK(argv("./x \"<${{ .vars.v }}>\"") == Words{"./x", "<a b'; $(touch /tmp/x) \"`id`>"});
  CHECK(argv("./x ${{ .vars.v }}") == Words{"./x", "a b'; $(touch /tmp/x) \"`id`"});
}

TEST_CASE("in a script a value is a reference to the environment, quoted for its place") {
  const auto script = [](const std::string& source) { return argv(source).back(); };
  CHECK(script("echo ${{ .vars.v }}") == "echo \"${CORUN_EXPR_1}\"");
  CHECK(script("echo \"<${{ .vars.v }}>\" ${{ .vars.v }}") == "echo \"<${CORUN_EXPR_1}>\" \"${CORUN_EXPR_2}\"");
  CHECK(script("echo \"$(cat ${{ .vars.v }})\"") == "echo \"$(cat \"${CORUN_EXPR_1}\")\"");
  CHECK(script("echo `cat ${{ .vars.v }}` \"x\"") == "echo `cat \"${CORUN_EXPR_1}\"` \"x\"");
  CHECK(script("cat <<EOF\n<${{ .vars.v }}>\nEOF\necho ${{ .vars.v }}") ==
        "cat <<EOF\n<${CORUN_EXPR_1}>\nEOF\necho \"${CORUN_EXPR_2}\"");
  CHECK(script("cat <<-END; echo ${{ .vars.v }}\n\tx\n\tEND\n") == "cat <<-END; echo \"${CORUN_EXPR_1}\"\n\tx\n\tEND\n");
  CHECK(script("echo 'a' ${{ .vars.v }} # it's ${{ .vars.v }}\necho ${{ .vars.v }}") ==
        "echo 'a' \"${CORUN_EXPR_1}\" # it's ${CORUN_EXPR_2}\necho \"${CORUN_EXPR_3}\"");
  CHECK(script("x=\"${y:-don't}\"; echo ${{ .vars.v }}") == "x=\"${y:-don't}\"; echo \"${CORUN_EXPR_1}\"");
  CHECK(script("echo \\' ${{ .vars.v }}") == "echo \\' \"${CORUN_EXPR_1}\"");
  CHECK(script("${{ .vars.v }} x") == "\"${CORUN_EXPR_1}\" x");
  CHECK(script("a=$((1+2)); echo ${{ .vars.v }}") == "a=$((1+2)); echo \"${CORUN_EXPR_1}\"");
  CHECK(script("cat <<< x; echo ${{ .vars.v }}") == "cat <<< x; echo \"${CORUN_EXPR_1}\"");
}

TEST_CASE("where a reference can't work or is dangerous it is an error") {
  for (const char* source : {"echo '${{ .vars.v }}'", "echo $'${{ .vars.v }}'", "cat <<'EOF'\n${{ .vars.v }}\nEOF\n",
                             "cat <<\\EOF\n${{ .vars.v }}\nEOF\n", "echo $((${{ .vars.v }} + 1))", "(( x = ${{ .vars.v }} ))",
                             "echo $[${{ .vars.v }}]", "echo \"$(( (1) + ${{ .vars.v }} ))\"", "./x '${{ .vars.v }}'"}) {
    INFO(source);
    CHECK(argv(source).front() == "error");
  }
}

TEST_CASE("a backslash or a dollar sign before an expression would take the reference apart: it is an error") {
  for (const char* source :
       {"echo \\${{ .vars.v }}", "echo \"\\${{ .vars.v }}\"", "echo $${{ .vars.v }}", "echo \"$${{ .vars.v }}\"",
        "echo $$$${{ .vars.v }}", "cat <<E\n\\${{ .vars.v }}\nE\n", "cat <<E\n$${{ .vars.v }}\nE\n",
        "cat <<E\n\\$$${{ .vars.v }}\nE\n", "echo `echo \\${{ .vars.v }}`", "echo ${y:-\\${{ .vars.v }}}"}) {
    INFO(source);
    CHECK(argv(source) ==
          Words{"error", "an expression can't follow a backslash or a single `$`: the shell would not see its value"});
  }
  const auto same = [](const std::string& before, const std::string& after, const std::string& reference) {
    INFO(before);
    CHECK(argv(before + "${{ .vars.v }}" + after) == by_shell(before + reference + after));
  };
  same("echo \\\\", "", "\"${CORUN_EXPR_1}\"");
  same("echo \\$", "", "\"${CORUN_EXPR_1}\"");
  same("echo \"\\$", "\"", "${CORUN_EXPR_1}");
  same("echo $$", "", "\"${CORUN_EXPR_1}\"");
  same("cat <<E\n\\$", "\nE\n", "${CORUN_EXPR_1}");
  same("cat <<E\n$$", "\nE\n", "${CORUN_EXPR_1}");
  same("cat <<E\n\\\\", "\nE\n", "${CORUN_EXPR_1}");
  same("true # for $", "", "${CORUN_EXPR_1}");
}

TEST_CASE("the environment carries the values") {
  const Evaluated<ShellCommand> command = shell_command(Text{"echo ${{ .vars.v }}", {}}, {}, variables());
  CHECK(std::get<ShellCommand>(command).environment == Words{"CORUN_EXPR_1=a b'; $(touch /tmp/x) \"`id`"});
}

TEST_CASE("a value that bash would take for arithmetic is refused, one that is only text isn't") {
  for (const char* script : {"cat <<E\n$((${{ .vars.v }}))\nE", "echo ${y:${{ .vars.v }}}", "echo ${y:1:${{ .vars.v }}}",
                             "echo \"${y[${{ .vars.v }}]}\"", "echo ${#y[${{ .vars.v }}]}"}) {
    INFO(script);
    CHECK(argv(script) == Words{"error", "an expression in shell arithmetic could run code"});
  }
  CHECK(argv("echo ${y:-http://${{ .vars.v }}}") == by_shell("echo ${y:-http://\"${CORUN_EXPR_1}\"}"));
  CHECK(argv("echo ${y#${{ .vars.v }}}") == by_shell("echo ${y#\"${CORUN_EXPR_1}\"}"));
  CHECK(argv("echo ${y[0]} ${y:1:2} ${{ .vars.v }}") == by_shell("echo ${y[0]} ${y:1:2} \"${CORUN_EXPR_1}\""));
}

TEST_CASE("a value in a word that bash evaluates once more is refused, one beside it isn't") {
  for (const char* script :
       {"eval ${{ .vars.v }}", "if true; then eval \"echo ${{ .vars.v }}\"; fi", "case $x in a) eval ${{ .vars.v }};; esac",
        "let x=${{ .vars.v }}", "unset ${{ .vars.v }}", "declare -i n=${{ .vars.v }}", "local ${{ .vars.v }}",
        "a[${{ .vars.v }}]=1", "x=1 a[1+${{ .vars.v }}]=1", "[ -v ${{ .vars.v }} ]", "test -v \"${{ .vars.v }}\"",
        "printf -v ${{ .vars.v }} x", "[[ 1 -eq ${{ .vars.v }} ]]", "[[ ${{ .vars.v }} -gt 1 ]]",
        "[[ \"${{ .vars.v }}\" -le 1 ]]", "[[ a == b && ( -n x || ${{ .vars.v }} -ne 1 ) ]]",
        "while [[ 1 -lt \"${{ .vars.v }}\" ]]; do :; done", "x=$(eval ${{ .vars.v }})"}) {
    INFO(script);
    CHECK(argv(script) == Words{"error", "an expression here could run code: the shell evaluates the word once more"});
  }
  for (const char* script : {"[ ${{ .vars.v }} -eq 1 ] && :", "[[ ${{ .vars.v }} == 1 && 2 -eq 2 ]]",
                             "echo eval ${{ .vars.v }}; echo let ${{ .vars.v }}", "echo 'x; eval' ${{ .vars.v }}",
                             "# eval ${{ .vars.v }}\n:", "local x=${{ .vars.v }}", "declare -a x=${{ .vars.v }}",
                             "a[1]=${{ .vars.v }}", "eval \"$(echo ${{ .vars.v }})\"", "eval true; echo ${{ .vars.v }}",
                             "grep -v ${{ .vars.v }} | cat", "[[ -n x ]] && echo ${{ .vars.v }} -eq 1",
                             "cat <<E\neval ${{ .vars.v }}\nE\n", "let x=1\necho ${{ .vars.v }}", "echo a[${{ .vars.v }}] > x"}) {
    INFO(script);
    CHECK(argv(script).front() == "sh");
  }
}

TEST_CASE("what a script gives to programs as an argument can be seen by all") {
  const auto exposes = [](const std::string& script) {
    const Evaluated<ShellCommand> command = shell_command(Text{script, {}}, {}, variables());
    return is_program_argument(std::get<ShellCommand>(command).argv.back(), 1);
  };
  for (const char* script :
       {"curl -H \"A: ${{ .vars.v }}\" x | cat", "X=1 env ${{ .vars.v }} | cat", "if curl ${{ .vars.v }}; then :; fi",
        "echo $(curl -u a:${{ .vars.v }} x)", "a=1; curl \\\n  --user=${{ .vars.v }}", "! curl ${{ .vars.v }} 2>&1"}) {
    INFO(script);
    CHECK(exposes(script));
  }
  for (const char* script :
       {"echo ${{ .vars.v }} | docker login", "X=${{ .vars.v }} curl x | cat", "cat <<E\n${{ .vars.v }}\nE\n",
        "cat <<<${{ .vars.v }}", "cat <<< \"${{ .vars.v }}\"", "curl x # ${{ .vars.v }}", "export A=${{ .vars.v }}",
        "[ -n ${{ .vars.v }} ] && curl x", "if [ a = ${{ .vars.v }} ]; then :; fi"}) {
    INFO(script);
    CHECK_FALSE(exposes(script));
  }
}

TEST_CASE("a line of a here-document that a value belongs to doesn't end it") {
  CHECK(argv("cat <<E\nE${{ .vars.v }}\n${{ .vars.v }}\nE\n") == by_shell("cat <<E\nE${CORUN_EXPR_1}\n${CORUN_EXPR_2}\nE\n"));
}
