// The event stream for programs. Knows nothing of people.
#include "report/ndjson.h"

#include <utility>

namespace corun {
namespace {

std::uint64_t stream_key(const Job& job, Stream stream) {
  return (static_cast<std::uint64_t>(job.id) << 1) | static_cast<std::uint64_t>(stream == Stream::standard_error);
}

// Bytes at the end of `text` that begin a character which isn't whole yet; at most 3.
std::size_t cut_character(std::string_view text) {
  for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xC0) == 0x80) continue;
    const std::size_t length = byte >= 0xF0 && byte < 0xF5   ? 4
                               : byte >= 0xE0 && byte < 0xF0 ? 3
                               : byte >= 0xC2 && byte < 0xE0 ? 2
                                                             : 1;
    return length > back ? back : 0;
  }
  return 0;
}

}  // namespace

JsonObject NdjsonReport::begin(std::string_view type, TimePoint time) {
  line_.clear();
  JsonObject event(line_);
  event.number("v", 1);
  event.number("seq", static_cast<std::int64_t>(++sequence_));
  event.text("ts", format_wall_time(times_.at(time)));
  event.text("run", run_);
  event.text("type", type);
  return event;
}

void NdjsonReport::write(JsonObject& event) {
  event.end();
  line_ += '\n';
  if (out_ != nullptr) out_->append(line_);
  for (EventFile* file : files_) file->append(line_);
}

void NdjsonReport::flush() {
  if (out_ != nullptr) out_->offer();
  for (EventFile* file : files_) file->flush();
}

void NdjsonReport::run_start(const RunStart& start) {
  run_ = start.run_id;
  times_ = WallTimes(start.wall_time, start.time);
  for (EventFile* file : files_) file->begin();
  JsonObject event = begin("run.start", start.time);
  event.text("file", start.file.path);
  event.text("name", start.file.name);
  event.number("jobs", static_cast<std::int64_t>(start.total));
  write(event);
}

void NdjsonReport::job_state(const JobStateChange& change) {
  const JobResult& result = change.result;
  const bool ended = is_final(result.state);
  if (ended) {
    end_output(change.job, change.time);
    if (is_top(change.job)) counts_.add(result);
  }
  JsonObject event = begin("job.state", change.time);
  event.text("job", change.job.name);
  event.text("state", to_string(result.state));
  if (ended) {
    if (result.restored) event.boolean("restored", true);
    if (result.cache != CacheUse::none) event.boolean("cached", true);
    if (result.cache == CacheUse::stale) event.boolean("stale", true);
    event.number("attempts", result.attempts);
    event.seconds("elapsed", run_time(result));
    event.outcome(result.outcome);
    if (result.failure_allowed) event.boolean("allowed", true);
    if (result.decided_by != 0) event.number("decided_by", result.decided_by);
  }
  write(event);
}

void NdjsonReport::attempt_start(const AttemptStart& attempt) {
  JsonObject event = begin("attempt.start", attempt.time);
  event.text("job", attempt.job.name);
  event.number("attempt", attempt.attempt);
  event.number("attempts", attempt.attempts);
  if (attempt.beside) event.boolean("hedge", true);
  write(event);
}

void NdjsonReport::attempt_end(const AttemptEnd& attempt) {
  if (!attempt.beside) end_output(attempt.job, attempt.time);
  JsonObject event = begin("attempt.end", attempt.time);
  event.text("job", attempt.job.name);
  event.number("attempt", attempt.attempt);
  event.number("attempts", attempt.attempts);
  event.boolean("ok", attempt.outcome.ok());
  event.outcome(attempt.outcome);
  event.seconds("elapsed", attempt.elapsed);
  event.seconds("user", attempt.usage.user);
  event.seconds("system", attempt.usage.system);
  event.number("max_rss_kib", attempt.usage.max_rss_kib);
  if (attempt.beside) event.boolean("hedge", true);
  if (attempt.won) event.boolean("won", true);
  if (attempt.lost) event.boolean("lost", true);
  write(event);
}

void NdjsonReport::output_event(std::string_view job, Stream stream, std::string_view text, std::uint32_t attempt,
                                TimePoint time) {
  JsonObject event = begin("output", time);
  event.text("job", job);
  event.text("stream", stream == Stream::standard_output ? "stdout" : "stderr");
  event.text("text", text);
  if (attempt != 0) event.number("attempt", attempt);
  write(event);
}

void NdjsonReport::output(const OutputChunk& chunk) {
  const std::uint64_t key = stream_key(chunk.job, chunk.stream);
  std::string text;
  if (const auto cut = cut_.find(key); cut != cut_.end()) {
    text = std::move(cut->second);
    cut_.erase(cut);
  }
  text += chunk.bytes;
  if (const std::size_t rest = cut_character(text); rest > 0) {
    cut_[key] = text.substr(text.size() - rest);
    text.resize(text.size() - rest);
  }
  if (!text.empty()) output_event(chunk.job.name, chunk.stream, text, chunk.attempt, chunk.time);
}

void NdjsonReport::end_output(const Job& job, TimePoint time) {
  for (const Stream stream : {Stream::standard_output, Stream::standard_error}) {
    const auto cut = cut_.find(stream_key(job, stream));
    if (cut == cut_.end()) continue;
    output_event(job.name, stream, cut->second, 0, time);
    cut_.erase(cut);
  }
}

void NdjsonReport::retry_wait(const RetryWait& wait) {
  JsonObject event = begin("retry.wait", wait.time);
  event.text("job", wait.job.name);
  event.number("attempt", wait.attempt);
  event.number("attempts", wait.attempts);
  event.seconds("delay", wait.delay);
  event.outcome(wait.outcome);
  write(event);
}

void NdjsonReport::breaker(const BreakerChange& change) {
  JsonObject event = begin("breaker", change.time);
  event.text("breaker", change.breaker);
  event.text("from", change.from);
  event.text("to", change.to);
  if (change.to == "open") event.seconds("open_for", change.open_for);
  write(event);
}

void NdjsonReport::before_run(std::string_view run, TimePoint time) {
  if (!run_.empty()) return;
  run_ = run;
  times_ = WallTimes(clock_.wall_now(), time);
}

void NdjsonReport::lock(const LockChange& change) {
  before_run(change.run_id, change.time);
  JsonObject event = begin("lock", change.time);
  event.text("lock", change.lock);
  event.text("change", change.change);
  if (!change.holder.empty()) event.text("holder", change.holder);
  event.text("message", change.message);
  write(event);
}

void NdjsonReport::not_run(const NotRun& end) {
  before_run(end.run_id, end.time);
  JsonObject event = begin("run.end", end.time);
  event.number("exit_code", end.exit_code);
  event.text("not_run", end.message);
  write(event);
}

void NdjsonReport::warning(std::string_view message) {
  JsonObject event = begin("warning", clock_.now());
  event.text("message", message);
  write(event);
}

void NdjsonReport::stopping(CancelReason reason, std::size_t jobs_running) {
  JsonObject event = begin("warning", clock_.now());
  event.text("message", std::string("the run is stopping: ") + to_string(reason));
  event.text("stopping", to_string(reason));
  event.number("running", static_cast<std::int64_t>(jobs_running));
  write(event);
}

void NdjsonReport::run_end(const RunEnd& end) {
  JsonObject event = begin("run.end", end.time);
  event.number("exit_code", end.exit_code);
  event.seconds("elapsed", end.elapsed);
  if (end.stopped != CancelReason::none) event.text("stopped", to_string(end.stopped));
  counts_.append_json(event.field("counts"));
  if (!end.outputs.empty()) event.json("outputs", end.outputs);
  write(event);
}

}  // namespace corun
