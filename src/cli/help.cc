// What `--help` says. Knows no single flag.
#include "cli/help.h"

#include <string_view>

#include "cli/flag_words.h"

namespace corun {
namespace {

constexpr std::size_t kLineWidth = 88;
constexpr std::size_t kFlagWidth = 24;  // columns before a flag's description

constexpr const char* kOpening = R"(corun: asyncio for your shell. Runs a YAML graph of commands, HTTP requests and
SQL statements at once, with timeouts, retries and circuit breakers.

usage: )";

constexpr const char* kMiddle = R"(
FILE is a job file; `-` reads it from standard input.
`corun COMMAND --help` shows a command's options; --version, the version.
More: corun(1), and corun(5) for job files.

examples:
  corun init                      write a first job file, corun.yaml
  corun jobs.yaml                 run everything
  corun jobs.yaml deploy -j 4     run deploy and all it needs, 4 processes at once
  corun check jobs.yaml           look for errors
  corun --cron jobs.yaml          say nothing unless something fails

exit codes:
)";

constexpr const char* kExitCodes = R"(    0  every required job succeeded (degraded and allowed failures included)
    1  a job failed (--exit-code job: the code of its process instead)
    2  wrong usage
   65  the job file is invalid
   66  a file is missing, or the selection is empty
   69  open circuit breakers are the only cause
   70  internal error
   73  output, a report or the state can't be written
   75  another run is in the way: its lock is busy, or it is to be resumed
   78  undefined variable or secret
  124  the run's own timeout
128+n  ended by signal n
)";

// Each line behind `first` or, from the second on, as many blanks.
void append_lines(std::string& out, std::string_view first, std::string_view lines, std::string_view before) {
  bool begun = false;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    out += begun ? std::string(first.size(), ' ') : std::string(first);
    out += before;
    out += line;
    out += '\n';
    begun = true;
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
  }
}

std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1U : 0U;
  return count;
}

// `  -j, --jobs N|auto     processes at once`, over as many lines as it takes.
void append_flag(std::string& out, std::string_view flag, std::string_view description) {
  std::string line(flag);
  if (line.size() + 1 > kFlagWidth) {
    out += line + '\n';
    line.clear();
  }
  line.resize(kFlagWidth, ' ');
  std::size_t width = kFlagWidth;
  bool first = true;
  while (!description.empty()) {
    const std::string_view word = description.substr(0, description.find(' '));
    description.remove_prefix(std::min(description.size(), word.size() + 1));
    if (!first && width + 1 + columns(word) > kLineWidth) {
      out += line + '\n';
      line.assign(kFlagWidth, ' ');
      width = kFlagWidth;
      first = true;
    }
    if (!first) line += ' ';
    line += word;
    width += columns(word) + (first ? 0 : 1);
    first = false;
  }
  out += line + '\n';
}

// Whether the command's flag has its letter: another flag of the command may have it.
std::string flag_text(const Flag& flag, const FlagWords& words) {
  std::string text = flag.letter != 0 ? std::string("  -") + flag.letter + ", --" : std::string("      --");
  text += flag.name;
  if (!words.value.empty()) text += ' ' + std::string(words.value);
  return text;
}

bool append_group(std::string& out, std::string_view group, CommandKind command) {
  bool any = false;
  for (const FlagWords& words : flag_words()) {
    if (words.group != group) continue;
    for (const Flag& flag : flags()) {
      if (!flag.of(command) || words_for(flag, command) != &words) continue;
      if (!any) out += '\n' + std::string(group) + ":\n";
      any = true;
      append_flag(out, flag_text(flag, words), words.description);
    }
  }
  return any;
}

bool reads_environment(CommandKind command) {
  for (const Flag& flag : flags()) {
    if (flag.of(command) && flag.from_environment) return true;
  }
  return false;
}

}  // namespace

std::string exit_codes_text() { return kExitCodes; }

std::string general_help() {
  std::string help = kOpening;
  for (const Command& command : commands()) {
    append_lines(help, &command == commands().data() ? "" : "       ", command.usage, "corun ");
  }
  help += "\ncommands:\n";
  for (const Command& command : commands()) {
    std::string name(command.name);
    name.resize(12, ' ');
    help += "  " + name + std::string(command.summary) + '\n';
  }
  return help + kMiddle + kExitCodes;
}

std::string command_help(CommandKind command) {
  const Command* const row = find_command(command);
  if (row == nullptr) return {};
  std::string help;
  append_lines(help, "usage: ", row->usage, "corun ");
  help += '\n' + std::string(row->text);
  bool has_other = false;
  for (const std::string_view group : flag_groups()) has_other = append_group(help, group, command);
  if (!has_other) help += "\nother:\n";
  append_flag(help, "  -h, --help", "show this");
  if (reads_environment(command)) {
    help += "\nEvery option is also read from the environment: --max-http from CORUN_MAX_HTTP.\n";
  }
  if (!row->examples.empty()) {
    help += "\nexamples:\n";
    append_lines(help, "  ", row->examples, "");
  }
  return help;
}

}  // namespace corun
