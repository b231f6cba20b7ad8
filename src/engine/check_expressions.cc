// A walk over the graph with what is visible at each place. Knows nothing of execution.
#include "engine/check_expressions.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "engine/definitions.h"
#include "engine/exposed_secret.h"
#include "engine/job_frame.h"
#include "engine/job_parts.h"
#include "engine/prepare.h"
#include "engine/result_names.h"
#include "expr/check.h"
#include "expr/extract.h"
#include "expr/graph_variables.h"
#include "expr/render.h"
#include "graph/groups.h"

namespace corun {
namespace {

class GraphChecker {
 public:
  GraphChecker(const JobFile& file, const Variables& variables, Expressions& expressions, std::vector<ExpressionError>& errors)
      : file_(file),
        variables_(variables),
        expressions_(expressions),
        errors_(errors),
        evaluator_(variables, expressions.programs, sites_) {}

  void check() {
    check_file(file_);
    std::vector<ExpressionError> problems = compile_programs(expressions_.programs, sites_);
    errors_.insert(errors_.end(), problems.begin(), problems.end());
  }

 private:
  using Roots = std::vector<std::string_view>;

  void check_file(const JobFile& file) {
    const DefinitionScope around = definitions_.scope();
    const Job* const outer_rounds = std::exchange(rounds_, nullptr);
    definitions_.enter_file(file, known_variables());
    note_path(file);
    if (file.concurrency || file.ping) check_run_settings(file);
    Frame top{file.top, nullptr};
    check_group(top);
    top.current = nullptr;
    top.over = true;
    for (const JobGroup* group : {&file.on_success, &file.on_failure, &file.finally}) {
      Frame callbacks{*group, &top};
      check_group(callbacks);
    }
    see(top, {});
    check_outputs(file.outputs);
    evaluator_.take_mentions();
    definitions_.set_scope(around);
    rounds_ = outer_rounds;
  }

  // Its jobs know which file they are from.
  void note_path(const JobFile& file) {
    if (file.top.jobs.empty()) return;
    const std::uint32_t number = file.top.jobs.front().place.file;
    if (expressions_.files.size() <= number) expressions_.files.resize(number + 1);
    expressions_.files[number] = file.path;
  }

  void check_run_settings(const JobFile& file) {
    see_values(known_variables(), graph_ != nullptr ? &graph_->open : nullptr);
    render([&](Renderer& it) {
      if (file.concurrency && file.concurrency->group) it.in("concurrency", "group").text(*file.concurrency->group);
      if (file.ping) it.in("ping").url(file.ping->url);
    });
    evaluator_.take_mentions();  // no job depends on them
  }

  const Variables& known_variables() const { return graph_ != nullptr ? graph_->variables : variables_; }

  // Of the values that have been mentioned since the last time.
  std::uint64_t digest_of_mentions() {
    const std::vector<Mention> mentions = evaluator_.take_mentions();
    by_index_ = by_index_ || std::any_of(mentions.begin(), mentions.end(), [](const Mention& each) {
                  return each.root == "index" || (each.root == "vars" && each.name.empty());  // that may be the whole input
                });
    return definitions_.of_mentions(mentions, known_variables(), graph_ != nullptr ? &graph_->open : nullptr);
  }

  // Inside of a graph only what is its file's own can be seen.
  void check_graph(const GraphSpec& spec) {
    for (const Field& variable : spec.vars) render([&](Renderer& it) { it.value(variable.value); });
    const KnownVariables* outer = graph_;
    const Variables& around = known_variables();
    const DefinitionScope scope = definitions_.scope();
    const std::uint64_t given = digest_of_mentions();
    check_values_of_graph(spec, around);
    const KnownVariables known = known_graph_variables(spec, around);
    definitions_.enter_graph(spec, given);
    graph_ = &known;
    see_values(known.variables, &known.open);
    for (const NamedText& variable : spec.file->env) render([&](Renderer& it) { it.text(variable.text); });
    check_file(*spec.file);
    graph_ = outer;
    definitions_.leave_graph(scope);
  }

  void check_values_of_graph(const GraphSpec& spec, const Variables& around) {
    const Variables seen = seen_by_variables(spec, around);
    see_values(seen, nullptr);
    std::vector<ExpressionError> before = std::exchange(errors_, {});
    for (const auto& [name, value] : spec.file->vars) {
      const Value& written = value;
      render([&](Renderer& it) { it.value(written); });
    }
    explain_variable_errors(errors_);
    errors_.insert(errors_.begin(), before.begin(), before.end());
  }

  void see_values(const Variables& variables, const std::set<std::string, std::less<>>* open) {
    VisibleNames names;
    names.variables = &variables;
    names.open = open;
    evaluator_.set_names(std::move(names));
  }

  // What is visible from here on.
  void see(const Frame& frame, Roots roots, std::vector<RefusedName> refused = {}) {
    VisibleNames names;
    if (graph_ != nullptr) {
      names.variables = &graph_->variables;
      names.open = &graph_->open;
    }
    names.roots = std::move(roots);
    names.refused = std::move(refused);
    names.find_job = [this, &frame](const Reference& job, bool) { return find_job(frame, job); };
    if (rounds_ != nullptr) {
      names.find_previous = [this, &job = *rounds_](const Reference& previous) { return find_previous(job, previous); };
    } else {
      names.refused.push_back(refused_previous(frame.current));
    }
    evaluator_.set_names(std::move(names));
  }

  // Adds what a Renderer has found.
  template <typename Use>
  void render(Use use) {
    Renderer renderer(evaluator_);
    use(renderer);
    errors_.insert(errors_.end(), renderer.errors().begin(), renderer.errors().end());
  }

  void check_group(Frame& frame) {
    for (const Job& job : frame.group.jobs) {
      frame.current = &job;
      check_job(frame, job);
    }
  }

  void check_job(const Frame& frame, const Job& job) {
    const JobFlow* flow = job.flow.get();
    const Job* const outer_rounds = std::exchange(rounds_, nullptr);
    Roots roots = frame.items;
    see(frame, roots);
    if (flow != nullptr && flow->condition) render([&](Renderer& it) { it.expression(*flow->condition); });
    if (flow != nullptr && flow->foreach) {
      const ForeachSpec& foreach = *flow->foreach;
      render([&](Renderer& it) { check_items(it, foreach.items); });
      roots.push_back(foreach.as);
      roots.emplace_back("index");
      see(frame, roots);
      if (foreach.key) render([&](Renderer& it) { it.expression(*foreach.key); });
    }
    const Roots items = roots;
    const std::uint64_t items_mentioned = digest_of_mentions();
    const bool outer_by_index = std::exchange(by_index_, false);
    for (const std::string_view each : {"attempt", "error"}) roots.push_back(each);
    rounds_ = flow != nullptr && flow->repeat ? &job : nullptr;
    see(frame, roots);
    check_action(frame, items, job.action, job);
    see(frame, items);
    if (job.policies && job.policies->cache) check_cache(job, *job.policies->cache);
    see(frame, roots);
    if (job.fallback) check_action(frame, items, *job.fallback, job);
    std::uint64_t mentioned = digest_of_mentions();
    check_callbacks(frame, items, job);
    evaluator_.take_mentions();

    const Roots of_result = result_names(job);
    roots.insert(roots.end(), of_result.begin(), of_result.end());
    if (const auto* graph = std::get_if<std::unique_ptr<GraphSpec>>(&job.action)) {
      Frame inside{(*graph)->file->top, &frame};
      inside.over = true;
      check_uses_of_result(inside, items, roots, job);
    } else {
      check_uses_of_result(frame, items, roots, job);
    }
    mentioned = Digest().add(mentioned).add(digest_of_mentions()).value();
    definitions_.define(job, items_mentioned, mentioned, by_index_, expressions_.definitions);
    const bool is_own_index = flow != nullptr && flow->foreach;
    by_index_ = outer_by_index || (by_index_ && !is_own_index);
    rounds_ = outer_rounds;
  }

  void check_uses_of_result(const Frame& frame, const Roots& items, const Roots& roots, const Job& job) {
    const JobFlow* flow = job.flow.get();
    const bool has_outputs = flow != nullptr && !flow->outputs.empty();
    standpoint_ = Standpoint::result;
    if (has_outputs || (job.policies && job.policies->expect.json)) use_members(job);
    see(frame, roots, refused_names(job, items, "expect"));
    if (job.policies) check_expect(job.policies->expect, saves_body(job));
    see(frame, roots, refused_names(job, items, "outputs"));
    if (has_outputs) check_outputs(flow->outputs, saves_body(job));
    see(frame, roots, refused_names(job, items, "until"));
    if (flow != nullptr && flow->repeat) render([&](Renderer& it) { it.expression(flow->repeat->until); });
    standpoint_ = Standpoint::action;
  }

  static void check_items(Renderer& renderer, const Value& items) {
    if (items.kind == Value::Kind::string) {
      renderer.expression(items.text);
    } else {
      renderer.value(items);
    }
  }

  void check_action(const Frame& frame, const Roots& items, const Action& action, const Job& job) {
    if (const auto* run = std::get_if<std::unique_ptr<RunSpec>>(&action)) {
      std::unique_ptr<ProcessCommand> command;
      render([&](Renderer& it) { command = prepare_process(**run, job, it); });
      if (auto warning = exposed_secret(**run, *command)) errors_.push_back(std::move(*warning));
    } else if (const auto* http = std::get_if<std::unique_ptr<HttpSpec>>(&action)) {
      render([&](Renderer& it) { prepare_http(**http, job, it); });
    } else if (const auto* sql = std::get_if<std::unique_ptr<SqlSpec>>(&action)) {
      render([&](Renderer& it) { prepare_sql(**sql, job, it); });
    } else if (const auto* output = std::get_if<std::unique_ptr<OutputSpec>>(&action)) {
      render([&](Renderer& it) { it.value((*output)->value); });
    } else if (const auto* graph = std::get_if<std::unique_ptr<GraphSpec>>(&action)) {
      check_graph(**graph);
    } else if (const auto* gather = std::get_if<std::unique_ptr<GatherSpec>>(&action); gather != nullptr && (*gather)->group) {
      Frame inside{*(*gather)->group, &frame};
      inside.items = items;
      check_group(inside);
    }
  }

  // Others may look at what is kept of it, in this run or a later one.
  void check_cache(const Job& job, const CacheSpec& cache) {
    use(job, kState | kOutputs);
    render([&](Renderer& it) {
      if (cache.key) it.in("key").text(*cache.key);
      for (const Text& glob : cache.inputs) it.in("inputs").text(glob);
    });
  }

  // They are of the job as a whole: those of a foreach see none of its items.
  void check_callbacks(const Frame& frame, const Roots& items, const Job& job) {
    if (!job.flow) return;
    Roots roots = job.flow->foreach ? frame.items : items;
    for (const std::string_view each : {"attempt", "error"}) roots.push_back(each);
    const Job* const rounds = rounds_;
    if (job.flow->foreach) rounds_ = nullptr;  // they are of the whole
    standpoint_ = Standpoint::callback;
    see(frame, roots);
    for (const auto* callback : {&job.flow->on_success, &job.flow->on_failure, &job.flow->finally}) {
      if (*callback) check_action(frame, items, (*callback)->action, job);
    }
    rounds_ = rounds;
    standpoint_ = Standpoint::action;
  }

  void check_expect(const Expect& expect, bool saves) {
    for (const Pattern& pattern : expect.body) {
      if (saves) add_problem(pattern.text, "there is no body for `expect: {body: …}`: `save` puts it into a file");
    }
    if (expect.json) render([&](Renderer& it) { it.expression(*expect.json); });
    for (const auto* patterns : {&expect.headers, &expect.body}) {
      for (const Pattern& pattern : *patterns) {
        render([&](Renderer& it) { it.text(pattern.text); });
        if (pattern.kind != Pattern::Kind::regex || pattern.text.has_expression()) continue;
        if (auto problem = regex_problem(pattern.text.text)) add_problem(pattern.text, std::move(*problem));
      }
    }
  }

  void check_outputs(const std::vector<OutputRule>& rules, bool saves = false) {
    for (const OutputRule& rule : rules) {
      std::optional<std::string> problem;
      if (saves && rule.kind != OutputRule::Kind::expression) {
        add_problem(rule.text, "there is no body for `outputs`: `save` puts it into a file");
        continue;
      }
      switch (rule.kind) {
        case OutputRule::Kind::expression: render([&](Renderer& it) { it.expression(rule.text); }); break;
        case OutputRule::Kind::xpath: problem = xpath_problem(rule.text.text); break;
        case OutputRule::Kind::regex: problem = regex_problem(rule.text.text); break;
      }
      if (problem) add_problem(rule.text, std::move(*problem));
    }
  }

  void add_problem(const Text& text, std::string message) {
    ExpressionError error;
    error.message = std::move(message);
    error.place = text.place;
    error.length = text.text.size();
    error.written = text.text.substr(0, text.text.find('\n'));
    errors_.push_back(std::move(error));
  }

  JobReference find_job(const Frame& frame, const Reference& wanted) {
    const std::string& name = wanted.name;
    const std::string& part = wanted.part;
    if (name.empty()) {  // any of those that can be seen
      for (const Frame* each = &frame; each != nullptr; each = each->outer) {
        each->for_each_needed([&](const Job& job) {
          use(job, part_of(part));
          return true;
        });
      }
      return {};
    }
    JobReference reference;
    for (const Frame* each = &frame; each != nullptr; each = each->outer) {
      const Job* job = each->find(name);
      if (job == nullptr) continue;
      if (each->needs(*job)) {
        use(*job, part_of(part));
        return check_part(*job, wanted);
      }
      if (job == each->current && each == &frame) return refused_self(wanted, standpoint_);
      reference.verdict = JobReference::Verdict::unneeded;
      reference.label = job == each->current ? "this job is inside of it" : "add `needs: " + name + '`';
      return reference;
    }
    reference.verdict = JobReference::Verdict::unknown;
    constexpr std::size_t kMostCompared = 1000;
    std::vector<std::string_view> names;
    for (const Frame* each = &frame; each != nullptr; each = each->outer) {
      for (const Job& job : each->group.jobs) {
        if (names.size() < kMostCompared && &job != each->current) names.push_back(short_name(job));
      }
    }
    if (const std::string_view similar = most_similar(name, names); !similar.empty()) {
      reference.label = "did you mean `.jobs." + std::string(similar) + "`?";
    }
    return reference;
  }

  // `job` looks at what its round before gave.
  JobReference find_previous(const Job& job, const Reference& wanted) {
    if (expressions_.rounds.size() <= job.id) expressions_.rounds.resize(job.id + 1);
    expressions_.rounds[job.id] = true;
    return check_previous(job, wanted);
  }

  // Somebody looks at these parts of `job`; at a group's parts means at those of its members.
  void use(const Job& job, std::uint16_t parts) {
    if (expressions_.used.size() <= job.id) expressions_.used.resize(job.id + 1);
    if ((expressions_.used[job.id] & parts) == parts) return;
    expressions_.used[job.id] |= parts;
    use_members(job);
  }

  // Somebody may look at `.results`: those of a gather's members, or of the jobs of a graph.
  void use_members(const Job& job) {
    if (const auto* gather = std::get_if<std::unique_ptr<GatherSpec>>(&job.action); gather != nullptr && (*gather)->group) {
      for (const Job& member : (*gather)->group->jobs) use(member, kOutputs | kState);
    } else if (const auto* graph = std::get_if<std::unique_ptr<GraphSpec>>(&job.action)) {
      for (const Job& member : (*graph)->file->top.jobs) use(member, kOutputs | kState);
    }
  }

  const JobFile& file_;
  const Variables& variables_;
  Definitions definitions_;
  Standpoint standpoint_ = Standpoint::action;
  bool by_index_ = false;                  // the job being looked at mentions the number of its item
  const Job* rounds_ = nullptr;            // whose `.previous` can be seen; null: nobody's
  const KnownVariables* graph_ = nullptr;  // the values of the graph being looked at; null: those of the run
  Expressions& expressions_;
  std::vector<ExpressionError>& errors_;
  std::vector<ProgramSite> sites_;
  CheckEvaluator evaluator_;
};

}  // namespace

Expressions check_expressions(const JobFile& file, const Variables& variables, std::vector<ExpressionError>& errors) {
  Expressions expressions;
  GraphChecker(file, variables, expressions, errors).check();
  return expressions;
}

}  // namespace corun
