// Limits and breakers in a plan. Knows nothing of how they act.
#include "cli/plan_shared.h"

#include <cmath>

#include "base/duration.h"
#include "base/text.h"
#include "cli/listing_json.h"
#include "cli/policy_words.h"
#include "graph/diagnostic.h"
#include "graph/groups.h"

namespace corun {
namespace {

constexpr std::size_t kMostNames = 5;

/// The names of jobs by the index of what they are under.
struct Users {
  std::vector<std::vector<std::string>> of_limits;
  std::vector<std::vector<std::string>> of_breakers;

  Users(const JobFile& file, const std::vector<bool>& excluded)
      : of_limits(file.limits.size()), of_breakers(file.breakers.size()) {
    for_each_group_of_file(file, [&](const JobGroup& group) { add(group, excluded); });
  }

 private:
  void add(const JobGroup& group, const std::vector<bool>& excluded) {
    for (const Job& job : group.jobs) {
      if (job.id < excluded.size() && excluded[job.id]) continue;
      for (const std::uint32_t limit : job.policies->limits) of_limits[limit].push_back(job.name);
      if (job.policies->breaker) of_breakers[*job.policies->breaker].push_back(job.name);
      for_each_group(job, [&](const JobGroup& inside) { add(inside, excluded); });
    }
  }
};

std::string names_words(const std::vector<std::string>& names) {
  std::string words = "; for ";
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i == kMostNames && names.size() > kMostNames + 1) return words + " and " + std::to_string(names.size() - i) + " more";
    words += (i == 0 ? "" : ", ") + names[i];
  }
  return words;
}

std::string rate_words(const LimitSettings& limit) {
  const std::string period = limit.rate_period == 1s ? "second" : limit.rate_period == 1min ? "minute" : "";
  const std::string words = std::to_string(*limit.rate_count);
  return words + (period.empty() ? " every " + format_duration(limit.rate_period) : " a " + period);
}

std::string limit_words(const LimitSettings& limit) {
  std::string words;
  const auto add = [&](const std::string& phrase) { words += (words.empty() ? "" : ", ") + phrase; };
  if (limit.concurrency) add(std::to_string(*limit.concurrency) + " at once");
  if (limit.rate_count) add(rate_words(limit));
  if (limit.rate_count && limit.burst > 1) add("burst " + std::to_string(limit.burst));
  if (limit.max_queue) add("queue of " + std::to_string(*limit.max_queue));
  return words;
}

std::string percent_word(double ratio) { return factor_word(std::round(ratio * 1000) / 10) + " %"; }

std::string breaker_words(const BreakerSettings& breaker) {
  if (breaker.mode == BreakerSettings::Mode::forced_open) return "open, whatever comes of calls";
  if (breaker.mode == BreakerSettings::Mode::forced_closed) return "closed, whatever comes of calls";
  std::string words = "opens when " + percent_word(breaker.failure_ratio) + " of the last " + std::to_string(breaker.window) +
                      " calls failed (of at least " + std::to_string(breaker.min_calls) + ')';
  if (breaker.consecutive > 0) words += ", or " + std::to_string(breaker.consecutive) + " in a row";
  if (breaker.slow_ratio) {
    words += ", or " + percent_word(*breaker.slow_ratio) + " took more than " + format_duration(breaker.slow_after);
  }
  words += ", for " + format_duration(breaker.open_for);
  return breaker.max_open_for > breaker.open_for ? words + " up to " + format_duration(breaker.max_open_for) : words;
}

std::string_view mode_word(BreakerSettings::Mode mode) {
  switch (mode) {
    case BreakerSettings::Mode::automatic: return "auto";
    case BreakerSettings::Mode::forced_open: return "forced_open";
    case BreakerSettings::Mode::forced_closed: return "forced_closed";
  }
  return {};
}

void append_names(JsonObject& object, const std::vector<std::string>& names) {
  std::string& out = object.field("jobs");
  append_list(out, names, [&](const std::string& name) { out += json_string(name); });
}

void append_limit(std::string& out, const Named<LimitSettings>& limit, const std::vector<std::string>& jobs) {
  const LimitSettings& settings = limit.settings;
  JsonObject object(out);
  object.text("name", limit.name);
  if (settings.concurrency) object.number("concurrency", *settings.concurrency);
  if (settings.rate_count) {
    object.number("rate", *settings.rate_count);
    object.seconds("rate_period", settings.rate_period);
    object.number("burst", settings.burst);
  }
  if (settings.max_queue) object.number("max_queue", *settings.max_queue);
  append_names(object, jobs);
  object.end();
}

void append_breaker(std::string& out, const Named<BreakerSettings>& breaker, const std::vector<std::string>& jobs) {
  const BreakerSettings& settings = breaker.settings;
  JsonObject object(out);
  object.text("name", breaker.name);
  object.text("mode", mode_word(settings.mode));
  object.json("failure_ratio", factor_word(settings.failure_ratio));
  object.number("min_calls", settings.min_calls);
  object.number("window", settings.window);
  object.seconds("window_age", settings.window_age);
  object.number("consecutive", settings.consecutive);
  if (settings.slow_ratio) {
    object.json("slow_ratio", factor_word(*settings.slow_ratio));
    object.seconds("slow_after", settings.slow_after);
  }
  object.seconds("open_for", settings.open_for);
  object.seconds("max_open_for", settings.max_open_for);
  object.number("probes", settings.probes);
  append_names(object, jobs);
  object.end();
}

}  // namespace

std::vector<std::string> shared_words(const JobFile& file, const std::vector<bool>& excluded) {
  const Users users(file, excluded);
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < file.limits.size(); ++i) {
    if (users.of_limits[i].empty()) continue;
    const Named<LimitSettings>& limit = file.limits[i];
    lines.push_back("limit " + quoted(limit.name) + ": " + limit_words(limit.settings) + names_words(users.of_limits[i]));
  }
  for (std::size_t i = 0; i < file.breakers.size(); ++i) {
    if (users.of_breakers[i].empty()) continue;
    const Named<BreakerSettings>& breaker = file.breakers[i];
    lines.push_back("breaker " + quoted(breaker.name) + ": " + breaker_words(breaker.settings) +
                    names_words(users.of_breakers[i]));
  }
  return lines;
}

void append_shared(JsonObject& document, std::string& out, const JobFile& file, const std::vector<bool>& excluded) {
  const Users users(file, excluded);
  if (!file.limits.empty()) {
    append_list(document.field("limits"), file.limits, [&, i = std::size_t{0}](const Named<LimitSettings>& limit) mutable {
      append_limit(out, limit, users.of_limits[i++]);
    });
  }
  if (!file.breakers.empty()) {
    append_list(document.field("breakers"), file.breakers,
                [&, i = std::size_t{0}](const Named<BreakerSettings>& breaker) mutable {
                  append_breaker(out, breaker, users.of_breakers[i++]);
                });
  }
}

}  // namespace corun
