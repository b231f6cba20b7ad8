// A walk over the graph with what is visible at each place. Knows nothing of execution.
#include "engine/check_expressions.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "engine/prepare.h"
#include "expr/check.h"
#include "expr/extract.h"
#include "expr/render.h"

namespace corun {
namespace {

constexpr std::array<std::string_view, 14> kResultNames{"exit_code", "signal", "status", "headers", "body", "json", "stdout",
                                                        "stderr",    "lines",  "rows",   "file",    "size", "time", "attempts"};

std::uint16_t part_of(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::uint16_t>, 8> kParts{{{"outputs", kOutputs},
                                                                              {"headers", kHeaders},
                                                                              {"body", kBody},
                                                                              {"json", kJson},
                                                                              {"stdout", kStdout},
                                                                              {"stderr", kStderr},
                                                                              {"lines", kLines},
                                                                              {"rows", kRows}}};
  if (name.empty()) return kEveryPart;
  for (const auto& [part, bit] : kParts) {
    if (name == part) return static_cast<std::uint16_t>(bit | kState);
  }
  if (name == "results") return kOutputs | kState;
  return kState;
}

// The name by which a group's other jobs know one: without the groups around it.
std::string_view short_name(const Job& job) {
  const std::string_view name = job.name;
  return name.substr(name.rfind('/') + 1);
}

// One group on the way down: its jobs by name, and which of them is being looked at.
struct Frame {
  const JobGroup& group;
  const Frame* outer;
  const Job* current = nullptr;  // null: all of the group is visible (callbacks, outputs of the file)
  bool over = false;             // the group has ended
  mutable std::unordered_map<std::string_view, JobIndex> names{};

  const Job* find(std::string_view name) const {
    if (names.empty()) {
      for (JobIndex i = 0; i < group.jobs.size(); ++i) names.emplace(short_name(group.jobs[i]), i);
    }
    const auto found = names.find(name);
    return found == names.end() ? nullptr : &group.jobs[found->second];
  }

  // Whether the current job needs `job`, over any number of steps.
  bool needs(const Job& job) const {
    bool found = false;
    for_each_needed([&](const Job& each) {
      found = &each == &job;
      return !found;
    });
    return found;
  }

  // Calls `visit(job)` for each job that can be seen until it returns false. One walk, however many jobs.
  template <typename Visit>
  void for_each_needed(Visit visit) const {
    if (over) {
      for (const Job& job : group.jobs) {
        if (!visit(job)) return;
      }
    }
    if (over || current == nullptr) return;
    std::vector<bool> seen(group.jobs.size());
    std::vector<const Job*> open{current};
    while (!open.empty()) {
      const Job* each = open.back();
      open.pop_back();
      for (const Need& need : each->needs) {
        if (seen[need.job]) continue;
        seen[need.job] = true;
        open.push_back(&group.jobs[need.job]);
        if (!visit(group.jobs[need.job])) return;
      }
    }
  }
};

class GraphChecker {
 public:
  GraphChecker(const JobFile& file, const Variables& variables, Expressions& expressions, std::vector<ExpressionError>& errors)
      : file_(file), expressions_(expressions), errors_(errors), evaluator_(variables, expressions.programs, sites_) {}

  void check() {
    Frame top{file_.top, nullptr};
    check_group(top);
    top.current = nullptr;
    top.over = true;
    for (const JobGroup* group : {&file_.on_success, &file_.on_failure, &file_.finally}) {
      Frame callbacks{*group, &top};
      check_group(callbacks);
    }
    see(top, {});
    check_outputs(file_.outputs);
    std::vector<ExpressionError> problems = compile_programs(expressions_.programs, sites_);
    errors_.insert(errors_.end(), problems.begin(), problems.end());
  }

 private:
  using Roots = std::vector<std::string_view>;

  // What is visible from here on.
  void see(const Frame& frame, Roots roots) {
    VisibleNames names;
    names.roots = std::move(roots);
    names.find_job = [this, &frame](std::string_view name, std::string_view part, bool) { return find_job(frame, name, part); };
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
    see(frame, {});
    if (flow != nullptr && flow->condition) render([&](Renderer& it) { it.expression(*flow->condition); });
    Roots roots;
    if (flow != nullptr && flow->foreach) {
      const ForeachSpec& foreach = *flow->foreach;
      render([&](Renderer& it) { check_items(it, foreach.items); });
      roots.push_back(foreach.as);
      roots.emplace_back("index");
      see(frame, roots);
      if (foreach.key) render([&](Renderer& it) { it.expression(*foreach.key); });
    }
    for (const std::string_view each : {"attempt", "error"}) roots.push_back(each);
    see(frame, roots);
    check_action(frame, job.action, job);
    see(frame, roots);
    if (job.fallback) check_action(frame, *job.fallback, job);
    see(frame, roots);
    check_callbacks(frame, job);

    Roots with_result = roots;
    with_result.insert(with_result.end(), kResultNames.begin(), kResultNames.end());
    if (std::holds_alternative<std::unique_ptr<GatherSpec>>(job.action)) with_result.emplace_back("results");
    see(frame, with_result);
    if (job.policies) check_expect(job.policies->expect);
    if (flow == nullptr) return;
    check_outputs(flow->outputs);
    if (flow->repeat) render([&](Renderer& it) { it.expression(flow->repeat->until); });
  }

  static void check_items(Renderer& renderer, const Value& items) {
    if (items.kind == Value::Kind::string) {
      renderer.expression(items.text);
    } else {
      renderer.value(items);
    }
  }

  void check_action(const Frame& frame, const Action& action, const Job& job) {
    if (const auto* run = std::get_if<std::unique_ptr<RunSpec>>(&action)) {
      std::unique_ptr<ProcessCommand> command;
      render([&](Renderer& it) { command = prepare_process(**run, job, it); });
      warn_of_secrets(**run, *command);
    } else if (const auto* http = std::get_if<std::unique_ptr<HttpSpec>>(&action)) {
      render([&](Renderer& it) { prepare_http(**http, job, it); });
    } else if (const auto* sql = std::get_if<std::unique_ptr<SqlSpec>>(&action)) {
      render([&](Renderer& it) { prepare_sql(**sql, job, it); });
    } else if (const auto* output = std::get_if<std::unique_ptr<OutputSpec>>(&action)) {
      render([&](Renderer& it) { it.value((*output)->value); });
    } else if (const auto* gather = std::get_if<std::unique_ptr<GatherSpec>>(&action); gather != nullptr && (*gather)->group) {
      Frame inside{*(*gather)->group, &frame};
      check_group(inside);
    }
  }

  // An argument is seen by everybody on the machine.
  void warn_of_secrets(const RunSpec& run, const ProcessCommand& command) {
    const auto holds_secret = [](const std::string& argument) { return argument.find(kSecretStandIn) != std::string::npos; };
    const auto found = std::find_if(command.argv.begin(), command.argv.end(), holds_secret);
    if (found == command.argv.end()) return;
    const Text& text = run.argv.empty() ? run.script : run.argv[static_cast<std::size_t>(found - command.argv.begin())];
    ExpressionError warning;
    warning.kind = ExpressionError::Kind::exposed_secret;
    warning.message = "a secret in the arguments of a program: everybody on the machine can see it";
    warning.help = "pass it by `env:` or `stdin:`";
    warning.place = text.place;
    warning.offset = std::min(text.text.find("${{"), text.text.size());
    warning.length = std::min(text.text.find("}}", warning.offset), text.text.size()) + 2 - warning.offset;
    errors_.push_back(std::move(warning));
  }

  void check_callbacks(const Frame& frame, const Job& job) {
    if (!job.flow) return;
    for (const auto* callback : {&job.flow->on_success, &job.flow->on_failure, &job.flow->finally}) {
      if (*callback) check_action(frame, (*callback)->action, job);
    }
  }

  void check_expect(const Expect& expect) {
    if (expect.json) render([&](Renderer& it) { it.expression(*expect.json); });
    for (const auto* patterns : {&expect.headers, &expect.body}) {
      for (const Pattern& pattern : *patterns) {
        render([&](Renderer& it) { it.text(pattern.text); });
        if (pattern.kind != Pattern::Kind::regex || pattern.text.has_expression()) continue;
        if (auto problem = regex_problem(pattern.text.text)) add_problem(pattern.text, std::move(*problem));
      }
    }
  }

  void check_outputs(const std::vector<OutputRule>& rules) {
    for (const OutputRule& rule : rules) {
      std::optional<std::string> problem;
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

  JobReference find_job(const Frame& frame, std::string_view name, std::string_view part) {
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
        return reference;
      }
      reference.verdict = JobReference::Verdict::unneeded;
      reference.label = job == each->current ? "it is this job" : "add `needs: " + std::string(name) + '`';
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

  // Somebody looks at these parts of `job`; at a group's parts means at those of its members.
  void use(const Job& job, std::uint16_t parts) {
    if (expressions_.used.size() <= job.id) expressions_.used.resize(job.id + 1);
    if ((expressions_.used[job.id] & parts) == parts) return;
    expressions_.used[job.id] |= parts;
    if (const auto* gather = std::get_if<std::unique_ptr<GatherSpec>>(&job.action); gather != nullptr && (*gather)->group) {
      for (const Job& member : (*gather)->group->jobs) use(member, kOutputs | kState);
    }
  }

  const JobFile& file_;
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
