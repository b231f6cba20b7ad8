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

// The process that has started `pid`; 0: it can't be told.
pid_t parent_of(pid_t pid) {
  const UniqueFd file(::open(("/proc/" + std::to_string(pid) + "/stat").c_str(), O_RDONLY | O_CLOEXEC));
  std::string text(1024, '\0');
  const ssize_t count = file ? ::read(file.get(), text.data(), text.size()) : 0;
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  const std::size_t name_end = text.rfind(") ");  // a name may hold anything
  pid_t parent = 0;
  if (name_end != std::string::npos && name_end + 4 < text.size()) {
    std::from_chars(text.data() + name_end + 4, text.data() + text.size(), parent);
  }
  return parent;
}

// This process and those above it.
std::vector<pid_t> own_line() {
  constexpr std::size_t kMost = 1000;
  std::vector<pid_t> line;
  for (pid_t pid = ::getpid(); pid > 1 && line.size() < kMost; pid = parent_of(pid)) line.push_back(pid);
  return line;
}

struct Orphan {
  pid_t pid = 0;
  UniqueFd process;
};

class Search {
 public:
  Search(const std::vector<std::string>& runs, const SparesOrphan& spares) : runs_(runs), spares_(spares), own_(own_line()) {}

  // Each process that is to be ended.
  std::vector<Orphan> find() const {
    std::vector<Orphan> found;
    const std::unique_ptr<DIR, int (*)(DIR*)> all(::opendir("/proc"), ::closedir);
    if (all == nullptr) return found;
    while (const dirent* entry = ::readdir(all.get())) {
      pid_t pid = 0;
      const char* end = entry->d_name + std::strlen(entry->d_name);
      if (const auto [rest, failure] = std::from_chars(entry->d_name, end, pid); rest != end || failure != std::errc()) continue;
      if (std::find(own_.begin(), own_.end(), pid) != own_.end()) continue;
      // Opened before it is looked at: what is read is then of this process and none that has its number later.
      UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
      if (process && is_wanted("/proc/" + std::string(entry->d_name))) found.push_back(Orphan{pid, std::move(process)});
    }
    return found;
  }

 private:
  bool is_wanted(const std::string& process) const {
    const std::string environment = environment_of(process);
    const std::optional<std::string_view> id = value_of(environment, "CORUN_RUN");
    if (!id) return false;
    const auto run = std::find(runs_.begin(), runs_.end(), *id);
    if (run == runs_.end()) return false;
    const std::optional<std::string_view> job = value_of(environment, "CORUN_JOB");
    return !job || !spares_(static_cast<std::size_t>(run - runs_.begin()), *job);
  }

  const std::vector<std::string>& runs_;
  const SparesOrphan& spares_;
  const std::vector<pid_t> own_;
};

void send(const std::vector<Orphan>& orphans, int signal) {
  for (const Orphan& each : orphans) ::syscall(SYS_pidfd_send_signal, each.process.get(), signal, nullptr, 0);
}

// Waits until all have ended, at most so long; those that haven't are left.
void await(std::vector<Orphan>& orphans, Duration most) {
  const TimePoint deadline = std::chrono::steady_clock::now() + most;
  std::erase_if(orphans, [&](const Orphan& each) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd ended{each.process.get(), POLLIN, 0};
    return ::poll(&ended, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0))) > 0;
  });
}

}  // namespace

std::string describe(const OrphansEnded& orphans) {
  const std::string count = std::to_string(orphans.found) + (orphans.found == 1 ? " process" : " processes") + " behind: ";
  return count + (orphans.left == 0 ? "ended" : std::to_string(orphans.left) + " of them can't be ended");
}

OrphansEnded end_orphans(const std::vector<std::string>& runs, const SparesOrphan& spares, Duration grace) {
  constexpr Duration kKilled = 1s;
  const Search search(runs, spares);
  OrphansEnded ended;
  for (int round = 0; round < kMostRounds; ++round) {
    std::vector<Orphan> orphans = search.find();
    const std::size_t found = orphans.size();
    ended.found += found - std::min(found, ended.left);  // those that the last round has left are known
    ended.left = 0;
    if (orphans.empty()) break;
    if (round == 0) {
      send(orphans, SIGTERM);
      send(orphans, SIGCONT);
      await(orphans, grace);
    }
    send(orphans, SIGKILL);
    await(orphans, kKilled);
    ended.left = orphans.size();
    if (ended.left == found) break;  // what can't be killed now won't be in a moment
  }
  return ended;
}

}  // namespace corun
