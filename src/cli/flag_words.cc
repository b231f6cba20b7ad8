// The words for flags. Knows nothing of their values.
#include "cli/flag_words.h"

#include <array>

namespace corun {
namespace {

constexpr std::string_view kSelect = "which jobs";
constexpr std::string_view kHow = "how they run";
constexpr std::string_view kVariables = "variables";
constexpr std::string_view kWhich = "which";
constexpr std::string_view kOutput = "output";
constexpr std::string_view kState = "state";
constexpr std::string_view kUnwatched = "when nobody watches";
constexpr std::string_view kOther = "other";

constexpr std::array kGroups{kSelect, kHow, kVariables, kWhich, kOutput, kState, kUnwatched, kOther};

constexpr std::uint32_t kPast =
    bit(CommandKind::history) | bit(CommandKind::logs) | bit(CommandKind::report) | bit(CommandKind::graph);
constexpr std::uint32_t kPrint = bit(CommandKind::cron) | bit(CommandKind::systemd);
constexpr std::uint32_t kShared = bit(CommandKind::breaker) | bit(CommandKind::cache) | bit(CommandKind::lock);
constexpr std::uint32_t kTextOrJson =
    bit(CommandKind::plan) | bit(CommandKind::ls) | bit(CommandKind::breaker) | bit(CommandKind::cache);

constexpr std::array kWords{
    FlagWords{"only", kSelect, "GLOB", "only jobs whose name matches, whatever they need (repeatable)", Words::job_pattern},
    FlagWords{"skip", kSelect, "GLOB", "not these; what needs them goes on (repeatable)", Words::job_pattern},
    FlagWords{"from", kSelect, "GLOB", "only these and what needs them, directly or not (repeatable)", Words::job_pattern},
    FlagWords{"until", kSelect, "GLOB", "only these and all they need, nothing after (repeatable)", Words::job_pattern},
    FlagWords{"tag", kSelect, "GLOB", "only jobs with such a tag, whatever they need (repeatable)", Words::tag},

    FlagWords{"jobs", kHow, "N|auto", "processes at once (auto, the default: one a core)", Words::choice, "auto"},
    FlagWords{"max-http", kHow, "N", "HTTP requests and SQL statements at once (256)"},
    FlagWords{"keep-going", kHow, "", "independent jobs go on after a failure (default)"},
    FlagWords{"fail-fast", kHow, "", "stop everything at the first failure"},
    FlagWords{"timeout", kHow, "D", "end the run after D, such as 90s or 1h30m"},
    FlagWords{
        "retries", kHow, "N",
        "try failed jobs N times more, except those that say by `retry` themselves how often; 0 turns `defaults: {retry}` off"},
    FlagWords{"exit-code", kHow, "OF",
              "job: if a process made the run fail, exit with its code (128+n for signal n) instead of 1; run, the default: 1",
              Words::choice, "run|job"},
    FlagWords{"dry-run", kHow, "", "show the plan, start nothing"},

    FlagWords{"set", kVariables, "K=V", "set a variable of the file's `vars` (repeatable)", Words::variable},
    FlagWords{"vars", kVariables, "FILE", "set variables as a map in FILE, YAML or JSON, says; --set counts more (repeatable)",
              Words::file},
    FlagWords{"env", kVariables, "K=V",
              "set an environment variable, whatever the file says; K alone passes the present value on (repeatable)"},
    FlagWords{"env-file", kVariables, "F", "read environment variables from KEY=VALUE lines (repeatable)", Words::file},
    FlagWords{"env-clean", kVariables, "",
              "processes get of corun's own environment only PATH, HOME, USER, LOGNAME, SHELL, LANG, LC_*, TZ, TMPDIR and TERM"},
    FlagWords{"secret", kVariables, "NAME",
              "set `.secrets.NAME` from the environment variable NAME; from a file: NAME=@FILE; from standard input: NAME=- "
              "(repeatable)",
              Words::secret},

    FlagWords{"limit", kWhich, "N", "at most N runs (20)"},
    FlagWords{"failed", kWhich, "", "only runs that didn't succeed"},
    FlagWords{"run", kWhich, "RUN", "with the results of the run whose id begins with RUN, or of the `last` one of FILE",
              Words::run, "last", bit(CommandKind::graph)},
    FlagWords{"run", kWhich, "RUN", "in the run whose id begins with RUN", Words::run},
    FlagWords{"attempt", kWhich, "N", "of its Nth attempt only"},
    FlagWords{"follow", kWhich, "", "go on until the job has ended"},
    FlagWords{"older-than", kWhich, "D", "remove what hasn't been used for so long"},
    FlagWords{"all", kWhich, "", "remove everything"},
    FlagWords{"schedule", kWhich, "S", "when: five fields, such as '15 2 * * 1-5', or @daily", Words::choice,
              "@hourly|@daily|@weekly|@monthly|@yearly|@reboot"},
    FlagWords{"on-calendar", kWhich, "W", "when, as systemd takes it: '*-*-* 02:15:00', 'Mon..Fri 02:15', daily", Words::choice,
              "hourly|daily|weekly|monthly|yearly"},
    FlagWords{"html", kWhich, "F", "write a page for browsers to F, one file: timeline, graph, jobs, outputs", Words::file},
    FlagWords{"json", kWhich, "F", "write all there is to know of the run to F; `-` is standard output", Words::file},
    FlagWords{"junit", kWhich, "F", "write the run as JUnit XML to F, a test case a job; `-` is standard output", Words::file},
    FlagWords{"otlp", kWhich, "F", "write spans of OpenTelemetry to F, in the JSON of OTLP; `-` is standard output", Words::file},
    FlagWords{"trace", kWhich, "F", "write to F what ran when, for ui.perfetto.dev or chrome://tracing; `-` is standard output",
              Words::file},
    FlagWords{"template", kWhich, "NAME", "what it is about: jobs (the default), http or cron", Words::choice, "jobs|http|cron"},
    FlagWords{"schema", kWhich, "", "also write corun.schema.json beside it, and name it there for editors"},

    FlagWords{"output-format", kOutput, "F", "text or json", Words::choice, "text|json", kTextOrJson},
    FlagWords{"output-format", kOutput, "F", "text, json, or ndjson (an object a line)", Words::choice, "text|json|ndjson",
              bit(CommandKind::history)},
    FlagWords{"output-format", kOutput, "F",
              "standard output: text (job output), json (one document at the end) or ndjson (an event a line)", Words::choice,
              "text|json|ndjson"},
    FlagWords{"quiet", kOutput, "", "failures only; -qq: only the summary of failures"},
    FlagWords{"verbose", kOutput, "", "log lines of ends, retries and breakers; -vv: of everything"},
    FlagWords{"progress", kOutput, "WHEN",
              "auto (the default: on a terminal, what runs is shown below), tty (the same, also with -q), plain (a line an ended "
              "job) or none (only what failed, in the end)",
              Words::choice, "auto|tty|plain|none"},
    FlagWords{
        "log-order", kOutput, "ORDER",
        "jobs' output: live (the default: one job's as it comes, the others' whole), grouped (each job's whole, at its end) "
        "or prefixed (line by line, with the job's name)",
        Words::choice, "live|grouped|prefixed"},
    FlagWords{"format", kOutput, "FORMAT", "text, dot (Graphviz), mermaid or json", Words::choice, "text|dot|mermaid|json",
              bit(CommandKind::graph)},
    FlagWords{"format", kOutput, "FORMAT", "text, short (an error a line), json (an object a line) or github (workflow commands)",
              Words::choice, "text|short|json|github"},
    FlagWords{"color", kOutput, "WHEN", "auto, always or never", Words::choice, "auto|always|never"},

    FlagWords{"state-dir", kState, "D", "where runs are looked for", Words::directory, "", kPast},
    FlagWords{"state-dir", kState, "D", "where state is kept", Words::directory, "", kShared | kPrint},
    FlagWords{"state-dir", kState, "D", "where runs and their logs are kept ($XDG_STATE_HOME/corun or ~/.local/state/corun)",
              Words::directory},
    FlagWords{"no-state", kState, "", "keep nothing"},
    FlagWords{"no-cache", kState, "", "run jobs whatever their `cache` has kept, and keep that anew"},
    FlagWords{"resume", kState, "", "if the file's last run has left something to do, do that only"},

    FlagWords{"cron", kUnwatched, "",
              "also what tends to break under cron: relative paths, programs that cron's PATH doesn't have, `%`", Words::none, "",
              bit(CommandKind::check)},
    FlagWords{"cron", kUnwatched, "",
              "say nothing unless something failed; then the verdict first and the failed jobs with the end of their output"},
    FlagWords{
        "lock", kUnwatched, "MODE",
        "while another run of the file, or of its `concurrency` group, is under way: skip, wait, wait:DURATION, replace it or "
        "allow it",
        Words::choice, "skip|wait|wait:|replace|allow"},
    FlagWords{"jitter", kUnwatched, "D", "wait first, for a part of D that is always the same for this machine and file"},
    FlagWords{"if-older-than", kUnwatched, "D", "only if the last success of FILE began longer ago"},
    FlagWords{"ping", kUnwatched, "URL", "ask for URL/start, then URL or URL/fail: a dead man's switch"},
    FlagWords{"report", kUnwatched, "KIND=F",
              "write a report to the file F: html=F, a page for browsers; junit=F, a test case a job, for CI; trace=F, what ran "
              "when, for Perfetto; ndjson=F, events as they happen; json=F, all there is to know of the run; prom=F, its metrics "
              "for Prometheus; otlp=F, spans of OpenTelemetry (repeatable)",
              Words::choice, "html=|json=|junit=|ndjson=|otlp=|prom=|trace="},

    FlagWords{"directory", kOther, "D", "where it runs; else the present directory", Words::directory, "", kPrint},
    FlagWords{"directory", kOther, "D", "change to D first", Words::directory},
};

}  // namespace

std::span<const std::string_view> flag_groups() { return kGroups; }

std::span<const FlagWords> flag_words() { return kWords; }

const FlagWords* words_for(const Flag& flag, CommandKind command) {
  for (const FlagWords& words : kWords) {
    if (words.name == flag.name && (words.commands & bit(command)) != 0) return &words;
  }
  return nullptr;
}

}  // namespace corun
