// The table of commands. Knows nothing of what they do.
#include "cli/commands.h"

#include <algorithm>

namespace corun {
namespace {

constexpr std::array kCommands{
    Command{.kind = CommandKind::run,
            .name = "run",
            .usage = "[run] FILE [JOB…] [options]",
            .summary = "run the jobs of FILE, or the named jobs and all they need (default)",
            .text = "Runs the jobs of FILE; `-` reads it from standard input.\n",
            .words = {Words::job_file, Words::job},
            .any_number = true,
            .examples = "corun run jobs.yaml --set env=staging --fail-fast\n"
                        "corun run jobs.yaml --only 'test-*' -o json > result.json\n"
                        "generate-jobs | corun run -\n"},
    Command{.kind = CommandKind::check,
            .name = "check",
            .usage = "check FILE [options]",
            .summary = "find every error of FILE in one pass",
            .text = "Finds every error of FILE in one pass; `-` reads it from standard input.\n"
                    "Says nothing and exits 0 if there is none, else 65.\n",
            .words = {Words::job_file}},
    Command{.kind = CommandKind::plan,
            .name = "plan",
            .usage = "plan FILE [JOB…] [options]",
            .summary = "show what run would do: order, commands, URLs, policies",
            .text = "Shows what `corun run` would do with the same options: the order of the jobs,\n"
                    "their commands, URLs and SQL with every expression resolved, and their policies.\n"
                    "Starts nothing and uses no network.\n",
            .words = {Words::job_file, Words::job},
            .any_number = true},
    Command{.kind = CommandKind::graph,
            .name = "graph",
            .usage = "graph FILE [JOB…] [options]",
            .summary = "draw the jobs of FILE, also with the results of a run",
            .text = "Draws the jobs of FILE: a job stands below the last one that it waits for (`├─`), what a\n"
                    "group consists of behind `┆`. With --run it says how each job ended, `!` marks failures\n"
                    "and what never ran because of them. Starts nothing.\n",
            .words = {Words::job_file, Words::job},
            .any_number = true,
            .examples = "corun graph jobs.yaml --format dot | dot -Tsvg > jobs.svg\n"
                        "corun graph jobs.yaml --run last\n"},
    Command{.kind = CommandKind::ls,
            .name = "ls",
            .usage = "ls FILE [JOB…] [options]",
            .summary = "list the jobs of FILE with their tags and descriptions",
            .text = "Lists the jobs of FILE with their tags and what they are described as, else what they\n"
                    "do. Jobs inside of others are indented; `[]` has one for each item.\n",
            .words = {Words::job_file, Words::job},
            .any_number = true},
    Command{.kind = CommandKind::resume,
            .name = "resume",
            .usage = "resume [RUN] [options]",
            .summary = "do what a run that failed, was stopped or was killed has left to do",
            .text = "Takes up the last run, or the one whose id begins with RUN: with the same file and\n"
                    "options, in the same directory, runs what hasn't succeeded. Jobs that have\n"
                    "succeeded aren't run again, and neither are the finished items of a foreach, unless\n"
                    "their definition has been edited since, or something that they need has.\n"
                    "Options are added to those of the run; how it was shown (-q, -v, -o) is left aside.\n",
            .words = {Words::run}},
    Command{.kind = CommandKind::history,
            .name = "history",
            .usage = "history [FILE] [options]",
            .summary = "list past runs",
            .text = "Lists past runs, newest first, of FILE or of all job files: when each began, how\n"
                    "long it took, how it and its jobs ended, and which run it took up. A run that was\n"
                    "`killed` has left no end.\n",
            .words = {Words::job_file}},
    Command{.kind = CommandKind::logs,
            .name = "logs",
            .usage = "logs JOB [options]",
            .summary = "show what a job has written",
            .text = "Shows all that JOB has written in its last run, standard output and standard error\n"
                    "in the order they came. An item of a foreach is EACH[3], a job in a group GROUP/JOB.\n",
            .words = {Words::past_job}},
    Command{.kind = CommandKind::report,
            .name = "report",
            .usage = "report [RUN] [options]",
            .summary = "make a document of a past run",
            .text = "Makes documents of the last run, or of the one whose id begins with RUN. Without\n"
                    "options it says how the run and its jobs ended.\n",
            .words = {Words::run},
            .examples = "corun report\n"
                        "corun report --html run.html\n"
                        "corun report 20260917 --json run.json\n"},
    Command{.kind = CommandKind::breaker,
            .name = "breaker",
            .usage = "breaker ls [NAME [FILE]] [options]\n"
                     "breaker open NAME [FILE]\n"
                     "breaker close NAME [FILE]\n"
                     "breaker reset [NAME [FILE]]",
            .summary = "look at the breakers that runs share, or set them by hand",
            .text = "The runs of a job file share its breakers, at the same time and one after another.\n"
                    "What is set here counts at once, for runs that are under way, too.\n"
                    "\n"
                    "  ls       show them\n"
                    "  open     let no call through, until `close` or `reset`\n"
                    "  close    let every call through, whatever comes of it, until `open` or `reset`\n"
                    "  reset    closed, with nothing remembered; from here on its calls decide again\n"
                    "\n"
                    "FILE is the job file, where several have a breaker of that name.\n",
            .choices = "ls|open|close|reset",
            .words = {Words::choice, Words::breaker, Words::job_file},
            .examples = "corun breaker ls\n"
                        "corun breaker open api      maintenance: don't call it\n"
                        "corun breaker reset         begin anew with all\n"},
    Command{.kind = CommandKind::lock,
            .name = "lock",
            .usage = "lock ls [options]",
            .summary = "show the locks that keep runs out of each other's way, and who has them",
            .text = "Shows the locks that runs have taken, by whom and for how long. A lock ends with\n"
                    "its run, however that ends: there is nothing to clean up.\n",
            .choices = "ls",
            .words = {Words::choice}},
    Command{.kind = CommandKind::cron,
            .name = "cron",
            .usage = "cron print FILE --schedule SCHEDULE [options]",
            .summary = "print the crontab line that runs FILE on a schedule",
            .text = "Prints a crontab line that runs FILE: absolute paths, `%` escaped, silent unless\n"
                    "something fails, never twice at once. It is only printed: `crontab -e` installs it.\n",
            .choices = "print",
            .words = {Words::choice, Words::job_file}},
    Command{.kind = CommandKind::systemd,
            .name = "systemd",
            .usage = "systemd print FILE --on-calendar WHEN [options]",
            .summary = "print the .service and .timer units that do",
            .text = "Prints a .service and a .timer unit that run FILE. They are only printed.\n",
            .choices = "print",
            .words = {Words::choice, Words::job_file}},
    Command{.kind = CommandKind::cache,
            .name = "cache",
            .usage = "cache ls [options]\n"
                     "cache prune --older-than D|--all [options]",
            .summary = "list what jobs with `cache` have kept, or remove it",
            .text = "Lists what jobs with `cache` have kept, what was used last first, or removes what\n"
                    "hasn't been used for D, such as 7d, or all of it.\n",
            .choices = "ls|prune",
            .words = {Words::choice}},
    Command{.kind = CommandKind::init,
            .name = "init",
            .usage = "init [FILE] [options]",
            .summary = "write a first job file (corun.yaml)",
            .text = "Writes a job file that runs at once, with comments: corun.yaml, or FILE. A file that\n"
                    "is there already stays as it is. `-` writes to standard output.\n",
            .words = {Words::job_file},
            .examples = "corun init && corun corun.yaml\n"
                        "corun init --schema jobs.yaml      for completion in editors\n"},
    Command{.kind = CommandKind::explain,
            .name = "explain",
            .usage = "explain [CODE]",
            .summary = "tell what an error or warning means, and what to do; or list them all",
            .text = "Tells what an error or warning of a job file means, with an example of what is wrong\n"
                    "and how to put it right. Without CODE it lists the codes.\n",
            .words = {Words::code}},
    Command{.kind = CommandKind::schema,
            .name = "schema",
            .usage = "schema [events]",
            .summary = "print the JSON Schema of job files, or of the event stream",
            .text = "Prints the JSON Schema (2020-12) of job files, for editors, or that of a line of the\n"
                    "event stream that `-o ndjson` writes.\n",
            .choices = "events",
            .words = {Words::choice},
            .examples = "corun schema > corun.schema.json      and in the job file's first line:\n"
                        "# yaml-language-server: $schema=corun.schema.json\n"},
    Command{.kind = CommandKind::completion,
            .name = "completion",
            .usage = "completion bash|zsh|fish",
            .summary = "print what makes a shell complete corun's commands",
            .text = "Prints the completions of a shell: commands, options and their values, jobs of the\n"
                    "file, runs. Packages install them; without one:\n"
                    "\n"
                    "  bash   corun completion bash > ~/.local/share/bash-completion/completions/corun\n"
                    "         or in ~/.bashrc: source <(corun completion bash)\n"
                    "  zsh    corun completion zsh > DIR/_corun, where DIR is one of $fpath\n"
                    "  fish   corun completion fish > ~/.config/fish/completions/corun.fish\n",
            .choices = "bash|zsh|fish",
            .words = {Words::choice}},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }

const Command* find_command(std::string_view name) {
  const auto* const found = std::find_if(kCommands.begin(), kCommands.end(), [&](const Command& it) { return it.name == name; });
  return found == kCommands.end() ? nullptr : found;
}

const Command* find_command(CommandKind kind) {
  const auto* const found = std::find_if(kCommands.begin(), kCommands.end(), [&](const Command& it) { return it.kind == kind; });
  return found == kCommands.end() ? nullptr : found;
}

std::string command_name(CommandKind command) {
  const Command* const row = find_command(command);
  return row == nullptr ? std::string() : std::string(row->name);
}

}  // namespace corun
