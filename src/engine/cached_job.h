// One job's `cache`: finds what an earlier one came to, waits for another that is at it, keeps what this one comes to. Knows
// nothing of attempts or retries.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/output_log.h"
#include "engine/cache_answer.h"
#include "engine/cache_flights.h"
#include "engine/job_names.h"
#include "engine/member.h"
#include "io/input_files.h"
#include "loop/cancel.h"
#include "loop/task.h"
#include "state/result_cache.h"

namespace corun {

/// Lives as long as the job runs. Whoever waits for this job goes on when this ends.
class CachedJob {
 public:
  /// All must outlive this.
  CachedJob(RunContext& run, const Member& member, const JobNames& names) : run_(run), member_(member), names_(names) {}
  ~CachedJob() { give_way({}); }
  CachedJob(const CachedJob&) = delete;
  CachedJob& operator=(const CachedJob&) = delete;

  /// Before the first attempt: an answer, or nothing, then the job has to run. Waits while another job, of this run or of
  /// another one, is at the same.
  Task<std::optional<CacheAnswer>> look(CancelScope& scope);

  // --- of an attempt ---

  void begin_attempt() {
    output_.clear();
    output_bytes_ = 0;
  }
  void wrote(Stream stream, std::string_view bytes);
  /// Asks the server whether what is kept is still so, if there is something that can be asked about.
  void ask_if_modified(HttpRequest& request) const;
  /// The response says that it is.
  bool is_unmodified(const ActionResult& result) const;
  /// What a server says of its response, for the next time.
  void take_headers(const ActionResult& result);

  // --- of the job ---

  /// The job has come to `outcome` by itself, with `data` for others: keeps it, or gives what stands in for it.
  std::optional<CacheAnswer> settle(const Outcome& outcome, std::uint32_t attempts, const Json& data, bool holds_secret);

 private:
  Task<bool> make_key(CancelScope& scope);
  Task<std::optional<CacheAnswer>> look_while_waiting(CancelScope& scope);
  std::optional<CacheEntry> find() const;
  std::optional<CacheAnswer> fresh(const std::optional<WallTime>& waited_since);
  std::optional<CacheAnswer> answer(const CacheEntry& entry, CacheUse use) const;
  bool within(const CacheEntry& entry, const std::optional<Duration>& time) const;
  void keep(const Outcome& outcome, std::uint32_t attempts, const Json& data);
  void tell_not_kept(const std::string& reason);
  bool takes(const CacheFlight::End& end) const;
  CacheFlight::End for_followers(const Outcome& outcome, std::uint32_t attempts, const Json& data, bool holds_secret,
                                 const std::optional<CacheAnswer>& instead) const;
  void give_way(CacheFlight::End end);
  const CacheSpec& spec() const { return *member_.job().policies->cache; }
  ResultCache& cache() const { return *run_.parts.cache; }

  RunContext& run_;
  const Member& member_;
  const JobNames& names_;
  std::string key_;                 // "": none, so nothing is looked up or kept
  std::optional<Outcome> problem_;  // why there is none, where that is the job's failure
  std::optional<CacheEntry> old_;   // a success past its time
  bool flies_ = false;              // others of this run wait for it
  bool leads_ = false;              // those of other runs do
  bool unmodified_ = false;
  bool is_private_ = false;  // the server wants its response kept nowhere
  std::string etag_;
  std::string modified_;
  SeenFiles inputs_;
  std::vector<CachedOutput> output_;
  std::size_t output_bytes_ = 0;
};

}  // namespace corun
