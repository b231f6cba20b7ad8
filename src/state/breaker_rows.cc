// The columns of a breaker. Knows nothing of when they are read or written.
#include "state/breaker_rows.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "policy/scale.h"

namespace corun {
namespace {

constexpr const char* kColumns =
    "SELECT id, version, scope, name, settings, mode, phase, generation, window, consecutive_failures, opened_at, open_for, "
    "reopened, probe_successes, probe_failures, lost_probes, tokens, tokens_at FROM breaker ";

// The calendar may jump; this clock is the same for all processes of a machine, and after a restart of it no owner is alive.
std::int64_t steady_microseconds(TimePoint time) { return to_microseconds(time.time_since_epoch()); }

std::string query(const char* rest) { return std::string(kColumns) + rest; }

// A call is its end and a letter: "1767225600000000 " a success, "…f" a failure, "…s" a slow success, "…x" a slow failure.
constexpr std::array kLetters = {' ', 'f', 's', 'x'};

std::string write_window(const std::deque<BreakerState::Call>& window, const SharedTime& time) {
  std::string text;
  text.reserve(window.size() * 17);
  for (const BreakerState::Call& call : window) {
    std::array<char, 24> digits{};
    char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), time.shared(call.ended)).ptr;
    text.append(digits.data(), end);
    text += kLetters.at((call.failed ? 1U : 0U) + (call.slow ? 2U : 0U));
  }
  return text;
}

std::deque<BreakerState::Call> read_window(std::string_view text, const SharedTime& time) {
  std::deque<BreakerState::Call> window;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at != end;) {
    std::int64_t ended = 0;
    const auto [letter, failure] = std::from_chars(at, end, ended);
    if (failure != std::errc() || letter == end) break;
    const bool slow = *letter == 's' || *letter == 'x';
    // A calendar that was set back must not keep calls for ever.
    window.push_back({std::min(time.steady(ended), time.now()), *letter == 'f' || *letter == 'x', slow});
    at = letter + 1;
  }
  return window;
}

BreakerRow read_row(const Statement& row, const SharedTime& time) {
  const auto small = [&row](int column) { return static_cast<std::uint32_t>(row.integer(column)); };
  BreakerRow breaker;
  breaker.id = row.integer(0);
  breaker.version = row.integer(1);
  breaker.scope = row.text(2);
  breaker.name = row.text(3);
  breaker.settings = row.text(4);
  BreakerState& state = breaker.state;
  state.mode = static_cast<BreakerSettings::Mode>(std::clamp<std::int64_t>(row.integer(5), 0, 2));
  state.phase = static_cast<BreakerPhase>(std::clamp<std::int64_t>(row.integer(6), 0, 2));
  state.generation = static_cast<std::uint64_t>(row.integer(7));
  state.window = read_window(row.text(8), time);
  state.consecutive_failures = small(9);
  state.opened_at = time.steady(row.integer(10));
  state.open_for = std::chrono::microseconds(std::clamp<std::int64_t>(row.integer(11), 0, to_microseconds(kLongest)));
  state.reopened = small(12);
  state.probe_successes = small(13);
  state.probe_failures = small(14);
  state.lost_probes = small(15);
  breaker.tokens = static_cast<std::int32_t>(row.integer(16));
  breaker.tokens_at = time.steady(row.integer(17));
  return breaker;
}

void append(std::string& text, double value) {
  std::array<char, 32> digits{};
  text.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr) += ' ';
}

void append(std::string& text, std::int64_t value) { text += std::to_string(value) + ' '; }

}  // namespace

std::string fingerprint(const BreakerSettings& settings) {
  std::string text;
  append(text, settings.failure_ratio);
  append(text, std::int64_t{settings.min_calls});
  append(text, std::int64_t{settings.window});
  append(text, std::int64_t{settings.window_age.count()});
  append(text, std::int64_t{settings.consecutive});
  append(text, settings.slow_ratio.value_or(0));
  append(text, std::int64_t{settings.slow_after.count()});
  append(text, std::int64_t{settings.open_for.count()});
  append(text, std::int64_t{settings.max_open_for.count()});
  append(text, settings.open_factor);
  append(text, std::int64_t{settings.probes});
  append(text, std::int64_t{settings.successes});
  append(text, std::int64_t{settings.count_expect_failures ? 1 : 0});
  text.pop_back();
  return text;
}

BreakerRows::BreakerRows(Database& database)
    : database_(database),
      version_(database.prepare("SELECT version FROM breaker WHERE scope = ? AND name = ?")),
      load_(database.prepare(query("WHERE scope = ? AND name = ?"))),
      insert_(database.prepare("INSERT INTO breaker VALUES(NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")),
      update_(database.prepare(
          "UPDATE breaker SET version = ?, settings = ?, mode = ?, phase = ?, generation = ?, window = ?, consecutive_failures = "
          "?, "
          "opened_at = ?, open_for = ?, reopened = ?, probe_successes = ?, probe_failures = ?, lost_probes = ?, tokens = ?, "
          "tokens_at = ? WHERE id = ?")),
      count_probes_(database.prepare("SELECT count(*) FROM probe WHERE breaker = ?")),
      probes_(database.prepare("SELECT id, owner, until FROM probe WHERE breaker = ?")),
      probe_of_owner_(database.prepare("SELECT id FROM probe WHERE breaker = ? AND owner = ? ORDER BY id LIMIT 1")),
      add_probe_(database.prepare("INSERT INTO probe VALUES(NULL, ?, ?, ?)")),
      remove_probe_(database.prepare("DELETE FROM probe WHERE id = ?")),
      remove_probes_(database.prepare("DELETE FROM probe WHERE breaker = ?")) {}

std::int64_t BreakerRows::version(std::string_view scope, std::string_view name) {
  const std::int64_t version = version_.with(scope, name).next() ? version_.integer(0) : 0;
  version_.with();  // a read that isn't over would keep the log from being emptied
  return version;
}

std::optional<BreakerRow> BreakerRows::load(std::string_view scope, std::string_view name, const SharedTime& time) {
  std::optional<BreakerRow> row;
  if (load_.with(scope, name).next()) row = read_row(load_, time);
  load_.with();
  return row;
}

std::vector<BreakerRow> BreakerRows::all(const SharedTime& time) {
  std::vector<BreakerRow> rows;
  Statement each = database_.prepare(query("ORDER BY name, scope"));
  while (each.next()) rows.push_back(read_row(each, time));
  return rows;
}

void BreakerRows::save(BreakerRow& row, const SharedTime& time) {
  const BreakerState& state = row.state;
  const std::string window = write_window(state.window, time);
  const auto phase = static_cast<int>(state.phase);
  const auto mode = static_cast<int>(state.mode);
  ++row.version;
  if (row.id == 0) {
    insert_
        .with(row.scope, row.name, row.version, row.settings, mode, phase, state.generation, window, state.consecutive_failures,
              time.shared(state.opened_at), to_microseconds(state.open_for), state.reopened, state.probe_successes,
              state.probe_failures, state.lost_probes, row.tokens, time.shared(row.tokens_at))
        .run();
    row.id = database_.last_row();
    return;
  }
  update_
      .with(row.version, row.settings, mode, phase, state.generation, window, state.consecutive_failures,
            time.shared(state.opened_at), to_microseconds(state.open_for), state.reopened, state.probe_successes,
            state.probe_failures, state.lost_probes, row.tokens, time.shared(row.tokens_at), row.id)
      .run();
}

std::uint32_t BreakerRows::probes(std::int64_t breaker) {
  const std::int64_t count = count_probes_.with(breaker).next() ? count_probes_.integer(0) : 0;
  count_probes_.with();
  return static_cast<std::uint32_t>(count);
}

void BreakerRows::add_probe(std::int64_t breaker, std::int64_t owner, TimePoint until) {
  add_probe_.with(breaker, owner, steady_microseconds(until)).run();
}

bool BreakerRows::remove_probe(std::int64_t breaker, std::int64_t owner) {
  if (!probe_of_owner_.with(breaker, owner).next()) return false;
  const std::int64_t id = probe_of_owner_.integer(0);
  probe_of_owner_.with();
  remove_probe_.with(id).run();
  return true;
}

std::uint32_t BreakerRows::remove_lost_probes(std::int64_t breaker, const RunOwner& owners, TimePoint now) {
  std::vector<std::int64_t> lost;
  probes_.with(breaker);
  while (probes_.next()) {
    if (probes_.integer(2) < steady_microseconds(now) || !owners.lives(probes_.integer(1))) lost.push_back(probes_.integer(0));
  }
  for (const std::int64_t id : lost) remove_probe_.with(id).run();
  return static_cast<std::uint32_t>(lost.size());
}

void BreakerRows::remove_probes(std::int64_t breaker) { remove_probes_.with(breaker).run(); }

}  // namespace corun
