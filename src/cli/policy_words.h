// A job's policies in words, as far as they differ from doing nothing. Knows nothing of how they act.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/usual_times.h"
#include "graph/job.h"

namespace corun {

/// One text a policy: "timeout 30s", "5 attempts, exponential 200ms to 5s, full jitter", "breaker `api`", …. `usual`: what is
/// known of p95, to be said; null: nobody asks.
std::vector<std::string> policy_words(const Job& job, const JobFile& file, const UsualTimes* usual = nullptr);
/// The same without what only a job can tell.
std::vector<std::string> policy_words(const Policies& policies, const JobFile& file);

/// As in job files: "all", "exponential", "full", "any", "failed".
std::string_view to_word(GatherPolicy policy);
std::string_view to_word(BackoffSettings::Kind kind);
std::string_view to_word(BackoffSettings::Jitter jitter);
std::string_view to_word(Join join);
std::string_view to_word(EdgeCondition condition);
std::string_view to_word(Pattern::Kind kind);
std::string_view to_word(HttpSpec::Version version);
std::string_view to_word(HttpAuth::Kind kind);
std::string_view to_word(SaveSpec::IfExists if_exists);
std::string_view to_word(Concurrency::OnConflict on_conflict);

/// "TERM" for 15; its number if it has no name.
std::string signal_word(int signal);

/// A factor of a backoff: `1.5`.
std::string factor_word(double factor);

/// Whether the pauses grow by another factor than the usual one.
bool grows_unusually(const BackoffSettings& backoff);

/// "200-299, 404".
std::string range_words(const std::vector<CodeRange>& ranges);

}  // namespace corun
