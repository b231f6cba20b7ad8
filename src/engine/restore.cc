// Comparing jobs with what is noted down of them. Knows nothing of when a job's turn comes.
#include "engine/restore.h"

#include <bit>
#include <string>
#include <utility>

#include "base/digest.h"
#include "graph/groups.h"
#include "state/journal.h"

namespace corun {
namespace {

constexpr std::size_t kMostData = std::size_t{8} << 20;  // of one job

JobLevel level_of(const Job& job) {
  if (job.parent == kCallback) return JobLevel::callback;
  return is_top(job) ? JobLevel::top : JobLevel::inside;
}

// What `result` depends on, with the items that the job is of.
std::uint64_t digest_of(const RunContext& run, const Job& job) {
  const Definition& definition = run.expressions.definitions[job.written().id];
  const bool is_item = job.siblings > 0;
  const std::uint64_t own = is_item ? definition.result : definition.whole;
  return job.definition == nullptr ? own : Digest().add(own).add(job.digest).value();
}

void take_result(const EarlierJob& earlier, TimePoint now, JobResult& result) {
  result = earlier.result;
  result.restored = true;
  result.ended = result.started = result.ready = now;
}

}  // namespace

std::uint64_t digest_of(const Json& item) {
  Digest digest;
  digest.add(static_cast<std::uint64_t>(item.kind()));
  switch (item.kind()) {
    case Json::Kind::number: digest.add(std::bit_cast<std::uint64_t>(item.as_number())); break;
    case Json::Kind::string: digest.add(item.text()); break;
    default: digest.add(item.dump());
  }
  return digest.value();
}

void note_end(RunContext& run, const Job& job, const JobResult& result, const Json& data, bool of_secret, std::string log,
              bool again) {
  if (!run.journal.keeps()) return;
  JobRecord record{job.name, level_of(job), result};
  record.log = std::move(log);
  record.again = again;
  if (is_success(result.state) && job.parent != kCallback) record.digest = digest_of(run, job);
  const std::uint16_t used = run.expressions.used_of(job);
  if (used != 0 && is_success(result.state) && !of_secret) {
    record.data = data.dump();
    const bool keeps = record.data.size() <= kMostData && run.masked(record.data) == record.data;
    if (keeps) record.parts = used;
    if (!keeps) record.data.clear();
  }
  run.journal.job_ended(record);
}

Standing standing_of(const RunContext& run, const Job& job, std::int64_t counts_from, JobResult& result, Json& data) {
  const EarlierJob* earlier = run.journal.earlier(job.name);
  if (earlier == nullptr || !is_success(earlier->result.state) || earlier->run < counts_from ||
      earlier->digest != digest_of(run, job)) {
    return Standing::changed;
  }
  const std::uint16_t used = run.expressions.used_of(job);
  if ((used & ~earlier->parts) != 0) return Standing::lost;
  if (used != 0) {
    Result<Json> kept = Json::parse(earlier->data);
    if (!kept) return Standing::lost;
    data = std::move(*kept);
  }
  take_result(*earlier, run.now(), result);
  return Standing::done;
}

void restore_inside(RunContext& run, const Job& job) {
  if (job.definition != nullptr) return;  // the inside of an item is told of by nobody
  for_each_group(job.action, [&](const JobGroup& group) {
    for (const Job& member : group.jobs) {
      const EarlierJob* earlier = run.journal.earlier(member.name);
      if (earlier == nullptr) continue;
      JobResult& result = run.results[member.id];
      take_result(*earlier, run.now(), result);
      run.parts.report.job_state(JobStateChange{member, result, run.now()});
      JobRecord record{member.name, level_of(member), result, earlier->digest, earlier->parts, earlier->data, earlier->log};
      run.journal.job_ended(record);
      restore_inside(run, member);
    }
  });
}

}  // namespace corun
