// The key table of `hedge`, and what it can't be for. Knows nothing of how attempts are made.
#include <array>

#include "base/duration.h"
#include "graph/error_codes.h"
#include "graph/idempotency.h"
#include "graph/load_state.h"
#include "graph/policy_reader.h"
#include "graph/read_values.h"
#include "graph/scalar.h"

namespace corun {
namespace {

constexpr std::string_view kOfHistory = "p95";
constexpr double kMostBeside = 10;

void set_after(Reader& reader, NodeId node, void* target) {
  std::optional<Duration>& after = static_cast<HedgeSettings*>(target)->after;
  if (reader.is_string(node) && reader.text(node) == kOfHistory) return after.reset();
  if (reader.is_string(node) && reader.text(node).starts_with('p')) {
    return reader.error(node, code::kNotAChoice, quoted(reader.text(node)) + " isn't known for " + reader.where(),
                        "`p95`, or a duration such as `300ms`");
  }
  after = read_positive_duration(reader, node);
}

constexpr std::array kHedgeKeys{
    Key{.name = "after",
        .shapes = kDuration | kChoice,
        .accepts = "a duration, or p95",
        .description = "How long after the last one the next begins; `p95`: what 95 % of its earlier successes took at most.",
        .example = "after: 300ms",
        .decode = set_after,
        .choices = kOfHistory,
        .required = true},
    Key{.name = "max",
        .shapes = kInteger,
        .accepts = "a whole number from 1 to 10",
        .default_text = "1",
        .description = "How many there may be beside the first.",
        .example = "max: 2",
        .decode = set<&HedgeSettings::max, read_count>,
        .range = {1, kMostBeside}},
};

// What would make it one that may be done twice.
std::string advice_for(const Job& job) {
  const auto* http = std::get_if<std::unique_ptr<HttpSpec>>(&job.action);
  if (http == nullptr) return "where that does no harm, say `idempotent: true`";
  return "where that does no harm, say `idempotent: true`, or send an `idempotency_key`";
}

std::string kind_of(const Job& job) {
  if (const auto* http = std::get_if<std::unique_ptr<HttpSpec>>(&job.action)) return "a " + (*http)->method + " request";
  return std::holds_alternative<std::unique_ptr<SqlSpec>>(job.action) ? "a statement" : "a program";
}

}  // namespace

void decode_hedge(Reader& reader, NodeId node, void* target) {
  if (!reader.is_map(node)) return reader.wrong_type(node, "a map", "write it like `hedge: {after: 300ms}`");
  HedgeSettings hedge;
  reader.read_map(node, Scope::hedge, &hedge);
  static_cast<JobSettings*>(target)->policies.hedge = hedge;
}

void check_hedge(Reader& reader, NodeId node, const Job& job) {
  const bool read = !std::holds_alternative<std::monostate>(job.action);  // else there is an error already
  if (read && !may_be_done_twice(job)) {
    const bool denied = job.policies->retry.idempotent.has_value();
    reader.error(node, code::kConflict,
                 denied ? "`hedge` beside `idempotent: false` in " + reader.where()
                        : "`hedge` would do " + kind_of(job) + " twice in " + reader.where(),
                 "it starts another attempt while one runs", denied ? "" : advice_for(job));
  }
  if (const std::string_view alone = held_alone(job); !alone.empty()) {
    const std::string key = alone == "output" ? "output: {file: …}" : alone == "resume" ? "save: {resume: true}" : "tty: true";
    reader.error(node, code::kConflict, "`hedge` beside " + quoted(key) + " in " + reader.where(),
                 alone == "tty" ? "two processes can't have one terminal" : "two attempts can't write one file");
  }
  const std::optional<Duration>& after = job.policies->hedge->after;
  for (const auto& [name, timeout] :
       {std::pair("timeout", job.policies->timeout), {"total_timeout", job.policies->total_timeout}}) {
    if (!after || !timeout || *after < *timeout) continue;
    reader.error(node, code::kIneffective,
                 "`after` isn't shorter than " + quoted(name) + " (" + format_duration(*timeout) + ") in " + reader.where(),
                 "another attempt would never start");
    return;
  }
}

std::span<const Key> hedge_keys() { return kHedgeKeys; }

}  // namespace corun
