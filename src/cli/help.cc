// What `--help` says. Knows nothing of how flags are read.
#include "cli/help.h"

namespace corun {
namespace {

constexpr const char* kGeneral = R"(corun: asyncio for your shell. Runs a YAML graph of commands, HTTP requests and
SQL statements at once, with timeouts, retries and circuit breakers.

usage: corun [run] FILE [JOB…] [options]
       corun check FILE [options]
       corun plan FILE [JOB…] [options]
       corun resume [RUN] [options]
       corun history [FILE] [options]
       corun logs JOB [options]
       corun breaker ls|open|close|reset [NAME [FILE]]
       corun lock ls
       corun cron print FILE --schedule '15 2 * * *' [options]
       corun systemd print FILE --on-calendar daily [options]
       corun cache ls|prune [options]

commands:
  run      run the jobs of FILE, or the named jobs and all they need (default)
  check    find every error of FILE in one pass
  plan     show what run would do: order, commands, URLs, policies
  resume   do what a run that failed, was stopped or was killed has left to do
  history  list past runs
  logs     show what a job has written
  breaker  look at the breakers that runs share, or set them by hand
  lock     show the locks that keep runs out of each other's way, and who has them
  cron     print the crontab line that runs FILE on a schedule
  systemd  print the .service and .timer units that do
  cache    list what jobs with `cache` have kept, or remove it

FILE is a job file; `-` reads it from standard input.
`corun COMMAND --help` shows a command's options; --version, the version.

examples:
  corun jobs.yaml                 run everything
  corun jobs.yaml deploy -j 4     run deploy and all it needs, 4 processes at once
  corun check jobs.yaml           look for errors
  corun --cron jobs.yaml          say nothing unless something fails

exit codes:
    0  every required job succeeded (degraded and allowed failures included)
    1  a job failed
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

constexpr const char* kSelectHelp = R"(
which jobs:
  JOB…                  these and all they need
      --only GLOB       only jobs whose name matches, whatever they need (repeatable)
      --skip GLOB       not these; what needs them goes on (repeatable)
)";

constexpr const char* kHowHelp = R"(
how they run:
  -j, --jobs N|auto     processes at once (auto, the default: one a core)
      --max-http N      HTTP requests and SQL statements at once (256)
  -k, --keep-going      independent jobs go on after a failure (default)
      --fail-fast       stop everything at the first failure
      --timeout D       end the run after D, such as 90s or 1h30m
)";

constexpr const char* kVariablesHelp = R"(
variables:
      --set K=V         set a variable of the file's `vars` (repeatable)
  -e, --env K=V         set an environment variable, whatever the file says;
                        K alone passes the present value on (repeatable)
      --env-file F      read environment variables from KEY=VALUE lines (repeatable)
      --secret NAME     set `.secrets.NAME` from the environment variable NAME; from a
                        file: NAME=@FILE; from standard input: NAME=- (repeatable)
)";

constexpr const char* kRunOutputHelp = R"(
output:
  -o, --output-format F standard output: text (job output), json (one document at
                        the end) or ndjson (an event a line)
  -q, --quiet           failures only; -qq: only the summary of failures
  -v, --verbose         log lines of ends, retries and breakers; -vv: of everything
      --color WHEN      auto, always or never

state:
      --state-dir D     where runs and their logs are kept ($XDG_STATE_HOME/corun or
                        ~/.local/state/corun)
      --no-state        keep nothing
      --no-cache        run jobs whatever their `cache` has kept, and keep that anew
      --resume          if the file's last run has left something to do, do that only
)";

constexpr const char* kCronHelp = R"(
when nobody watches:
      --cron            say nothing unless something failed; then the verdict first and
                        the failed jobs with the end of their output
      --lock MODE       while another run of the file, or of its `concurrency` group, is
                        under way: skip, wait, wait:DURATION or replace it
      --jitter D        wait first, for a part of D that is always the same for this
                        machine and file
      --if-older-than D only if the last success of FILE began longer ago
      --ping URL        ask for URL/start, then URL or URL/fail: a dead man's switch
      --report prom=F   write the run's metrics for Prometheus to F (repeatable)
)";

constexpr const char* kResumeHelp = R"(
output:
  -o, --output-format F text, json or ndjson
  -q, --quiet           failures only; -qq: only the summary of failures
  -v, --verbose         log lines of ends, retries and breakers; -vv: of everything
      --color WHEN      auto, always or never

state:
      --state-dir D     where the run is looked for and state is kept
      --no-cache        run jobs whatever their `cache` has kept, and keep that anew

when nobody watches:
      --cron, --lock MODE, --ping URL, --report prom=F
                        as of `corun run`
)";

constexpr const char* kResumeTail = R"(
other:
  -h, --help            show this

Every option is also read from the environment: --max-http from CORUN_MAX_HTTP.
)";

constexpr const char* kPastTail = R"(
other:
  -h, --help            show this
)";

constexpr const char* kPrintHelp = R"(      --lock MODE       skip (the default), wait, wait:DURATION, replace or allow
      --jitter D, --if-older-than D, --ping URL, --report prom=F, --timeout D,
      --state-dir D     as of `corun run`
  -C, --directory D     where it runs; else the present directory
  -h, --help            show this
)";

constexpr const char* kTail = R"(
other:
  -C, --directory D     change to D first
  -h, --help            show this

Every option is also read from the environment: --max-http from CORUN_MAX_HTTP.
)";

constexpr const char* kBreakerHelp = R"(usage: corun breaker ls [NAME [FILE]] [options]
       corun breaker open NAME [FILE]
       corun breaker close NAME [FILE]
       corun breaker reset [NAME [FILE]]

The runs of a job file share its breakers, at the same time and one after another.
What is set here counts at once, for runs that are under way, too.

  ls       show them
  open     let no call through, until `close` or `reset`
  close    let every call through, whatever comes of it, until `open` or `reset`
  reset    closed, with nothing remembered; from here on its calls decide again

FILE is the job file, where several have a breaker of that name.

output:
  -o, --output-format F text or json

state:
      --state-dir D     where state is kept

other:
  -h, --help            show this

examples:
  corun breaker ls
  corun breaker open api      maintenance: don't call it
  corun breaker reset         begin anew with all
)";

constexpr const char* kRunExamples = R"(
examples:
  corun run jobs.yaml --set env=staging --fail-fast
  corun run jobs.yaml --only 'test-*' -o json > result.json
  generate-jobs | corun run -
)";

}  // namespace

std::string general_help() { return kGeneral; }

std::string command_help(CommandKind command) {
  switch (command) {
    case CommandKind::run:
      return std::string(
                 "usage: corun [run] FILE [JOB…] [options]\n\nRuns the jobs of FILE; `-` reads it from standard input.\n") +
             kSelectHelp + kHowHelp + "  -n, --dry-run         show the plan, start nothing\n" + kVariablesHelp + kRunOutputHelp +
             kCronHelp + kTail + kRunExamples;
    case CommandKind::check:
      return std::string(R"(usage: corun check FILE [options]

Finds every error of FILE in one pass; `-` reads it from standard input.
Says nothing and exits 0 if there is none, else 65.

output:
      --format FORMAT   text, short (an error a line), json (an object a line) or
                        github (workflow commands)
      --color WHEN      auto, always or never

other findings:
      --cron            also what tends to break under cron: relative paths, programs
                        that cron's PATH doesn't have, `%`
)") + kTail;
    case CommandKind::resume:
      return std::string(R"(usage: corun resume [RUN] [options]

Takes up the last run, or the one whose id begins with RUN: with the same file and
options, in the same directory, runs what hasn't succeeded. Jobs that have
succeeded aren't run again, and neither are the finished items of a foreach, unless
their definition has been edited since, or something that they need has.
Options are added to those of the run; how it was shown (-q, -v, -o) is left aside.
)") + kHowHelp +
             kVariablesHelp + kResumeHelp + kResumeTail;
    case CommandKind::history:
      return std::string(R"(usage: corun history [FILE] [options]

Lists past runs, newest first, of FILE or of all job files: when each began, how
long it took, how it and its jobs ended, and which run it took up. A run that was
`killed` has left no end.

  -n, --limit N         at most N runs (20)
      --failed          only runs that didn't succeed

output:
  -o, --output-format F text, json or ndjson (an object a line)

state:
      --state-dir D     where runs are looked for
)") + kPastTail;
    case CommandKind::logs:
      return std::string(R"(usage: corun logs JOB [options]

Shows all that JOB has written in its last run, standard output and standard error
in the order they came. An item of a foreach is EACH[3], a job in a group GROUP/JOB.

      --run RUN         in the run whose id begins with RUN
      --attempt N       of its Nth attempt only
  -f, --follow          go on until the job has ended

state:
      --state-dir D     where runs are looked for
)") + kPastTail;
    case CommandKind::breaker: return kBreakerHelp;
    case CommandKind::lock:
      return R"(usage: corun lock ls [options]

Shows the locks that runs have taken, by whom and for how long. A lock ends with
its run, however that ends: there is nothing to clean up.

  -o, --output-format F text or json
      --state-dir D     where state is kept
  -h, --help            show this
)";
    case CommandKind::cron:
      return std::string(R"(usage: corun cron print FILE --schedule SCHEDULE [options]

Prints a crontab line that runs FILE: absolute paths, `%` escaped, silent unless
something fails, never twice at once. It is only printed: `crontab -e` installs it.

      --schedule S      five fields, such as '15 2 * * 1-5', or @daily
)") + kPrintHelp;
    case CommandKind::systemd:
      return std::string(R"(usage: corun systemd print FILE --on-calendar WHEN [options]

Prints a .service and a .timer unit that run FILE. They are only printed.

      --on-calendar W   as systemd takes it: '*-*-* 02:15:00', 'Mon..Fri 02:15', daily
)") + kPrintHelp;
    case CommandKind::cache:
      return std::string(R"(usage: corun cache ls [options]
       corun cache prune --older-than D|--all [options]

Lists what jobs with `cache` have kept, what was used last first, or removes what
hasn't been used for D, such as 7d, or all of it.

options:
      --older-than D    remove what hasn't been used for so long
      --all             remove everything
  -o, --output-format F text or json
      --state-dir D     where state is kept
)") + kResumeTail;
    case CommandKind::plan:
      return std::string(R"(usage: corun plan FILE [JOB…] [options]

Shows what `corun run` would do with the same options: the order of the jobs,
their commands, URLs and SQL with every expression resolved, and their policies.
Starts nothing and uses no network.
)") + kSelectHelp +
             kHowHelp + kVariablesHelp + R"(
output:
  -o, --output-format F text or json
      --color WHEN      auto, always or never
)" + kTail;
  }
  return {};
}

std::string command_name(CommandKind command) {
  switch (command) {
    case CommandKind::run: return "run";
    case CommandKind::check: return "check";
    case CommandKind::plan: return "plan";
    case CommandKind::breaker: return "breaker";
    case CommandKind::resume: return "resume";
    case CommandKind::history: return "history";
    case CommandKind::logs: return "logs";
    case CommandKind::lock: return "lock";
    case CommandKind::cron: return "cron";
    case CommandKind::systemd: return "systemd";
    case CommandKind::cache: return "cache";
  }
  return {};
}

}  // namespace corun
