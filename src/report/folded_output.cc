// Job output for a CI system's log. Knows nothing of which CI.
#include "report/folded_output.h"

#include "base/duration.h"

namespace corun {

void FoldedOutput::run_start(const RunStart& start) {
  times_ = WallTimes(start.wall_time, start.time);
  begun_ = true;
  stream_.start_line();
  stream_.append(folds_.begin());
}

void FoldedOutput::output(const OutputChunk& chunk) {
  if (!shows_) return;
  std::vector<Held>& logs = held_[chunk.job.id];
  if (!logs.empty() && logs.back().log == &chunk.log) return;
  const std::uint64_t size = chunk.log.size();  // less than the chunk only if the log couldn't be written
  logs.push_back(Held{&chunk.log, size < chunk.bytes.size() ? 0 : size - chunk.bytes.size()});
}

void FoldedOutput::job_state(const JobStateChange& change) {
  const JobResult& result = change.result;
  if (!is_final(result.state)) return;
  const auto held = held_.find(change.job.id);
  if (held == held_.end()) return;
  const bool folded = is_success(result.state);
  stream_.start_line();
  if (folded) {
    const std::string title =
        std::string(state_word(result.state)) + ' ' + format_elapsed(run_time(result)) + ' ' + change.job.name;
    stream_.append(folds_.fold(title, times_.at(result.started)));
  }
  for (const Held& each : held->second) {
    stream_.start_line();
    stream_.append(*each.log, each.begin, each.log->size());
  }
  stream_.start_line();
  if (folded) stream_.append(folds_.unfold(times_.at(change.time)));
  held_.erase(held);
}

void FoldedOutput::end() {
  if (!begun_) return;
  begun_ = false;
  stream_.start_line();
  stream_.append(folds_.end());
}

}  // namespace corun
