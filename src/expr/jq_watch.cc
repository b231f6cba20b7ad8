// A timer that counts this process's processor time looks at the jq now and then. Knows nothing of programs.
#include "expr/jq_watch.h"

#include <fcntl.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "expr/jq_api.h"

namespace corun {
namespace {

constexpr int kTickMicroseconds = 10'000;

// What the signal handler reads and writes; all of it stands still while no jq is watched.
struct Watched {
  jq_state* state = nullptr;
  decltype(&::jq_halt) halt = nullptr;
  decltype(&::jq_halted) halted = nullptr;
  jv nothing{};
  long ticks_left = 0;
  std::size_t most_memory = 0;
  JqWatch::Verdict verdict = JqWatch::Verdict::fine;
};

Watched watched;

// Memory of this process in bytes; only what a signal handler may call.
std::size_t resident_memory() {
  const int fd = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  char text[128];
  const ssize_t length = ::read(fd, text, sizeof text);
  ::close(fd);
  ssize_t i = 0;
  while (i < length && text[i] != ' ') ++i;
  std::size_t pages = 0;
  for (++i; i < length && text[i] >= '0' && text[i] <= '9'; ++i) pages = pages * 10 + static_cast<std::size_t>(text[i] - '0');
  return pages * 4096;
}

void look(int) {
  const int before = errno;
  if (watched.state != nullptr && watched.verdict == JqWatch::Verdict::fine) {
    if (--watched.ticks_left <= 0) watched.verdict = JqWatch::Verdict::too_long;
    if (resident_memory() > watched.most_memory) watched.verdict = JqWatch::Verdict::too_large;
    if (watched.verdict != JqWatch::Verdict::fine && watched.halted(watched.state) == 0) {
      watched.halt(watched.state, watched.nothing, watched.nothing);
    }
  }
  errno = before;
}

void set_timer(int microseconds) {
  itimerval timer{};
  timer.it_interval.tv_usec = timer.it_value.tv_usec = microseconds;
  ::setitimer(ITIMER_VIRTUAL, &timer, nullptr);
}

}  // namespace

JqWatch::JqWatch(jq_state* state, const JqLimits& limits) {
  static const bool installed = [] {
    struct sigaction action {};
    action.sa_handler = look;
    action.sa_flags = SA_RESTART;
    return ::sigaction(SIGVTALRM, &action, nullptr) == 0;
  }();
  static_cast<void>(installed);
  watched.halt = jq().halt;
  watched.halted = jq().halted;
  watched.nothing = jq().null();
  watched.ticks_left = static_cast<long>(limits.cpu / std::chrono::microseconds(kTickMicroseconds));
  watched.most_memory = resident_memory() + limits.memory;
  watched.verdict = Verdict::fine;
  watched.state = state;
  set_timer(kTickMicroseconds);
}

JqWatch::~JqWatch() {
  set_timer(0);
  watched.state = nullptr;
}

JqWatch::Verdict JqWatch::verdict() const { return watched.verdict; }

}  // namespace corun
