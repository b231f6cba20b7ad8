// The `live` order of job output: one owner, the others wait in their logs. Knows nothing of states or colours.
#include "report/live_output.h"

#include <utility>

namespace corun {
namespace {

constexpr std::size_t kPiece = 64 * 1024;

}  // namespace

void LiveOutput::output(const OutputChunk& chunk) {
  if (!owned_) {
    owned_ = true;
    owner_ = chunk.job.id;
    stream_.start_line();
  }
  const std::uint64_t size = chunk.log.size();  // less than the chunk only if the log couldn't be written
  if (owner_ == chunk.job.id) {
    if (stream_.queue().empty() || stream_.queue().size() < kPiece || size < chunk.bytes.size()) {
      stream_.append(chunk.bytes);
    } else {  // the reader has fallen behind: the log keeps it
      stream_.append(chunk.log, size - chunk.bytes.size(), size);
    }
    return;
  }
  const auto [entry, is_new] = waiting_by_job_.try_emplace(chunk.job.id);
  if (is_new) entry->second = waiting_.insert(waiting_.end(), Waiting{chunk.job.id, {}});
  std::vector<Held>& logs = entry->second->logs;
  if (!logs.empty() && logs.back().log == &chunk.log) return;
  logs.push_back(Held{&chunk.log, size < chunk.bytes.size() ? 0 : size - chunk.bytes.size()});
}

void LiveOutput::attempt_started(const Job& job) {
  if (owned_ && owner_ == job.id) stream_.start_line();
}

void LiveOutput::job_ended(const Job& job) {
  if (owned_ && owner_ == job.id) {
    stream_.start_line();
    owned_ = false;
    if (waiting_.empty()) return;
    // The one that has waited longest goes on live.
    const Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_by_job_.erase(next.job);
    owned_ = true;
    owner_ = next.job;
    show(next);
    return;
  }
  const auto waiting = waiting_by_job_.find(job.id);
  if (waiting == waiting_by_job_.end()) return;
  show(*waiting->second);
  stream_.start_line();
  waiting_.erase(waiting->second);
  waiting_by_job_.erase(waiting);
}

void LiveOutput::show(const Waiting& waiting) {
  for (const Held& held : waiting.logs) {
    stream_.start_line();
    stream_.append(*held.log, held.offset, held.log->size());
  }
}

}  // namespace corun
