// Reads a child's pipes and watches its pidfd. Knows nothing of when to stop it.
#include "io/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/write_all.h"

namespace corun {
namespace {

Duration to_duration(const timeval& time) { return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec); }

bool open_pipe(UniqueFd& read_end, UniqueFd& write_end) {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  read_end = UniqueFd(ends[0]);
  write_end = UniqueFd(ends[1]);
  // Only our end must not block; the child expects an ordinary pipe.
  return ::fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
}

}  // namespace

bool ChildProcess::Pipes::open() { return open_pipe(stdout_read, stdout_write) && open_pipe(stderr_read, stderr_write); }

ChildProcess::ChildProcess(Loop& loop, pid_t pid, UniqueFd pidfd, Pipes pipes, OutputSink* sink, std::size_t output_max,
                           UniqueFd tee)
    : loop_(loop),
      pid_(pid),
      pidfd_(std::move(pidfd)),
      sink_(sink),
      output_max_(output_max),
      tee_(std::move(tee)),
      exited_(loop),
      drained_(loop),
      last_activity_(loop.now()) {
  stdout_.read = std::move(pipes.stdout_read);
  stdout_.write = std::move(pipes.stdout_write);
  stderr_.read = std::move(pipes.stderr_read);
  stderr_.write = std::move(pipes.stderr_write);
  loop_.watch(pidfd_.get(), EPOLLIN, *this);
  loop_.watch(stdout_.read.get(), EPOLLIN, *this);
  loop_.watch(stderr_.read.get(), EPOLLIN, *this);
}

ChildProcess::~ChildProcess() {
  if (!reaped_) {
    send(SIGKILL);
    reap();
  }
}

void ChildProcess::on_fd(int fd, std::uint32_t /*events*/) {
  if (fd == pidfd_.get()) {
    loop_.watch(fd, 0, *this);  // it stays open until the child is collected
    exited_.set();
    return;
  }
  const bool is_stdout = fd == stdout_.read.get();
  Output& output = is_stdout ? stdout_ : stderr_;
  if (read_once(output, is_stdout ? Stream::standard_output : Stream::standard_error) == Read::end) close_output(output);
  if (!stdout_.read && !stderr_.read) drained_.set();
}

ChildProcess::Read ChildProcess::read_once(Output& output, Stream stream) {
  // One buffer for all children: nothing stays in it between reads.
  static std::array<char, 256 * 1024> buffer;
  const ssize_t count = ::read(output.read.get(), buffer.data(), buffer.size());
  if (count < 0) return errno == EAGAIN || errno == EINTR ? Read::nothing : Read::end;
  if (count == 0) return Read::end;
  const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
  last_activity_ = loop_.now();
  const std::size_t room = output_max_ - std::min(output_max_, output.kept.size());
  output.kept.append(bytes.substr(0, room));
  output.cut = output.cut || bytes.size() > room;
  if (stream == Stream::standard_output && tee_ && tee_error_ == 0) tee_error_ = write_all(tee_.get(), bytes);
  if (sink_ != nullptr) sink_->write(stream, bytes);
  return Read::data;
}

void ChildProcess::close_output(Output& output) {
  if (!output.read) return;
  loop_.forget(output.read.get());
  output.read.reset();
}

void ChildProcess::send(int signal) {
  ::kill(-pid_, signal);
  // It may have moved to another group, ours even.
  if (::getpgid(pid_) != pid_) ::kill(pid_, signal);
}

void ChildProcess::signal_group(int signal) {
  send(signal);
  if (signal != SIGKILL) send(SIGCONT);
}

void ChildProcess::pause() { send(SIGTSTP); }

void ChildProcess::resume() { send(SIGCONT); }

bool ChildProcess::has_stopped() const {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WSTOPPED | WNOHANG) == 0 && info.si_pid != 0;
}

void ChildProcess::listen(bool on) {
  if (on == listening_) return;
  last_activity_ = last_activity();
  listening_ = on;
  for (const Output* output : {&stdout_, &stderr_}) {
    if (output->read) loop_.watch(output->read.get(), on ? std::uint32_t{EPOLLIN} : 0U, *this);
  }
}

void ChildProcess::finish_output() {
  // Bounded: a grandchild that writes faster than we read must not hold us.
  constexpr int kMostReads = 64;
  const auto finish = [this](Output& output, Stream stream) {
    output.write.reset();
    for (int i = 0; output.read && i < kMostReads; ++i) {
      const Read read = read_once(output, stream);
      if (read == Read::nothing) break;
      if (read == Read::end) close_output(output);
    }
  };
  finish(stdout_, Stream::standard_output);
  finish(stderr_, Stream::standard_error);
  if (!stdout_.read && !stderr_.read) drained_.set();
}

ChildEnd ChildProcess::reap() {
  reaped_ = true;
  // While the leader isn't collected its group can't be anybody else's.
  ::kill(-pid_, SIGKILL);
  siginfo_t info{};
  rusage usage{};
  while (::syscall(SYS_waitid, P_PID, pid_, &info, WEXITED, &usage) != 0 && errno == EINTR) {
  }
  loop_.forget(pidfd_.get());
  pidfd_.reset();
  close_output(stdout_);
  close_output(stderr_);
  ChildEnd end;
  if (info.si_code == CLD_EXITED) {
    end.exit_code = info.si_status;
  } else {
    end.signal = info.si_status;
  }
  end.usage.user = to_duration(usage.ru_utime);
  end.usage.system = to_duration(usage.ru_stime);
  end.usage.max_rss_kib = usage.ru_maxrss;
  return end;
}

void ChildProcess::take_output(ActionResult& result) {
  result.stdout_text = std::move(stdout_.kept);
  result.stderr_text = std::move(stderr_.kept);
  result.stdout_cut = stdout_.cut;
  result.stderr_cut = stderr_.cut;
}

}  // namespace corun
