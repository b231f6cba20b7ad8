// Log lines through spdlog, the only file that knows it. Knows nothing of progress or job output.
#include "report/log_lines.h"

#include <spdlog/details/null_mutex.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>

#include <algorithm>
#include <array>

#include "base/duration.h"
#include "base/text.h"
#include "graph/attempts.h"
#include "report/words.h"

namespace corun {
namespace {

// Gives every line to our own stream, so that all of standard error keeps one order.
class StreamSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit StreamSink(OutputStream& stream) : stream_(stream) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    stream_.start_line();
    stream_.append(std::string_view(line.data(), line.size()));
  }
  void flush_() override { stream_.offer(); }

  OutputStream& stream_;
};

// The level's name as it is written here: DEBUG, INFO, WARN, ERROR.
class LevelName final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& line) override {
    constexpr std::array<std::string_view, 5> kNames = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR"};
    const std::string_view name = kNames[std::min<std::size_t>(message.level, kNames.size() - 1)];
    line.append(name.data(), name.data() + name.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<LevelName>(); }
};

// A value of `key=value`: quoted where it isn't one plain word.
std::string value_text(std::string_view value) {
  const bool plain = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return c > ' ' && c < 127 && c != '"' && c != '\\' && c != '=';
  });
  return plain ? std::string(value) : json_string(value);
}

std::string attempt_text(std::uint32_t attempt, std::uint32_t attempts) {
  return std::to_string(attempt) + (attempts != 0 ? "/" + std::to_string(attempts) : "");
}

}  // namespace

class LogLines::Writer {
 public:
  using Level = spdlog::level::level_enum;

  /// One line; `add` its fields, then `write`.
  class Line {
   public:
    Line(Writer& writer, Level level, TimePoint time) : writer_(writer), level_(level), time_(time) { add("run", writer.run_); }
    Line& add(std::string_view key, std::string_view value) {
      if (!text_.empty()) text_ += ' ';
      text_ += key;
      text_ += '=';
      text_ += value_text(value);
      return *this;
    }
    void write() { writer_.write(level_, time_, text_); }

   private:
    Writer& writer_;
    Level level_;
    TimePoint time_;
    std::string text_;
  };

  Writer(OutputStream& err, const Clock& clock, bool debug) : logger_("corun", std::make_shared<StreamSink>(err)), clock_(clock) {
    auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc, "\n");
    formatter->add_flag<LevelName>('*').set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %* %v");
    logger_.set_formatter(std::move(formatter));
    logger_.set_level(debug ? Level::debug : Level::info);
  }

  void begin(std::string run, WallTimes times) {
    run_ = std::move(run);
    times_ = times;
  }
  Line line(Level level, TimePoint time) { return {*this, level, time}; }
  bool debug() const { return logger_.should_log(Level::debug); }
  void flush() { logger_.flush(); }
  TimePoint now() const { return clock_.now(); }
  WallTime wall_now() const { return clock_.wall_now(); }

 private:
  void write(Level level, TimePoint time, const std::string& text) {
    const auto wall = std::chrono::time_point_cast<spdlog::log_clock::duration>(times_.at(time));
    logger_.log(wall, spdlog::source_loc{}, level, spdlog::string_view_t(text.data(), text.size()));
  }

  spdlog::logger logger_;
  const Clock& clock_;
  std::string run_;
  WallTimes times_;
};

using Level = spdlog::level::level_enum;

LogLines::LogLines(OutputStream& err, const Clock& clock, bool debug) : writer_(std::make_unique<Writer>(err, clock, debug)) {}
LogLines::~LogLines() = default;

void LogLines::run_start(const RunStart& start) {
  writer_->begin(start.run_id, WallTimes(start.wall_time, start.time));
  auto line = writer_->line(Level::info, start.time);
  line.add("event", "run_start").add("file", start.file.path).add("jobs", std::to_string(start.total)).write();
}

void LogLines::job_state(const JobStateChange& change) {
  const JobResult& result = change.result;
  const bool ended = is_final(result.state);
  if (!ended && !writer_->debug()) return;
  const Level level = !ended                                ? Level::debug
                      : is_failure(result)                  ? Level::err
                      : result.state == JobState::succeeded ? Level::info
                                                            : Level::warn;
  auto line = writer_->line(level, change.time);
  line.add("job", change.job.name);
  if (result.attempts > 0) line.add("attempt", attempt_text(result.attempts, most_attempts(change.job)));
  line.add("event", ended ? "job_end" : "job_state").add("state", to_string(result.state));
  if (ended && result.decided_by != 0) line.add("decided_by", std::to_string(result.decided_by));
  if (ended && result.attempts > 0) line.add("elapsed", format_elapsed(run_time(result)));
  if (ended && !result.outcome.ok()) line.add("reason", reason_of(result.outcome));
  line.write();
}

void LogLines::attempt_start(const AttemptStart& attempt) {
  if (!writer_->debug() && !attempt.beside) return;
  auto line = writer_->line(attempt.beside ? Level::info : Level::debug, attempt.time);
  line.add("job", attempt.job.name).add("attempt", attempt_text(attempt.attempt, attempt.attempts));
  line.add("event", attempt.beside ? "hedge_start" : "attempt_start").write();
}

void LogLines::attempt_end(const AttemptEnd& attempt) {
  if (!writer_->debug()) return;
  auto line = writer_->line(Level::debug, attempt.time);
  line.add("job", attempt.job.name).add("attempt", attempt_text(attempt.attempt, attempt.attempts));
  line.add("event", "attempt_end").add("elapsed", format_elapsed(attempt.elapsed));
  if (!attempt.outcome.ok()) line.add("reason", reason_of(attempt.outcome));
  if (attempt.won) line.add("result", "won");
  line.write();
}

void LogLines::retry_wait(const RetryWait& wait) {
  auto line = writer_->line(Level::warn, wait.time);
  line.add("job", wait.job.name).add("attempt", attempt_text(wait.attempt, wait.attempts)).add("event", "retry");
  line.add("delay", format_elapsed(wait.delay)).add("reason", reason_of(wait.outcome)).write();
}

void LogLines::breaker(const BreakerChange& change) {
  auto line = writer_->line(Level::warn, change.time);
  line.add("event", "breaker").add("breaker", change.breaker).add("from", change.from).add("to", change.to);
  if (change.to == "open") line.add("open_for", format_elapsed(change.open_for));
  line.write();
}

void LogLines::lock(const LockChange& change) {
  writer_->begin(std::string(change.run_id), WallTimes(writer_->wall_now(), change.time));
  auto line = writer_->line(change.change == "taken" ? Level::info : Level::warn, change.time);
  line.add("event", "lock").add("lock", change.lock).add("change", change.change);
  if (!change.holder.empty()) line.add("holder", change.holder);
  line.write();
}

void LogLines::not_run(const NotRun& end) {
  writer_->begin(std::string(end.run_id), WallTimes(writer_->wall_now(), end.time));
  auto line = writer_->line(end.exit_code == 0 ? Level::info : Level::err, end.time);
  line.add("event", "not_run").add("exit_code", std::to_string(end.exit_code)).add("reason", end.message).write();
}

void LogLines::warning(std::string_view message) {
  writer_->line(Level::warn, writer_->now()).add("event", "warning").add("message", message).write();
}

void LogLines::note(const Job& job, std::string_view message) {
  writer_->line(Level::info, writer_->now()).add("job", job.name).add("event", "note").add("message", message).write();
}

void LogLines::stopping(CancelReason reason, std::size_t jobs_running) {
  auto line = writer_->line(Level::warn, writer_->now());
  line.add("event", "stopping").add("reason", to_string(reason)).add("running", std::to_string(jobs_running)).write();
}

void LogLines::run_end(const RunEnd& end) {
  auto line = writer_->line(end.exit_code == 0 ? Level::info : Level::err, end.time);
  line.add("event", "run_end")
      .add("exit_code", std::to_string(end.exit_code))
      .add("elapsed", format_elapsed(end.elapsed))
      .write();
}

void LogLines::flush() { writer_->flush(); }

}  // namespace corun
