// The `live` order of job output: one owner, the others wait in their logs. Knows nothing of states or colours.
#include "report/live_output.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace corun {
namespace {

constexpr std::size_t kPiece = 64 * 1024;
constexpr std::size_t kMostKept = 16;  // each may be an open file

}  // namespace

void LiveOutput::output(const OutputChunk& chunk) {
  if (!owned_ && !grouped_) {
    owned_ = true;
    owner_ = chunk.job.id;
    stream_.start_line();
  }
  const std::uint64_t size = chunk.log.size();  // less than the chunk only if the log couldn't be written
  if (owned_ && owner_ == chunk.job.id) {
    if (chunk.bytes.empty()) return;
    const std::size_t line_end = kept_.empty() ? std::string_view::npos : chunk.bytes.find('\n');
    in_line_ = chunk.bytes.back() != '\n';
    if (line_end != std::string_view::npos) {
      stream_.append(chunk.bytes.substr(0, line_end + 1));
      show_kept();
      stream_.append(chunk.bytes.substr(line_end + 1));
    } else if (stream_.queue().empty() || stream_.queue().size() < kPiece || size < chunk.bytes.size()) {
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
  if (!owned_ || owner_ != job.id) return;
  stream_.start_line();
  in_line_ = false;
  show_kept();
}

void LiveOutput::job_ended(const Job& job) {
  if (owned_ && owner_ == job.id) {
    stream_.end_style();
    stream_.start_line();
    in_line_ = false;
    show_kept();
    owned_ = false;
    if (waiting_.empty()) return;
    // The one that has waited longest goes on live.
    const Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_by_job_.erase(next.job);
    owned_ = true;
    owner_ = next.job;
    show(next);
    in_line_ = !stream_.at_line_start();
    return;
  }
  const auto waiting = waiting_by_job_.find(job.id);
  if (waiting == waiting_by_job_.end()) return;
  if (!in_line_ || stream_.shares_place() || !keep(*waiting->second)) {
    stream_.start_line();
    show_kept();
    show(*waiting->second);
    stream_.end_style();
    stream_.start_line();
    in_line_ = false;
  }
  waiting_.erase(waiting->second);
  waiting_by_job_.erase(waiting);
}

void LiveOutput::show(const Waiting& waiting) {
  for (const Held& held : waiting.logs) {
    stream_.start_line();
    stream_.append(*held.log, held.offset, held.log->size());
  }
}

// For when the owner's line has ended. False: it can't be.
bool LiveOutput::keep(const Waiting& waiting) {
  if (kept_.size() + waiting.logs.size() > kMostKept) return false;
  std::vector<Kept> kept;
  for (const Held& held : waiting.logs) {
    kept.push_back(Kept{held.log->keep(), held.offset, held.log->size()});
    if (kept.back().log == nullptr) return false;
  }
  std::move(kept.begin(), kept.end(), std::back_inserter(kept_));
  return true;
}

void LiveOutput::show_kept() {
  for (const Kept& kept : kept_) {
    stream_.start_line();
    stream_.append(*kept.log, kept.begin, kept.end);
    stream_.end_style();
  }
  if (!kept_.empty()) stream_.start_line();
  kept_.clear();
}

}  // namespace corun
