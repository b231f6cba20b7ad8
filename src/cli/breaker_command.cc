// Shows and changes rows of breakers. Knows nothing of running.
#include "cli/breaker_command.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "base/duration.h"
#include "cli/exit_code.h"
#include "cli/resume.h"
#include "cli/setup_error.h"
#include "cli/table.h"
#include "graph/diagnostic.h"
#include "policy/random.h"
#include "report/json_object.h"
#include "state/breaker_rows.h"
#include "state/store.h"

namespace corun {
namespace {

using Mode = BreakerSettings::Mode;

// The database, if there is one.
class Breakers {
 public:
  explicit Breakers(const std::string& directory)
      : store_(directory, [this](std::string_view message) { problem_ = message; }), where_(directory + "/corun.db") {
    std::error_code ignored;
    if (directory.empty() || !std::filesystem::exists(where_, ignored)) return;
    database_ = store_.database();
    if (database_ == nullptr) throw SetupError(kExitCantWrite, problem_);
  }

  std::vector<BreakerRow> all() {
    if (database_ == nullptr) return {};
    try {
      return BreakerRows(*database_).all(SharedTime(clock_));
    } catch (const DatabaseError& error) {
      throw SetupError(kExitCantWrite, where_ + ": " + error.what());
    }
  }

  // As it is by then.
  template <typename Change>
  void change(const BreakerRow& which, Change change) {
    try {
      BreakerRows rows(*database_);
      database_->write([&] {
        const SharedTime time(clock_);
        std::optional<BreakerRow> row = rows.load(which.scope, which.name, time);
        if (!row) return;
        Breaker machine(BreakerSettings{}, random_, row->state);
        change(machine, *row);
        row->state = machine.state();
        rows.remove_probes(row->id);
        rows.save(*row, time);
      });
    } catch (const DatabaseError& error) {
      throw SetupError(kExitCantWrite, where_ + ": " + error.what());
    }
  }

  Duration left(const BreakerRow& row) const {
    const Duration left = row.state.opened_at + row.state.open_for - SharedTime(clock_).now();
    return std::clamp(left, Duration::zero(), row.state.open_for);
  }

 private:
  SystemClock clock_;
  SystemRandom random_;
  std::string problem_;
  Store store_;
  std::string where_;
  Database* database_ = nullptr;
};

std::size_t failures_of(const BreakerRow& row) {
  const auto& window = row.state.window;
  return static_cast<std::size_t>(
      std::count_if(window.begin(), window.end(), [](const BreakerState::Call& call) { return call.failed; }));
}

std::string state_words(const BreakerRow& row, Duration left) {
  if (row.state.mode == Mode::forced_open) return "open by hand";
  if (row.state.mode == Mode::forced_closed) return "closed by hand";
  if (row.state.phase != BreakerPhase::open) return to_string(row.state.phase);
  return left > Duration::zero() ? "open for another " + format_elapsed(left) : "open until the next call";
}

std::string calls_words(const BreakerRow& row) {
  if (row.state.window.empty()) return "-";
  return std::to_string(failures_of(row)) + " of " + std::to_string(row.state.window.size()) + " failed";
}

std::string as_text(const std::vector<BreakerRow>& rows, const Breakers& breakers) {
  std::vector<std::vector<std::string>> table{{"BREAKER", "STATE", "CALLS", "FILE"}};
  for (const BreakerRow& row : rows) {
    table.push_back({row.name, state_words(row, breakers.left(row)), calls_words(row), row.scope});
  }
  return table_text(table);
}

std::string as_json(const std::vector<BreakerRow>& rows, const Breakers& breakers) {
  std::string text = "[";
  for (const BreakerRow& row : rows) {
    if (text.size() > 1) text += ',';
    JsonObject object(text);
    object.text("breaker", row.name);
    object.text("file", row.scope);
    const bool by_hand = row.state.mode != Mode::automatic;
    const char* const forced = row.state.mode == Mode::forced_open ? "open" : "closed";
    object.text("state", by_hand ? forced : to_string(row.state.phase));
    object.boolean("by_hand", by_hand);
    if (!by_hand && row.state.phase == BreakerPhase::open) object.seconds("open_for", breakers.left(row));
    object.number("calls", static_cast<std::int64_t>(row.state.window.size()));
    object.number("failures", static_cast<std::int64_t>(failures_of(row)));
    object.end();
  }
  return text + "]\n";
}

// Those that are meant: of the name and the file, where they are given.
std::vector<BreakerRow> choose(Breakers& breakers, const std::vector<std::string>& words) {
  std::vector<BreakerRow> rows = breakers.all();
  const std::string file = words.size() > 2 ? known_file(words[2]) : std::string();
  std::erase_if(rows, [&](const BreakerRow& row) {
    return (words.size() > 1 && row.name != words[1]) || (!file.empty() && row.scope != file);
  });
  if (words.size() > 1 && rows.empty()) {
    throw SetupError(kExitNoInput,
                     "no run has used a breaker " + corun::quoted(words[1]) + (file.empty() ? "" : " of " + corun::quoted(file)));
  }
  return rows;
}

void set(Breakers& breakers, const std::vector<BreakerRow>& rows, const std::string& action) {
  for (const BreakerRow& row : rows) {
    breakers.change(row, [&](Breaker& machine, BreakerRow& changed) {
      machine.set_mode(action == "open" ? Mode::forced_open : action == "close" ? Mode::forced_closed : Mode::automatic);
      if (action != "reset") return;
      machine.reset();
      changed.tokens = RetryBudget().left();
    });
  }
}

}  // namespace

int breaker_command(const Arguments& arguments, const GetVariable& variable) {
  const std::vector<std::string>& words = arguments.words;
  Breakers breakers(state_directory(arguments, variable));
  const std::vector<BreakerRow> rows = choose(breakers, words);
  if (words[0] == "ls") {
    const bool json = arguments.output == OutputFormat::json;
    const std::string text = json           ? as_json(rows, breakers)
                             : rows.empty() ? "no run has used a breaker\n"
                                            : as_text(rows, breakers);
    return std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0 ? kExitSuccess : kExitCantWrite;
  }
  if (words.size() == 2 && rows.size() > 1) {
    std::string message = "several files have a breaker " + corun::quoted(words[1]) + ", name one of them after it:";
    for (const BreakerRow& row : rows) message += "\n  " + row.scope;
    throw SetupError(kExitUsage, message);
  }
  set(breakers, rows, words[0]);
  return kExitSuccess;
}

}  // namespace corun
