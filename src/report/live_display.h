// The live view on a terminal, kept up to date at a calm pace. Knows nothing of the event loop, nor of keys.
#pragma once

#include <optional>

#include "base/clock.h"
#include "report/bottom_rows.h"
#include "report/estimate.h"
#include "report/live_view.h"

namespace corun {

/// Draws at most ten times a second, and what was written meanwhile goes out with the rows, in one piece. Hidden, it does nothing
/// but hand on what is written.
class LiveDisplay {
 public:
  /// All must outlive this. `stream`: of the terminal. `beside`: what is written there may soon be on the same terminal, written
  /// by who reads it (`| tee log`); null: there is no such queue.
  LiveDisplay(OutputStream& stream, const Clock& clock, const RunningJobs& jobs, bool color, OutputQueue* beside = nullptr)
      : stream_(stream), beside_(beside), clock_(clock), jobs_(jobs), screen_(stream, color) {}

  /// The run starts; shown from now on.
  void begin();
  /// Something has happened.
  void update(const RunProgress& progress);
  /// A turn is over.
  void flush();
  /// The rows go, and what is written goes out at once, until `show`.
  void hide();
  void show();
  /// The run is over: as `hide`, for good.
  void end();
  bool is_running() const { return running_; }
  bool is_hidden() const { return hidden_; }
  bool is_shown() const { return running_ && !hidden_; }
  void resize(std::size_t columns, std::size_t lines);

  /// When `flush` is to be called though nothing happens; nothing: never.
  std::optional<TimePoint> wake() const { return wake_; }

  /// Of the terminal.
  std::size_t lines() const { return screen_.room() + 1; }

  Estimate& estimate() { return estimate_; }

 private:
  bool make_way();

  OutputStream& stream_;
  OutputQueue* beside_;
  const Clock& clock_;
  const RunningJobs& jobs_;
  BottomRows screen_;
  Estimate estimate_;
  RunProgress progress_;
  bool running_ = false;
  bool hidden_ = false;
  bool changed_ = false;
  bool beside_slow_ = false;  // its reader hasn't taken all of it
  bool slow_ = false;         // the terminal hasn't taken the last frame
  TimePoint next_frame_{};
  TimePoint next_change_{};
  std::optional<TimePoint> wake_;
};

}  // namespace corun
