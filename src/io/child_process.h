// One running child: its output read as it comes, its end seen through its pidfd. Knows nothing of when to stop it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/job_result.h"
#include "base/unique_fd.h"
#include "io/executor.h"
#include "loop/awaiters.h"
#include "loop/loop.h"

namespace corun {

/// How a child ended.
struct ChildEnd {
  int exit_code = -1;  ///< -1 if it was ended by a signal
  int signal = 0;
  ResourceUsage usage;
};

/// A started child process and the reading ends of its output. Destroying it before `reap` kills its group.
class ChildProcess final : private FdHandler {
 public:
  /// Pipes for a child still to be started: what it writes to.
  struct Pipes {
    UniqueFd stdout_read, stdout_write, stderr_read, stderr_write;
    /// False if the system has no more descriptors; errno says so.
    bool open();
  };

  /// Takes over a child that runs as leader of its own group. `sink` may be null. At most `output_max` bytes of each
  /// stream are kept; `tee` gets all of stdout too, if it is a descriptor.
  ChildProcess(Loop& loop, pid_t pid, UniqueFd pidfd, Pipes pipes, OutputSink* sink, std::size_t output_max, UniqueFd tee);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  /// Set once the child itself (not what it has forked) has ended.
  Event& exited() { return exited_; }
  /// Set once both outputs have been read to their end; only after `finish_output`.
  Event& drained() { return drained_; }

  pid_t pid() const { return pid_; }
  /// Sends a signal to the child and its group, and wakes them up if they are stopped. Only before `reap`.
  void signal_group(int signal);
  /// Stops the group as ^Z at a terminal would, and lets it go on. Only before `reap`.
  void pause();
  void resume();
  /// Whether it has been stopped since the last time.
  bool has_stopped() const;
  /// Whether what it writes is read; while it isn't, the child soon waits. Not reading counts as activity.
  void listen(bool on);
  /// After the exit: reads what the pipes still hold; what a grandchild keeps open stays open until `drained` or `reap`.
  void finish_output();
  /// After the exit: kills what is left of the group, collects the child, closes everything.
  ChildEnd reap();

  /// When the child last wrote something, or was started.
  TimePoint last_activity() const { return listening_ ? last_activity_ : loop_.now(); }
  /// Why `tee` didn't get all of it, as an errno; else 0.
  int tee_error() const { return tee_error_; }
  /// Moves what was kept of the output into `result`.
  void take_output(ActionResult& result);

 private:
  struct Output {
    UniqueFd read;
    UniqueFd write;  // ours, kept until the child's exit: its close of the pipe then needs no wake-up of its own
    std::string kept;
    bool cut = false;
  };

  void on_fd(int fd, std::uint32_t events) override;
  void send(int signal);
  enum class Read { data, nothing, end };
  Read read_once(Output& output, Stream stream);
  void close_output(Output& output);

  Loop& loop_;
  pid_t pid_;
  UniqueFd pidfd_;
  Output stdout_;
  Output stderr_;
  OutputSink* sink_;
  std::size_t output_max_;
  UniqueFd tee_;
  int tee_error_ = 0;
  Event exited_;
  Event drained_;
  TimePoint last_activity_;
  bool reaped_ = false;
  bool listening_ = true;
};

}  // namespace corun
