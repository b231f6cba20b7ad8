// What is said of commands and flags, and what may stand where in a command line.
#include "cli/completion.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "catch.h"
#include "cli/completions.h"
#include "cli/flag_words.h"
#include "cli/help.h"
#include "cli/shell_line.h"
#include "report/documents.h"

using namespace corun;

namespace {

using Lines = std::vector<std::string>;
constexpr std::string_view kBreaks = " \t\n\"'><=;|&(:";

Lines values(const std::vector<std::string>& words) {
  const Completion completion = completion_of(words);
  Lines lines;
  for (const Candidate& candidate : completion.candidates) {
    if (candidate.value.starts_with(words.back())) lines.push_back(candidate.value);
  }
  return lines;
}

// What bash makes of the line when it completes it to `word`.
std::string replacement(const std::string& line, const std::string& word) {
  return completed(read_shell_line(line, kBreaks), word);
}

}  // namespace

TEST_CASE("every flag of every command is described, shown and completed") {
  std::set<const FlagWords*> used;
  for (const Command& command : commands()) {
    const std::string help = command_help(command.kind);
    for (const Flag& flag : flags()) {
      if (!flag.of(command.kind)) continue;
      const std::string name = "--" + std::string(flag.name);
      INFO(command.name << ' ' << name);
      const FlagWords* const words = words_for(flag, command.kind);
      REQUIRE(words != nullptr);
      used.insert(words);
      const bool takes_value = flag.kind == FlagKind::value || flag.kind == FlagKind::list;
      CHECK(takes_value == !words->value.empty());
      CHECK((words->words != Words::choice || !words->choices.empty()));
      CHECK(help.find(name) != std::string::npos);
      const Lines offered = values({std::string(command.name), name});
      CHECK(std::find(offered.begin(), offered.end(), name) != offered.end());
    }
  }
  for (const FlagWords& words : flag_words()) {
    INFO(words.name);
    CHECK(used.contains(&words));
    CHECK(std::find(flag_groups().begin(), flag_groups().end(), words.group) != flag_groups().end());
  }
}

TEST_CASE("every command is in the help, with its usage") {
  const std::string help = general_help();
  for (const Command& command : commands()) {
    INFO(command.name);
    CHECK(help.find("\n  " + std::string(command.name) + ' ') != std::string::npos);
    CHECK(command_help(command.kind).starts_with("usage: corun "));
    CHECK(find_command(command.name) == &command);
    CHECK(find_command(command.kind) == &command);
    CHECK((command.choices.empty() == (command.words[0] != Words::choice)));
  }
}

TEST_CASE("no line of a help is too long for a terminal") {
  for (const Command& command : commands()) {
    const std::string text = command_help(command.kind);
    for (std::string_view rest = text; !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      INFO(line);
      CHECK(line.size() <= 92);
    }
  }
}

TEST_CASE("commands, their words and choices") {
  CHECK(values({"hist"}) == Lines{"history"});
  CHECK(completion_of({""}).words == Words::job_file);
  CHECK(completion_of({"check", ""}).words == Words::job_file);
  CHECK(completion_of({"check", "f.yaml", ""}).words == Words::none);
  CHECK(values({"breaker", ""}) == Lines{"ls", "open", "close", "reset"});
  CHECK(completion_of({"breaker", "open", ""}).words == Words::breaker);
  CHECK(completion_of({"explain", ""}).words == Words::code);
  CHECK(completion_of({"resume", ""}).words == Words::run);
  CHECK(completion_of({"logs", "--run", "2026", ""}).run == "2026");
  CHECK(values({"completion", ""}) == Lines{"bash", "zsh", "fish"});
}

TEST_CASE("jobs are those of the file that is named, wherever it stands") {
  for (const Lines& words :
       {Lines{"run", "f.yaml", ""}, Lines{"f.yaml", ""}, Lines{"run", "-vj", "4", "--fail-fast", "f.yaml", "a", ""},
        Lines{"--only", "x", "plan", "f.yaml", ""}, Lines{"run", "--", "f.yaml", ""}}) {
    const Completion completion = completion_of(words);
    CHECK(completion.words == Words::job);
    CHECK(completion.job_file == "f.yaml");
  }
  CHECK(completion_of({"run", "f.yaml", "a", "b", ""}).others == Lines{"a", "b"});
  CHECK(completion_of({"run", "-C", "dir", "f.yaml", ""}).directory == "dir");
  CHECK(completion_of({"run", "f.yaml", "--only", ""}).words == Words::job_pattern);
  CHECK(completion_of({"run", "f.yaml", "--from", ""}).words == Words::job_pattern);
  CHECK(completion_of({"ls", "f.yaml", "--tag", ""}).words == Words::tag);
  CHECK(completion_of({"graph", "f.yaml", ""}).words == Words::job);
}

TEST_CASE("values of flags") {
  CHECK(values({"run", "--color", ""}) == Lines{"auto", "always", "never"});
  CHECK(values({"run", "--color=al"}) == Lines{"--color=always"});
  CHECK(values({"plan", "-o", ""}) == Lines{"text", "json"});
  CHECK(values({"graph", "--format", ""}) == Lines{"text", "dot", "mermaid", "json"});
  CHECK(values({"graph", "f.yaml", "--run", "l"}) == Lines{"last"});
  CHECK(values({"run", "-vo", "nd"}) == Lines{"ndjson"});
  const Lines reports = values({"run", "--report", ""});
  for (const DocumentKind& kind : document_kinds()) {
    CHECK(std::count(reports.begin(), reports.end(), std::string(kind.name) + '=') == 1);
  }
  CHECK(std::is_sorted(reports.begin(), reports.end()));
  CHECK(values({"run", "--report", "pro"}) == Lines{"prom="});
  const Completion report = completion_of({"run", "--report=prom=x"});
  CHECK(report.words == Words::file);
  CHECK(report.before == "--report=prom=");
  CHECK(report.part == "x");
  CHECK(completion_of({"run", "--secret", "a=@"}).words == Words::file);
  CHECK(completion_of({"run", "--secret", "a"}).words == Words::secret);
  CHECK(completion_of({"run", "--frobnicate=x"}).candidates.empty());
}

TEST_CASE("flags that are given aren't offered again, unless they may be repeated") {
  CHECK(values({"run", "--fail-fast", "--fail"}).empty());
  CHECK(values({"run", "--set", "a=b", "--se"}) == Lines{"--set", "--secret"});
  CHECK(values({"check", "--onl"}).empty());
  CHECK(values({"run", "--", "--fail"}).empty());
}

TEST_CASE("a line of bash is taken apart as bash does it") {
  CHECK(read_shell_line("corun run  'a b' c\\ d \"e \\\" f\" g", kBreaks).words ==
        Lines{"corun", "run", "a b", "c d", "e \" f", "g"});
  CHECK(read_shell_line("corun run ", kBreaks).words == Lines{"corun", "run", ""});
  CHECK(read_shell_line("corun 'te", kBreaks).quote == '\'');
}

TEST_CASE("what replaces the end of the word is quoted as the word is") {
  CHECK(replacement("corun te", "test[os=linux]") == "test\\[os=linux\\]");
  CHECK(replacement("corun te\\[os=li", "te[os=linux]") == "linux\\]");
  CHECK(replacement("corun 'te[os=li", "te[os=linux,it's]") == "te[os=linux,it'\\''s]");
  CHECK(replacement("corun \"te", "te$x\"y") == "te\\$x\\\"y");
  CHECK(replacement("corun --only=bu", "--only=build") == "build");
  CHECK(replacement("corun a:b", "a:b c") == "b\\ c");
}

TEST_CASE("there are completions for three shells") {
  CHECK(completions_for("bash").find("complete ") != std::string_view::npos);
  CHECK(completions_for("zsh").starts_with("#compdef corun\n"));
  CHECK(completions_for("fish").find("complete -c corun") != std::string_view::npos);
  CHECK(completions_for("csh").empty());
}
