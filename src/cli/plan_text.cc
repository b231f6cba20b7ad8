// The plan of a run for people. Knows nothing of how anything is executed.
#include <algorithm>

#include "base/duration.h"
#include "base/text.h"
#include "cli/machine.h"
#include "cli/plan_command.h"
#include "cli/plan_flow.h"
#include "cli/plan_http.h"
#include "cli/plan_order.h"
#include "cli/plan_shared.h"
#include "cli/policy_words.h"
#include "engine/prepare.h"
#include "expr/display.h"
#include "expr/graph_variables.h"
#include "io/sql_dsn.h"

namespace corun {
namespace {

// Processes that a job runs at once, if nothing holds them; 1 for each item of a list that isn't known yet.
std::size_t count_processes(const Job& job, const std::vector<bool>& excluded) {
  if (job.id < excluded.size() && excluded[job.id]) return 0;
  std::size_t count = std::holds_alternative<std::unique_ptr<RunSpec>>(job.action) ? 1 : 0;
  if (const auto* gather = std::get_if<std::unique_ptr<GatherSpec>>(&job.action)) {
    for (const Job& member : (*gather)->group->jobs) {
      if (member.needs.empty()) count += count_processes(member, excluded);
    }
  }
  const ForeachSpec* loop = job.flow ? job.flow->foreach.get() : nullptr;
  if (loop == nullptr || loop->items.kind != Value::Kind::list) return count;
  const std::size_t items = loop->items.items.size();
  return count * (loop->max_concurrent == 0 ? items : std::min<std::size_t>(items, loop->max_concurrent));
}

class PlanWriter {
 public:
  /// `variables`: those of the file whose jobs are written.
  PlanWriter(const LoadedGraph& graph, const Variables& variables, std::size_t slots)
      : graph_(graph), variables_(variables), slots_(slots), evaluator_(variables), renderer_(evaluator_) {}

  void group(const std::vector<PlannedJob>& jobs, const JobGroup& group, std::size_t depth) {
    std::uint32_t last_wave = 0;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      const PlannedJob& planned = jobs[i];
      const std::string wave = planned.wave == last_wave ? "" : std::to_string(planned.wave);
      last_wave = planned.wave;
      indent(depth);
      text_ += wave + std::string(wave.size() < 3 ? 3 - wave.size() : 1, ' ') + planned.job->name;
      if (!wave.empty() && depth == 0) text_ += crowd(std::span(jobs).subspan(i));
      text_ += '\n';
      job(*planned.job, group, depth);
    }
  }
  void line(std::size_t depth, std::string_view words) {
    indent(depth);
    text_ += "     ";
    text_ += escape_control(words);
    text_ += '\n';
  }
  // Lines of a script, below each other behind `|`.
  void block(std::size_t depth, std::string_view text) {
    while (text.ends_with('\n')) text.remove_suffix(1);
    while (!text.empty()) {
      const std::string_view part = text.substr(0, text.find('\n'));
      line(depth, "  | " + std::string(part));
      text.remove_prefix(std::min(text.size(), part.size() + 1));
    }
  }
  void heading(std::string_view words) { text_.append("\n").append(words).append(":\n"); }
  std::string take() { return std::move(text_); }

 private:
  void indent(std::size_t depth) { text_.append(depth * 4, ' '); }

  // Where more could run in the first wave of these than may: `  (wave of 12 processes, 2 at a time)`.
  std::string crowd(std::span<const PlannedJob> jobs) const {
    std::size_t processes = 0;
    for (const PlannedJob& planned : jobs) {
      if (planned.wave != jobs.front().wave) break;
      processes += count_processes(*planned.job, graph_.excluded);
    }
    if (processes <= slots_) return {};
    return "  (wave of " + std::to_string(processes) + " processes, " + std::to_string(slots_) + " at a time)";
  }

  void job(const Job& job, const JobGroup& group, std::size_t depth) {
    if (!job.needs.empty()) line(depth, needs(job, group));
    if (job.flow) {
      for (const std::string& words : flow_words(*job.flow, renderer_)) line(depth, words);
    }
    action(job.action, job, "", depth);
    std::string policies;
    for (const std::string& words : policy_words(job, graph_.file, &graph_.usual))
      policies += (policies.empty() ? "" : "; ") + words;
    if (!policies.empty()) line(depth, policies);
    if (job.fallback) action(*job.fallback, job, "fallback: ", depth);
    for (const JobCallback& each : job_callbacks(job)) {
      action(each.callback->action, job, std::string(each.key) + ": ", depth);
      if (each.callback->timeout != Callback().timeout) line(depth + 1, "timeout " + format_duration(each.callback->timeout));
    }
  }

  std::string needs(const Job& job, const JobGroup& group) const {
    std::string words;
    for (const Need& need : job.needs) {
      words += (words.empty() ? "needs " : ", ") + group.jobs[need.job].name;
      if (need.when != EdgeCondition::succeeded) words += " " + std::string(to_word(need.when));
    }
    if (job.join == Join::any) words += " (any of them)";
    if (job.join == Join::quorum) words += " (" + std::to_string(job.join_quorum) + " of them)";
    return words;
  }

  void action(const Action& action, const Job& job, const std::string& prefix, std::size_t depth) {
    if (const auto* run = std::get_if<std::unique_ptr<RunSpec>>(&action)) {
      const std::unique_ptr<ProcessCommand> process = prepare_process(**run, job, renderer_);
      line(depth, prefix + "run " + command(*process));
      if (is_block(*process)) block(depth, process->argv.back());
      if (process->stdin_text && prefix.empty()) line(depth, "stdin " + cut_line(*process->stdin_text));
    } else if (const auto* http = std::get_if<std::unique_ptr<HttpSpec>>(&action)) {
      const std::unique_ptr<HttpRequest> prepared = prepare_http(**http, job, renderer_);
      line(depth, prefix + "http " + request(*prepared));
      if (prepared->body) line(depth, "body " + cut_line(*prepared->body));
    } else if (const auto* sql = std::get_if<std::unique_ptr<SqlSpec>>(&action)) {
      line(depth, prefix + "sql " + statement(*prepare_sql(**sql, job, renderer_)));
    } else if (const auto* sleep = std::get_if<SleepSpec>(&action)) {
      line(depth, prefix + "sleep " + format_duration(sleep->duration));
    } else if (const auto* output = std::get_if<std::unique_ptr<OutputSpec>>(&action)) {
      line(depth, prefix + "output " + renderer_.json((*output)->value));
    } else if (const auto* gather = std::get_if<std::unique_ptr<GatherSpec>>(&action)) {
      const GatherSpec& spec = **gather;
      line(depth, prefix + "gather " + std::string(to_word(spec.policy)) +
                      (spec.policy == GatherPolicy::quorum ? " of " + std::to_string(spec.quorum) : std::string()) +
                      (spec.continue_on_failure ? ", on failure continue" : ""));
      group(plan_order(*spec.group, graph_.excluded), *spec.group, depth + 1);
    } else if (const auto* graph = std::get_if<std::unique_ptr<GraphSpec>>(&action)) {
      const GraphSpec& spec = **graph;
      std::string vars;
      for (const Field& variable : spec.vars) {
        vars += (vars.empty() ? "  (" : ", ") + variable.name + " = " + renderer_.json(variable.value);
      }
      line(depth, prefix + "graph " + spec.file->path + (vars.empty() ? "" : vars + ')'));
      const KnownVariables known = known_graph_variables(spec, variables_);
      PlanWriter inside(graph_, known.variables, slots_);
      inside.group(plan_order(spec.file->top, graph_.excluded), spec.file->top, depth + 1);
      for (const FileCallbacks& each : file_callbacks(*spec.file)) {
        inside.indent(depth + 1);
        inside.text_ += std::string(each.key) + ":\n";
        inside.group(plan_order(*each.jobs, graph_.excluded), *each.jobs, depth + 1);
      }
      text_ += inside.take();
    }
  }

  // A script of several lines is shown below its command.
  static bool is_block(const ProcessCommand& command) {
    return command.argv.size() > 1 && command.argv.back().find('\n') != std::string::npos;
  }

  static std::string command(const ProcessCommand& command) {
    std::string words;
    for (const std::string& variable : command.environment) {
      const std::size_t equals = variable.find('=');
      words += variable.substr(0, equals + 1) + shell_quote(variable.substr(equals + 1)) + ' ';
    }
    for (const std::string& argument : command.argv) {
      if (!is_block(command) || &argument != &command.argv.back()) words += shell_quote(argument) + ' ';
    }
    words.pop_back();
    if (!command.working_dir.empty()) words += "  (in " + command.working_dir + ")";
    return words;
  }

  // What isn't known yet stays an expression.
  static std::string encode_known(std::string_view value) {
    std::string encoded;
    while (!value.empty()) {
      const std::size_t begin = value.find("${{");
      encoded += percent_encode(value.substr(0, begin));
      if (begin == std::string_view::npos) break;
      const std::size_t end = std::min(value.size(), value.find("}}", begin) + 2);
      encoded += value.substr(begin, end - begin);
      value.remove_prefix(end);
    }
    return encoded;
  }

  // A text on one line, as much of it as one reads.
  static std::string cut_line(std::string_view text) {
    constexpr std::size_t kMost = 160;  // bytes
    std::string line(cut_text(text, kMost));
    while (line.ends_with('\n')) line.pop_back();
    std::replace(line.begin(), line.end(), '\n', ' ');
    return line + (text.size() > kMost ? " …" : "");
  }

  static std::string request(const HttpRequest& request) {
    std::string words = request.method + ' ' + request.url;
    char separator = request.url.find('?') == std::string::npos ? '?' : '&';
    for (const auto& [name, value] : request.query) {
      words += std::exchange(separator, '&') + percent_encode(name) + '=' + encode_known(value);
    }
    std::string settings;
    const auto add = [&](const std::string& setting) { settings += (settings.empty() ? "  (" : "; ") + setting; };
    const std::string origin = request.redirects_same_origin ? " on the same origin" : "";
    if (request.follow_redirects) add("follows up to " + std::to_string(request.max_redirects) + " redirects" + origin);
    if (request.version != HttpSpec::Version::automatic) add("HTTP/" + std::string(to_word(request.version)));
    if (!request.tls_ca.empty()) add("trusts " + request.tls_ca);
    if (!request.tls_verify) add("certificates not verified");
    if (request.options) {
      for (const std::string& setting : http_option_words(*request.options)) add(setting);
    }
    return settings.empty() ? words : words + settings + ')';
  }

  static std::string statement(const SqlStatement& statement) {
    std::string words = masked_dsn(statement.dsn) + ": ";
    // The query on one line: its breaks and indentation say nothing.
    bool space = false;
    for (const char c : statement.query) {
      if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
        space = true;
        continue;
      }
      if (std::exchange(space, false) && !words.ends_with(' ')) words += ' ';
      words += c;
    }
    std::string params;
    for (const std::string& value : statement.params) params += (params.empty() ? "" : ", ") + value;
    return params.empty() ? words : words + "  [" + params + ']';
  }

  const LoadedGraph& graph_;
  const Variables& variables_;
  std::size_t slots_;  // of processes
  DisplayEvaluator evaluator_;
  Renderer renderer_;
  std::string text_;
};

std::string counted(std::size_t count, std::string_view what) {
  return std::to_string(count) + ' ' + std::string(what) + (count == 1 ? "" : what.ends_with('s') ? "es" : "s");
}

// The jobs that aren't selected.
std::string left_out(const LoadedGraph& graph) {
  constexpr std::size_t kMostNames = 8;
  std::size_t count = 0;
  std::string names;
  for (const Job& job : graph.file.top.jobs) {
    if (job.id >= graph.excluded.size() || !graph.excluded[job.id]) continue;
    if (++count <= kMostNames) names += (count == 1 ? "" : ", ") + job.name;
  }
  if (count > kMostNames) names += " and " + std::to_string(count - kMostNames) + " more";
  return count == 0 ? names : "left out: " + names + '\n';
}

// What jobs have that say nothing of their own; each job's line tells it, too, but not where it is from.
std::string words_of_defaults(const LoadedGraph& graph, const Arguments& arguments) {
  if (!graph.file.defaults) return {};
  Policies policies = *graph.file.defaults;
  if (arguments.retries) policies.retry.attempts = *arguments.retries + 1;
  std::string words;
  for (const std::string& each : policy_words(policies, graph.file)) words += (words.empty() ? "defaults: " : "; ") + each;
  return words.empty() ? words : escape_control(words) + '\n';
}

// Its lock, and whom it tells of its end.
std::string words_of_run(const LoadedGraph& graph, const Arguments& arguments) {
  const DisplayEvaluator evaluator(graph.variables);
  Renderer renderer(evaluator);
  std::string text;
  if (const std::optional<Concurrency>& concurrency = graph.file.concurrency) {
    const std::string group = concurrency->group ? '`' + renderer.text(*concurrency->group) + '`' : "this file";
    const Concurrency::OnConflict on_conflict = arguments.lock ? arguments.lock->on_conflict : concurrency->on_conflict;
    text += escape_control("beside another run of " + group + ": " + std::string(to_word(on_conflict)) + ", max_age " +
                           format_duration(concurrency->max_age) + ", grace " + format_duration(concurrency->grace)) +
            '\n';
  }
  const std::optional<PingSpec>& ping = graph.file.ping;
  std::string url = arguments.ping;
  if (url.empty() && ping) url = renderer.text(ping->url) + (ping->start ? "" : ", not at the start");
  if (!url.empty()) text += "ping " + escape_control(url) + '\n';
  return text;
}

}  // namespace

std::string plan_text(const LoadedGraph& graph, const Arguments& arguments) {
  const std::vector<PlannedJob> jobs = plan_order(graph.file.top, graph.excluded);
  const std::uint32_t waves = jobs.empty() ? 0 : jobs.back().wave;
  const std::size_t slots = arguments.process_slots ? *arguments.process_slots : usable_cores();
  std::string text = graph.file.name + ": " + counted(jobs.size(), "job") + " in " + counted(waves, "wave") + ", at most " +
                     counted(slots, "process") + " and " + counted(arguments.http_slots, "request") + " at once\n";
  const std::optional<Duration> timeout = arguments.timeout ? arguments.timeout : graph.file.timeout;
  if (timeout) text += "the run's timeout is " + format_duration(*timeout) + '\n';
  text += left_out(graph);
  if (arguments.retries) {
    text += "jobs without a `retry` of their own are tried up to " + counted(std::size_t{*arguments.retries} + 1, "time") + '\n';
  }
  if (arguments.clean_environment) text += "processes get little of the environment (--env-clean)\n";
  if (arguments.fail_fast) text += "the first failure stops the run\n";
  text += words_of_run(graph, arguments);
  text += words_of_defaults(graph, arguments);
  for (const std::string& words : shared_words(graph.file, graph.excluded)) text += escape_control(words) + '\n';
  if (waves > 1)
    text += "each job starts as soon as what it needs has ended; those of a wave, 1 to " + std::to_string(waves) +
            ", may run at once\n";
  PlanWriter writer(graph, graph.variables, slots);
  writer.group(jobs, graph.file.top, 0);
  for (const FileCallbacks& each : file_callbacks(graph.file)) {
    writer.heading(each.key);
    writer.group(plan_order(*each.jobs, {}), *each.jobs, 0);
  }
  return text + '\n' + writer.take();
}

}  // namespace corun
