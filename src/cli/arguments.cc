// Makes sense of the command line. Knows nothing of job files.
#include "cli/arguments.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/duration.h"
#include "base/text.h"
#include "cli/command_words.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/flag_values.h"
#include "cli/help.h"
#include "cli/version.h"
#include "report/documents.h"

namespace corun {
namespace {

Answer usage_error(const std::string& message, std::string_view command) {
  const std::string help = command.empty() ? "corun --help" : "corun " + std::string(command) + " --help";
  return Answer{"corun: " + message + "\ntry `" + help + "`\n", kExitUsage};
}

// Takes the command off the words; anything else is a file to run.
CommandKind take_command(std::vector<std::string>& words) {
  const Command* const command = words.empty() ? nullptr : find_command(words.front());
  if (command == nullptr) return CommandKind::run;
  words.erase(words.begin());
  return command->kind;
}

// The word that follows a command; "": none does.
std::string_view action_of(CommandKind command) {
  if (command == CommandKind::lock) return "ls";
  return command == CommandKind::cron || command == CommandKind::systemd ? "print" : "";
}

// What `corun init` writes is what somebody who names no file may mean.
std::string no_job_file(const std::string& command) {
  const std::string named = "corun.yaml";
  if (::access(named.c_str(), F_OK) != 0) return "no job file given";
  return "no job file given; did you mean `corun " + (command.empty() ? "" : command + ' ') + named + "`?";
}

// What can only be a command, but isn't one: a plain word that names no file.
std::optional<Answer> unknown_command(const std::vector<std::string>& words) {
  const std::string& word = words.front();
  if (word.find_first_of("./") != std::string::npos || word == "-" || ::access(word.c_str(), F_OK) == 0) return std::nullopt;
  std::vector<std::string_view> candidates;
  for (const Command& command : commands()) candidates.push_back(command.name);
  std::string message = "`" + word + "` is neither a command nor a file";
  if (const std::string_view meant = command_meant(word); !meant.empty()) {
    message += "; did you mean `" + std::string(meant) + "`?";
  } else if (const std::string_view similar = most_similar(word, candidates); !similar.empty()) {
    message += "; did you mean `" + std::string(similar) + "`?";
  }
  return usage_error(message, "");
}

// The command line again, without its command, every flag at length.
std::vector<std::string> canonical(const CommandLine& line, CommandKind command) {
  std::vector<std::string> words;
  const bool resumes = command == CommandKind::resume;
  if (!resumes) words = line.words;
  for (const Flag& flag : flags()) {
    const auto given = line.given.find(flag.name);
    if (given == line.given.end() || !(flag.of_run || resumes)) continue;
    const bool has_value = flag.kind == FlagKind::value || flag.kind == FlagKind::list;
    for (const std::string& value : given->second)
      words.push_back("--" + std::string(flag.name) + (has_value ? '=' + value : ""));
  }
  return words;
}

// What `corun breaker` is asked to do, or why it can't be done.
std::string take_breaker_words(const std::vector<std::string>& words, Arguments& arguments) {
  constexpr std::array<std::string_view, 4> kActions = {"ls", "open", "close", "reset"};
  if (words.empty() || std::find(kActions.begin(), kActions.end(), words.front()) == kActions.end()) {
    return "`corun breaker` takes ls, open, close or reset" + (words.empty() ? "" : ", not `" + words.front() + "`");
  }
  const bool sets_one = words.front() == "open" || words.front() == "close";
  if (sets_one && words.size() == 1) return "`corun breaker " + words.front() + "` takes the name of a breaker";
  if (words.size() > 3) return "`corun breaker " + words.front() + "` takes a name and a job file";
  arguments.words = words;
  return {};
}

// What `--lock` asks for: `skip`, `wait`, `wait:30m`, `replace`, or `allow` where the file says otherwise.
std::optional<LockWish> read_lock(FlagValues& in) {
  using OnConflict = Concurrency::OnConflict;
  const std::string text = in.text("lock");
  if (text.empty()) return std::nullopt;
  LockWish wish;
  if (text.starts_with("wait:")) {
    wish.on_conflict = OnConflict::wait;
    wish.most = parse_duration(std::string_view(text).substr(5));
    if (!wish.most) in.wrong_value("lock", "a duration after `wait:`, such as `wait:30m`");
    return wish;
  }
  wish.on_conflict = in.choice<OnConflict>("lock",
                                           {{"skip", OnConflict::skip},
                                            {"wait", OnConflict::wait},
                                            {"wait:DURATION", OnConflict::wait},
                                            {"replace", OnConflict::replace},
                                            {"allow", OnConflict::allow}},
                                           OnConflict::skip);
  return wish;
}

std::vector<ReportFile> read_report_files(FlagValues& in) {
  std::vector<std::string_view> kinds = {"prom", "ndjson", "otlp"};
  for (const DocumentKind& kind : document_kinds()) kinds.push_back(kind.name);
  std::vector<ReportFile> reports;
  for (const std::string& text : in.list("report")) {
    const std::size_t end = text.find('=');
    const std::string kind = text.substr(0, end);
    std::string there;
    for (const std::string_view known : kinds) there += (there.empty() ? "`" : ", `") + std::string(known) + "`";
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) {
      in.fail("--report: `" + kind + "` isn't a kind of report; there is " + there);
    } else if (end == std::string::npos || end + 1 == text.size()) {
      in.fail("--report: expected KIND=PATH, not `" + text + "`");
    } else {
      reports.push_back(ReportFile{kind, text.substr(end + 1)});
    }
  }
  return reports;
}

bool is_web_url(const std::string& text) {
  const bool web = text.starts_with("http://") || text.starts_with("https://");
  return web && std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 127; });
}

// What a run that nobody watches is asked for.
void interpret_cron(FlagValues& in, Arguments& arguments) {
  arguments.cron = in.on("cron");
  if (arguments.cron && arguments.command != CommandKind::check) {
    arguments.quiet = std::max(arguments.quiet, 2);
    arguments.color = ColorChoice::never;
  }
  arguments.lock = read_lock(in);
  arguments.jitter = in.duration("jitter");
  arguments.if_older_than = in.duration("if-older-than");
  arguments.ping = in.text("ping");
  if (!arguments.ping.empty() && !is_web_url(arguments.ping)) {
    in.wrong_value("ping", "a URL that starts with http:// or https://");
  }
  arguments.reports = read_report_files(in);
  arguments.schedule = in.text(arguments.command == CommandKind::systemd ? "on-calendar" : "schedule");
  if (arguments.if_older_than && !arguments.keep_state) in.fail("--if-older-than and --no-state contradict each other");
  const bool asks_for_lock = arguments.lock && arguments.lock->on_conflict != Concurrency::OnConflict::allow;
  if (asks_for_lock && in.on_command_line("no-state")) in.fail("--lock and --no-state contradict each other");
}

// --format, which `check` and `graph` understand differently: in their common variable the words of one say nothing to the other.
void interpret_format(FlagValues& in, Arguments& arguments) {
  constexpr std::array kOnlyCheck = {"short", "github"};
  constexpr std::array kOnlyGraph = {"dot", "mermaid"};
  const auto& others = arguments.command == CommandKind::graph ? kOnlyCheck : kOnlyGraph;
  const bool is_other = std::find(others.begin(), others.end(), in.text("format")) != others.end();
  if (is_other && !in.on_command_line("format")) return;
  if (arguments.command == CommandKind::graph) {
    arguments.graph_format = in.choice<GraphFormat>(
        "format",
        {{"text", GraphFormat::text}, {"dot", GraphFormat::dot}, {"mermaid", GraphFormat::mermaid}, {"json", GraphFormat::json}},
        GraphFormat::text);
    return;
  }
  arguments.diagnostics = in.choice<DiagnosticFormat>("format",
                                                      {{"text", DiagnosticFormat::text},
                                                       {"short", DiagnosticFormat::brief},
                                                       {"json", DiagnosticFormat::json},
                                                       {"github", DiagnosticFormat::github}},
                                                      DiagnosticFormat::text);
}

void interpret(FlagValues& in, Arguments& arguments) {
  arguments.selection.only = in.list("only");
  arguments.selection.skip = in.list("skip");
  arguments.selection.from = in.list("from");
  arguments.selection.until = in.list("until");
  arguments.selection.tags = in.list("tag");
  if (in.text("jobs") != "auto") arguments.process_slots = in.number("jobs", 1, 1'000'000, "`auto` or a number from 1");
  arguments.http_slots = in.number("max-http", 1, 1'000'000, "a number from 1").value_or(arguments.http_slots);
  if (in.on_command_line("keep-going") && in.on_command_line("fail-fast"))
    in.fail("--keep-going and --fail-fast contradict each other");
  arguments.fail_fast = in.on("fail-fast") && !in.on_command_line("keep-going");
  arguments.timeout = in.duration("timeout");
  arguments.retries = in.number("retries", 0, 999'999, "a number from 0");
  arguments.pass_exit_code = in.choice<bool>("exit-code", {{"run", false}, {"job", true}}, false);
  arguments.clean_environment = in.on("env-clean");
  arguments.quiet = in.count("quiet");
  arguments.verbose = in.count("verbose");
  arguments.set = in.list("set");
  arguments.environment = in.list("env");
  arguments.secrets = in.list("secret");
  arguments.env_files = in.list("env-file");
  arguments.vars_files = in.list("vars");
  if (arguments.command == CommandKind::plan || arguments.command == CommandKind::ls ||
      arguments.command == CommandKind::breaker || arguments.command == CommandKind::cache ||
      arguments.command == CommandKind::lock) {
    arguments.output = in.choice<OutputFormat>("output-format", {{"text", OutputFormat::text}, {"json", OutputFormat::json}},
                                               OutputFormat::text);
  } else {
    arguments.output = in.choice<OutputFormat>(
        "output-format", {{"text", OutputFormat::text}, {"json", OutputFormat::json}, {"ndjson", OutputFormat::ndjson}},
        OutputFormat::text);
  }
  interpret_format(in, arguments);
  arguments.color = in.choice<ColorChoice>(
      "color", {{"auto", ColorChoice::automatic}, {"always", ColorChoice::always}, {"never", ColorChoice::never}},
      ColorChoice::automatic);
  arguments.progress = in.choice<ProgressChoice>("progress",
                                                 {{"auto", ProgressChoice::automatic},
                                                  {"tty", ProgressChoice::tty},
                                                  {"plain", ProgressChoice::plain},
                                                  {"none", ProgressChoice::none}},
                                                 ProgressChoice::automatic);
  arguments.log_order = in.choice<LogOrder>(
      "log-order", {{"live", LogOrder::live}, {"grouped", LogOrder::grouped}, {"prefixed", LogOrder::prefixed}}, LogOrder::live);
  arguments.init_template =
      in.choice<std::string_view>("template", {{"jobs", "jobs"}, {"http", "http"}, {"cron", "cron"}}, "jobs");
  arguments.write_schema = in.on("schema");
  arguments.directory = in.text("directory");
  arguments.state_dir = in.text("state-dir");
  arguments.state_dir_given = in.on_command_line("state-dir");
  arguments.keep_state = !in.on("no-state");
  if (in.on_command_line("no-state") && in.on_command_line("state-dir"))
    in.fail("--no-state and --state-dir contradict each other");
  arguments.past.most = in.number("limit", 1, 1'000'000, "a number from 1").value_or(arguments.past.most);
  arguments.past.failed = in.on("failed");
  if (arguments.command == CommandKind::logs || arguments.command == CommandKind::graph) arguments.past.run = in.text("run");
  arguments.past.attempt = in.number("attempt", 1, 1'000'000'000, "a number from 1");
  arguments.past.follow = in.on("follow");
  arguments.use_cache = !in.on("no-cache");
  arguments.resume = in.on("resume");
  if (arguments.resume && !arguments.keep_state) in.fail("--resume and --no-state contradict each other");
  interpret_cron(in, arguments);
}

// `ls` or `prune`, and what goes with it.
void interpret_cache(FlagValues& in, const std::vector<std::string>& words, Arguments& arguments) {
  if (words.size() != 1 || (words.front() != "ls" && words.front() != "prune")) {
    return in.fail("`corun cache` takes `ls` or `prune`");
  }
  const bool prune = words.front() == "prune";
  arguments.cache_action = prune ? CacheAction::prune : CacheAction::list;
  arguments.older_than = in.duration("older-than");
  const bool all = in.on("all");
  if (prune && all == arguments.older_than.has_value()) in.fail("`corun cache prune` needs either --older-than or --all");
  if (!prune && (all || arguments.older_than)) in.fail("--older-than and --all belong to `corun cache prune`");
}

// What follows a command that takes only words: as many as it says, and of its choices.
std::string check_words(const Command& command, const std::vector<std::string>& words) {
  const std::size_t most = command.words[0] == Words::none ? 0 : 1;
  const std::string name = "`corun " + std::string(command.name) + '`';
  std::string choices;
  for (std::string_view rest = command.choices; !rest.empty();) {
    const std::string_view choice = rest.substr(0, rest.find('|'));
    if (words.size() == 1 && words.front() == choice) return {};
    rest.remove_prefix(std::min(rest.size(), choice.size() + 1));
    choices += (choices.empty() ? "" : rest.empty() ? " or " : ", ") + std::string(choice);
  }
  if (!choices.empty() && (!words.empty() || command.kind == CommandKind::completion)) {
    return name + " takes " + choices + (words.empty() ? "" : ", not `" + words.front() + '`');
  }
  return words.size() > most ? name + " takes one word" : std::string();
}

// The commands that only programs call: what follows them isn't looked at.
std::optional<Arguments> internal_command(int argc, const char* const* argv) {
  constexpr std::array<std::pair<std::string_view, CommandKind>, 2> kNames = {
      {{"__complete", CommandKind::complete}, {"__manual", CommandKind::manual}}};
  for (const auto& [name, command] : kNames) {
    if (argc < 2 || argv[1] != name) continue;
    Arguments arguments;
    arguments.command = command;
    arguments.words.assign(argv + 2, argv + argc);
    return arguments;
  }
  return std::nullopt;
}

}  // namespace

std::variant<Arguments, Answer> read_arguments(int argc, const char* const* argv, const GetVariable& variable) {
  if (std::optional<Arguments> internal = internal_command(argc, argv)) return *std::move(internal);
  CommandLine line = read_command_line(argc, argv);
  if (line.version) return Answer{"corun " + std::string(version()) + "\n", 0};
  const bool has_command = !line.words.empty() && find_command(line.words.front()) != nullptr;
  std::error_code ignored;
  Arguments arguments;
  arguments.command = take_command(line.words);
  const std::string name = has_command ? command_name(arguments.command) : std::string();
  if (line.help) return Answer{has_command ? command_help(arguments.command) : general_help(), 0};
  if (!line.error.empty()) return usage_error(line.error, line.words.empty() ? name : command_name(arguments.command));
  if (const std::string_view action = action_of(arguments.command); !action.empty()) {
    if (line.words.empty() || line.words.front() != action) {
      return usage_error("`corun " + name + "` is followed by `" + std::string(action) + "`", name);
    }
    line.words.erase(line.words.begin());
  }
  if (arguments.command == CommandKind::logs) {
    if (line.words.size() != 1) return usage_error("`corun logs` takes one job", name);
    arguments.past.job = line.words.front();
  } else if (arguments.command == CommandKind::history) {
    if (line.words.size() > 1) return usage_error("`corun history` takes one job file", name);
    if (line.words.empty()) line.words.emplace_back();  // any
  }
  constexpr std::array kOfWords = {CommandKind::init, CommandKind::explain, CommandKind::schema, CommandKind::completion};
  const bool of_words = std::find(kOfWords.begin(), kOfWords.end(), arguments.command) != kOfWords.end();
  const bool takes_file = arguments.command != CommandKind::resume && arguments.command != CommandKind::report &&
                          arguments.command != CommandKind::breaker && arguments.command != CommandKind::lock &&
                          arguments.command != CommandKind::cache && !of_words;
  if (line.words.empty() && takes_file) return usage_error(no_job_file(name), name);
  if (!has_command) {
    if (std::optional<Answer> answer = unknown_command(line.words)) return std::move(*answer);
  }
  arguments.line = canonical(line, arguments.command);
  arguments.started_in = std::filesystem::current_path(ignored).string();
  if (arguments.command == CommandKind::resume || arguments.command == CommandKind::report) {
    if (line.words.size() > 1) return usage_error("`corun " + name + "` takes one run", name);
    if (!line.words.empty())
      (arguments.command == CommandKind::resume ? arguments.earlier : arguments.past.run) = line.words.front();
  } else if (arguments.command == CommandKind::breaker) {
    if (const std::string error = take_breaker_words(line.words, arguments); !error.empty()) return usage_error(error, name);
  } else if (of_words) {
    const std::string error = check_words(*find_command(arguments.command), line.words);
    if (!error.empty()) return usage_error(error, name);
    arguments.words = line.words;
  } else if (!line.words.empty() && arguments.command != CommandKind::cache) {
    arguments.file = line.words.front();
    arguments.selection.jobs.assign(line.words.begin() + 1, line.words.end());
  }

  FlagValues interpreter(line, arguments.command, variable);
  if (interpreter.on("dry-run")) {
    arguments.command = CommandKind::plan;
  }
  interpret(interpreter, arguments);
  if (arguments.command == CommandKind::report) {
    for (const DocumentKind& kind : document_kinds()) {
      if (std::string path = interpreter.text(kind.name); !path.empty())
        arguments.reports.push_back({std::string(kind.name), path});
    }
    if (std::string path = interpreter.text("otlp"); !path.empty()) arguments.reports.push_back({"otlp", path});
  }
  if (arguments.command == CommandKind::cache) interpret_cache(interpreter, line.words, arguments);
  if (arguments.command == CommandKind::check && !arguments.selection.jobs.empty()) {
    interpreter.fail("`corun check` takes one job file");
  }
  if (!action_of(arguments.command).empty()) {
    const bool is_lock = arguments.command == CommandKind::lock;
    if (!arguments.selection.jobs.empty()) interpreter.fail("`corun " + name + " print` takes one job file");
    if (is_lock && !arguments.file.empty()) interpreter.fail("`corun lock ls` takes no arguments");
    if (!is_lock && arguments.schedule.empty()) {
      interpreter.fail("`corun " + name + " print` needs " +
                       (arguments.command == CommandKind::cron ? "`--schedule`, such as `--schedule '15 2 * * *'`"
                                                               : "`--on-calendar`, such as `--on-calendar '*-*-* 02:15:00'`"));
    }
  }
  if (!interpreter.error().empty()) return usage_error(interpreter.error(), name.empty() ? "run" : name);
  return arguments;
}

}  // namespace corun
