// Processes by boot, namespace, number and birth. Knows nothing of what processes do.
#include "io/process_identity.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>

namespace corun {
namespace {

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::string boot() { return first_line("/proc/sys/kernel/random/boot_id"); }

std::string process_namespace() {
  std::array<char, 64> target{};
  const ssize_t length = ::readlink("/proc/self/ns/pid", target.data(), target.size());
  return length > 0 ? std::string(target.data(), static_cast<std::size_t>(length)) : std::string();
}

// When a process was started; 0 if there is none, or it waits only to be collected.
std::uint64_t birth_of(pid_t pid) {
  const std::string stat = first_line("/proc/" + std::to_string(pid) + "/stat");
  const std::size_t name_end = stat.rfind(')');  // its name may hold anything
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(stat.substr(name_end + 1));
  std::string state;
  fields >> state;
  if (state == "Z" || state == "X") return 0;
  std::string skipped;
  for (int field = 4; field < 22; ++field) fields >> skipped;
  std::uint64_t birth = 0;
  fields >> birth;
  return birth;
}

}  // namespace

ProcessIdentity own_identity() {
  ProcessIdentity own;
  own.machine = boot() + ' ' + process_namespace();
  own.pid = ::getpid();
  own.birth = birth_of(own.pid);
  return own;
}

Whereabouts find_process(const ProcessIdentity& identity, UniqueFd& process) {
  const std::string own_boot = boot();
  if (!identity.machine.starts_with(own_boot + ' ')) return Whereabouts::gone;  // that boot is over
  if (identity.machine != own_boot + ' ' + process_namespace()) return Whereabouts::elsewhere;
  // Opened before it is looked at: what is read is then of this process and none that has its number later.
  UniqueFd opened(static_cast<int>(::syscall(SYS_pidfd_open, identity.pid, 0)));
  if (!opened || birth_of(identity.pid) != identity.birth) return Whereabouts::gone;
  process = std::move(opened);
  return Whereabouts::here;
}

void send_signal(const UniqueFd& process, int signal) { ::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0); }

}  // namespace corun
