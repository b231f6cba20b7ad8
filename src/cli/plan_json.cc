// The plan of a run as JSON. Knows nothing of how anything is executed.
#include <array>
#include <utility>

#include "base/text.h"
#include "cli/listing_json.h"
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
#include "graph/idempotency.h"
#include "io/sql_dsn.h"
#include "report/json_object.h"

namespace corun {
namespace {

void append_pairs(std::string& out, const std::vector<std::pair<std::string, std::string>>& pairs) {
  append_list(out, pairs, [&](const auto& pair) {
    JsonObject entry(out);
    entry.text("name", pair.first);
    entry.text("value", pair.second);
    entry.end();
  });
}

void append_ranges(std::string& out, const std::vector<CodeRange>& ranges) {
  append_list(out, ranges,
              [&](const CodeRange& range) { out += '[' + std::to_string(range.first) + ',' + std::to_string(range.last) + ']'; });
}

void append_patterns(std::string& out, const std::vector<Pattern>& patterns) {
  append_list(out, patterns, [&](const Pattern& pattern) {
    JsonObject entry(out);
    if (!pattern.name.empty()) entry.text("name", pattern.name);
    entry.text(to_word(pattern.kind), pattern.text.text);
    entry.end();
  });
}

class PlanDocument {
 public:
  /// `variables`: those of the file whose jobs are written.
  PlanDocument(const LoadedGraph& graph, const Variables& variables)
      : graph_(graph), variables_(variables), evaluator_(variables), renderer_(evaluator_) {}

  void jobs(std::string& out, const std::vector<PlannedJob>& planned, const JobGroup& group) {
    append_list(out, planned, [&](const PlannedJob& job) { append_job(out, job, group); });
  }

 private:
  void append_job(std::string& out, const PlannedJob& planned, const JobGroup& group) {
    const Job& job = *planned.job;
    JsonObject entry(out);
    entry.text("name", job.name);
    entry.number("line", job.place.line);
    entry.number("wave", planned.wave);
    if (job.notes) notes(entry, *job.notes);
    append_list(entry.field("needs"), job.needs, [&](const Need& need) {
      JsonObject edge(out);
      edge.text("job", group.jobs[need.job].name);
      edge.text("when", to_word(need.when));
      edge.end();
    });
    if (job.needs.size() > 1) entry.text("join", to_word(job.join));
    if (job.join == Join::quorum) entry.number("quorum", job.join_quorum);
    if (job.flow) append_flow(entry, *job.flow, renderer_);
    if (job.flow && !job.flow->outputs.empty()) outputs(entry, job.flow->outputs);
    action(entry, job.action, job);
    policies(entry, job);
    if (job.fallback) {
      JsonObject fallback(entry.field("fallback"));
      action(fallback, *job.fallback, job);
      fallback.end();
    }
    for (const JobCallback& each : job_callbacks(job)) {
      JsonObject callback(entry.field(each.key));
      action(callback, each.callback->action, job);
      callback.seconds("timeout", each.callback->timeout);
      callback.end();
    }
    if (job.continue_on_error) entry.boolean("continue_on_error", true);
    entry.end();
  }

  static void notes(JsonObject& entry, const JobNotes& notes) {
    if (!notes.description.empty()) entry.text("description", notes.description);
    if (notes.tags.empty()) return;
    std::string& out = entry.field("tags");
    append_list(out, notes.tags, [&](const std::string& tag) { out += json_string(tag); });
  }

  static void outputs(JsonObject& entry, const std::vector<OutputRule>& rules) {
    constexpr std::array<std::string_view, 3> kKinds = {"expression", "xpath", "regex"};
    std::string& out = entry.field("outputs");
    append_list(out, rules, [&](const OutputRule& rule) {
      JsonObject object(out);
      object.text("name", rule.name);
      object.text(kKinds.at(static_cast<std::size_t>(rule.kind)), rule.text.text);
      object.end();
    });
  }

  void action(JsonObject& entry, const Action& action, const Job& job) {
    if (const auto* run = std::get_if<std::unique_ptr<RunSpec>>(&action)) {
      process(entry, *prepare_process(**run, job, renderer_));
    } else if (const auto* http = std::get_if<std::unique_ptr<HttpSpec>>(&action)) {
      request(entry, *prepare_http(**http, job, renderer_));
    } else if (const auto* sql = std::get_if<std::unique_ptr<SqlSpec>>(&action)) {
      statement(entry, *prepare_sql(**sql, job, renderer_));
    } else if (const auto* sleep = std::get_if<SleepSpec>(&action)) {
      entry.seconds("sleep", sleep->duration);
    } else if (const auto* output = std::get_if<std::unique_ptr<OutputSpec>>(&action)) {
      entry.json("output", renderer_.json((*output)->value));
    } else if (const auto* gather = std::get_if<std::unique_ptr<GatherSpec>>(&action)) {
      const GatherSpec& spec = **gather;
      std::string& out = entry.field("gather");
      JsonObject object(out);
      object.text("policy", to_word(spec.policy));
      if (spec.policy == GatherPolicy::quorum) object.number("n", spec.quorum);
      object.text("on_failure", spec.continue_on_failure ? "continue" : "cancel");
      jobs(object.field("jobs"), plan_order(*spec.group, graph_.excluded), *spec.group);
      object.end();
    } else if (const auto* graph = std::get_if<std::unique_ptr<GraphSpec>>(&action)) {
      const GraphSpec& spec = **graph;
      JsonObject object(entry.field("graph"));
      object.text("file", spec.file->path);
      JsonObject vars(object.field("vars"));
      for (const Field& variable : spec.vars) vars.json(variable.name, renderer_.json(variable.value));
      vars.end();
      const KnownVariables known = known_graph_variables(spec, variables_);
      PlanDocument inside(graph_, known.variables);
      inside.jobs(object.field("jobs"), plan_order(spec.file->top, graph_.excluded), spec.file->top);
      for (const FileCallbacks& each : file_callbacks(*spec.file)) {
        inside.jobs(object.field(each.key), plan_order(*each.jobs, graph_.excluded), *each.jobs);
      }
      object.end();
    }
  }

  static void process(JsonObject& entry, const ProcessCommand& command) {
    JsonObject object(entry.field("run"));
    std::string& out = object.field("argv");
    append_list(out, command.argv, [&](const std::string& argument) { out += json_string(argument); });
    object.field("env");
    append_list(out, command.environment, [&](const std::string& variable) { out += json_string(variable); });
    if (!command.working_dir.empty()) object.text("working_dir", command.working_dir);
    if (command.stdin_text) object.text("stdin", *command.stdin_text);
    if (command.output_file) object.text("output_file", *command.output_file);
    if (command.output_max != ProcessCommand().output_max) {
      object.number("output_max", static_cast<std::int64_t>(command.output_max));
    }
    object.end();
  }

  static void request(JsonObject& entry, const HttpRequest& request) {
    JsonObject object(entry.field("http"));
    object.text("method", request.method);
    object.text("url", request.url);
    append_pairs(object.field("query"), request.query);
    append_pairs(object.field("headers"), request.headers);
    if (request.body) object.text("body", *request.body);
    if (!request.body_file.empty()) object.text("body_file", request.body_file);
    if (request.follow_redirects) {
      JsonObject redirects(object.field("follow_redirects"));
      redirects.number("max", request.max_redirects);
      redirects.boolean("same_origin", request.redirects_same_origin);
      redirects.end();
    }
    if (request.version != HttpSpec::Version::automatic) object.text("http_version", to_word(request.version));
    if (!request.tls_verify || !request.tls_ca.empty() || has_tls_options(request)) append_http_tls(object, request);
    if (request.max_body != HttpRequest().max_body) object.number("max_body", static_cast<std::int64_t>(request.max_body));
    if (request.options) append_http_options(object, *request.options);
    object.end();
  }

  static void statement(JsonObject& entry, const SqlStatement& statement) {
    std::string& out = entry.field("sql");
    JsonObject object(out);
    object.text("dsn", masked_dsn(statement.dsn));
    object.text("query", statement.query);
    object.field("params");
    append_list(out, statement.params, [&](const std::string& value) { out += value.empty() ? "null" : value; });
    object.number("max_rows", static_cast<std::int64_t>(statement.max_rows));
    object.end();
  }

  void policies(JsonObject& entry, const Job& job) const {
    const Policies& policies = *job.policies;
    std::string& out = entry.field("policies");
    JsonObject object(out);
    const auto duration = [&](std::string_view name, const std::optional<Duration>& value) {
      if (value) object.seconds(name, *value);
    };
    duration("timeout", policies.timeout);
    duration("total_timeout", policies.total_timeout);
    duration("queue_timeout", policies.queue_timeout);
    duration("idle_timeout", policies.idle_timeout);
    duration("connect_timeout", policies.connect_timeout);
    JsonObject retry(object.field("retry"));
    retry.number("attempts", policies.retry.attempts);
    if (policies.retry.attempts > 1) {
      retry.text("backoff", to_word(policies.retry.backoff.kind));
      retry.seconds("delay", policies.retry.backoff.delay);
      if (grows_unusually(policies.retry.backoff)) retry.json("factor", factor_word(policies.retry.backoff.factor));
      retry.seconds("max_delay", policies.retry.backoff.max_delay);
      retry.text("jitter", to_word(policies.retry.backoff.jitter));
      if (policies.retry.max_elapsed) retry.seconds("max_elapsed", *policies.retry.max_elapsed);
      if (policies.retry.max_retry_after != RetrySettings().max_retry_after) {
        retry.seconds("max_retry_after", policies.retry.max_retry_after);
      }
      retry_on(retry, policies.retry.on);
    }
    retry.end();
    if (policies.retry.idempotent) object.boolean("idempotent", *policies.retry.idempotent);
    if (const HedgeSettings* each = hedge_of(job)) hedge(object, *each, job);
    if (policies.cache) append_cache(object.field("cache"), *policies.cache);
    if (policies.breaker) object.text("breaker", graph_.file.breakers[*policies.breaker].name);
    object.field("limits");
    append_list(out, policies.limits, [&](std::uint32_t limit) { out += json_string(graph_.file.limits[limit].name); });
    JsonObject expect(object.field("expect"));
    if (!policies.expect.status.empty()) append_ranges(expect.field("status"), policies.expect.status);
    if (!policies.expect.exit_codes.empty()) append_ranges(expect.field("exit_codes"), policies.expect.exit_codes);
    if (policies.expect.max_time) expect.seconds("max_time", *policies.expect.max_time);
    if (policies.expect.json) expect.text("json", policies.expect.json->text);
    if (!policies.expect.headers.empty()) append_patterns(expect.field("headers"), policies.expect.headers);
    if (!policies.expect.body.empty()) append_patterns(expect.field("body"), policies.expect.body);
    expect.end();
    JsonObject stop(object.field("stop"));
    stop.text("signal", signal_word(policies.stop.signal));
    stop.seconds("grace", policies.stop.grace);
    stop.end();
    object.end();
  }

  void hedge(JsonObject& policies, const HedgeSettings& settings, const Job& job) const {
    JsonObject object(policies.field("hedge"));
    if (settings.after) {
      object.seconds("after", *settings.after);
    } else {
      const auto known = graph_.usual.by_job.find(job.name);
      object.text("after", "p95");
      object.number("earlier_times", known == graph_.usual.by_job.end() ? 0 : static_cast<std::int64_t>(known->second.known));
      if (known != graph_.usual.by_job.end() && known->second.p95) object.seconds("p95", *known->second.p95);
    }
    object.number("max", settings.max);
    object.end();
  }

  static void append_cache(std::string& out, const CacheSpec& cache) {
    JsonObject object(out);
    if (cache.ttl) object.seconds("ttl", *cache.ttl);
    if (cache.key) object.text("key", cache.key->text);
    if (!cache.inputs.empty()) {
      append_list(object.field("inputs"), cache.inputs, [&](const Text& glob) { out += json_string(glob.text); });
    }
    if (cache.stale_if_error) object.seconds("stale_if_error", *cache.stale_if_error);
    if (cache.negative_ttl) object.seconds("negative_ttl", *cache.negative_ttl);
    object.end();
  }

  static void retry_on(JsonObject& retry, const RetryOn& settings) {
    if (!settings.exit_codes && !settings.status && !settings.timeout && !settings.expect) return;
    JsonObject on(retry.field("on"));
    if (settings.exit_codes) append_ranges(on.field("exit_codes"), *settings.exit_codes);
    if (settings.status) append_ranges(on.field("status"), *settings.status);
    if (settings.timeout) on.boolean("timeout", *settings.timeout);
    if (settings.expect) on.boolean("expect", *settings.expect);
    on.end();
  }

  const LoadedGraph& graph_;
  const Variables& variables_;
  DisplayEvaluator evaluator_;
  Renderer renderer_;
};

// `concurrency` and `ping`, as the file has them.
void append_run(JsonObject& document, const LoadedGraph& graph) {
  const DisplayEvaluator evaluator(graph.variables);
  Renderer renderer(evaluator);
  if (const std::optional<Concurrency>& concurrency = graph.file.concurrency) {
    JsonObject object(document.field("concurrency"));
    if (concurrency->group) object.text("group", renderer.text(*concurrency->group));
    object.text("on_conflict", to_word(concurrency->on_conflict));
    object.seconds("max_age", concurrency->max_age);
    object.seconds("grace", concurrency->grace);
    object.end();
  }
  if (!graph.file.ping) return;
  JsonObject object(document.field("ping"));
  object.text("url", renderer.text(graph.file.ping->url));
  object.boolean("start", graph.file.ping->start);
  object.end();
}

}  // namespace

std::string plan_json(const LoadedGraph& graph, const Arguments& arguments) {
  const std::vector<PlannedJob> planned = plan_order(graph.file.top, graph.excluded);
  std::string text;
  JsonObject document(text);
  document.number("v", 1);
  document.text("file", graph.file.path);
  document.text("name", graph.file.name);
  document.number("waves", planned.empty() ? 0 : planned.back().wave);
  document.number("process_slots", arguments.process_slots ? *arguments.process_slots : usable_cores());
  document.number("http_slots", arguments.http_slots);
  const std::optional<Duration> timeout = arguments.timeout ? arguments.timeout : graph.file.timeout;
  if (timeout) document.seconds("timeout", *timeout);
  document.boolean("fail_fast", arguments.fail_fast);
  if (arguments.clean_environment) document.boolean("env_clean", true);
  append_run(document, graph);
  if (!graph.file.vars.empty()) document.json("vars", graph.variables.vars().dump());
  append_shared(document, text, graph.file, graph.excluded);
  PlanDocument plan(graph, graph.variables);
  plan.jobs(document.field("jobs"), planned, graph.file.top);
  for (const FileCallbacks& each : file_callbacks(graph.file)) {
    plan.jobs(document.field(each.key), plan_order(*each.jobs, {}), *each.jobs);
  }
  document.end();
  return text + '\n';
}

}  // namespace corun
