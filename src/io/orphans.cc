// Processes by the environment they were started with. Knows nothing of what runs and jobs are.
#include "io/orphans.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>

#include "base/unique_fd.h"

namespace corun {
namespace {

constexpr std::size_t kMostEnvironment = std::size_t{4} << 20;
constexpr int kMostRounds = 8;  // what is being ended may start others

// What the process was started with; "" if it can't be read, or isn't this user's.
std::string environment_of(const std::string& process) {
  struct stat status {};
  if (::stat(process.c_str(), &status) != 0 || status.st_uid != ::geteuid()) return {};
  const UniqueFd file(::open((process + "/environ").c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  std::string buffer(std::size_t{64} << 10, '\0');
  while (file && text.size() < kMostEnvironment) {
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    if (count <= 0) break;
    text.append(buffer, 0, static_cast<std::size_t>(count));
  }
  return text;
}

// The value of a variable among `NAME=value`s that end with NUL; nothing if there is none.
std::optional<std::string_view> value_of(std::string_view environment, std::string_view name) {
  while (!environment.empty()) {
    const std::string_view entry = environment.substr(0, environment.find('\0'));
    if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=') return entry.substr(name.size() + 1);
    environment.remove_prefix(std::min(environment.size(), entry.size() + 1));
  }
  return std::nullopt;
}

class Search {
 public:
  Search(const std::vector<std::string>& runs, const std::function<bool(std::string_view)>& spares)
      : runs_(runs), spares_(spares) {}

  // A descriptor for each process that is to be ended.
  std::vector<UniqueFd> find() const {
    std::vector<UniqueFd> found;
    const std::unique_ptr<DIR, int (*)(DIR*)> all(::opendir("/proc"), ::closedir);
    if (all == nullptr) return found;
    while (const dirent* entry = ::readdir(all.get())) {
      pid_t pid = 0;
      const char* end = entry->d_name + std::strlen(entry->d_name);
      if (const auto [rest, failure] = std::from_chars(entry->d_name, end, pid); rest != end || failure != std::errc()) continue;
      if (pid == ::getpid()) continue;
      // Opened before it is looked at: what is read is then of this process and none that has its number later.
      UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
      if (process && is_wanted("/proc/" + std::string(entry->d_name))) found.push_back(std::move(process));
    }
    return found;
  }

 private:
  bool is_wanted(const std::string& process) const {
    const std::string environment = environment_of(process);
    const std::optional<std::string_view> run = value_of(environment, "CORUN_RUN");
    if (!run || std::find(runs_.begin(), runs_.end(), *run) == runs_.end()) return false;
    const std::optional<std::string_view> job = value_of(environment, "CORUN_JOB");
    return !job || !spares_(*job);
  }

  const std::vector<std::string>& runs_;
  const std::function<bool(std::string_view)>& spares_;
};

void send(const std::vector<UniqueFd>& processes, int signal) {
  for (const UniqueFd& process : processes) ::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0);
}

// Waits until all have ended, at most so long.
void await(std::vector<UniqueFd>& processes, Duration most) {
  const TimePoint deadline = std::chrono::steady_clock::now() + most;
  while (!processes.empty()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return;
    pollfd ended{processes.back().get(), POLLIN, 0};
    if (::poll(&ended, 1, static_cast<int>(left.count())) > 0) processes.pop_back();
  }
}

}  // namespace

std::size_t end_orphans(const std::vector<std::string>& runs, const std::function<bool(std::string_view job)>& spares,
                        Duration grace) {
  const Search search(runs, spares);
  std::size_t count = 0;
  for (int round = 0; round < kMostRounds; ++round) {
    std::vector<UniqueFd> processes = search.find();
    if (processes.empty()) break;
    count += processes.size();
    if (round == 0) {
      send(processes, SIGTERM);
      send(processes, SIGCONT);
      await(processes, grace);
    }
    send(processes, SIGKILL);
    await(processes, 1s);
  }
  return count;
}

}  // namespace corun
