// The habits of CI services, templates and JSONPath. Knows nothing of what exists.
#include "expr/advice.h"

#include <array>

namespace corun {
namespace {

struct Habit {
  std::string_view written;
  std::string_view advice;
};

constexpr std::string_view kEnds = "how a job has ended is asked by `needs: {job: failed}` or `done`, or by `.jobs.NAME.state`";

// The first that is found counts.
constexpr std::array kHabits{
    Habit{"success()", kEnds},
    Habit{"failure()", kEnds},
    Habit{"always()", kEnds},
    Habit{"cancelled()", kEnds},
    Habit{"{{", "an expression is between `${{` and `}}`, or stands for itself where only one can be"},
    Habit{"$.", "paths start with a dot: `.json.name`"},
    Habit{"'", "strings of jq are in double quotes"},
    Habit{"&&", "jq has `and`, `or` and `| not`"},
    Habit{"||", "jq has `and`, `or` and `| not`; `.a // \"x\"` is for a default"},
    Habit{" ? ", "jq has `if … then … else … end`"},
    Habit{" is defined", "write `.a != null`"},
    Habit{" is not ", "write `!=`"},
    Habit{"default(", "write `.a // \"x\"`"},
    Habit{"True", "write `true`"},
    Habit{"False", "write `false`"},
    Habit{"None", "write `null`"},
    Habit{"fromJSON(", "write `.a | fromjson`"},
    Habit{"toJSON(", "write `.a | tojson`"},
};

}  // namespace

std::string_view advice_on(std::string_view source) {
  for (const Habit& habit : kHabits) {
    if (source.find(habit.written) != std::string_view::npos) return habit.advice;
  }
  const bool negated = source.starts_with('!') || source.find(" !.") != std::string_view::npos;
  return negated ? "write `.a | not`" : std::string_view();
}

std::string foreign_path(std::string_view source, std::string_view word) {
  const std::string rest(source.substr(word.size()));
  if (word == "needs" || word == "steps") return "`.jobs" + rest + '`';
  if (word == "inputs" || word == "variables") return "`.vars" + rest + '`';
  if (word == "github" || word == "runner") return "`.env.NAME`";
  return {};
}

}  // namespace corun
