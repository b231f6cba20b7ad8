// Programs on terminals and pipes. Knows nothing of what they should do.
#include "support/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace corun {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto kLong = 30s;

bool waits_for(auto condition) {
  const auto give_up = std::chrono::steady_clock::now() + kLong;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    ::usleep(2000);
  }
  return true;
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Between fork and exec no handler of the test's may run.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, &before_);
  }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;
  ~BlockedSignals() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

void reset_signals() {
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace

Scratch::Scratch() {
  std::string pattern = (fs::temp_directory_path() / "corun-signals-XXXXXX").string();
  directory_ = ::mkdtemp(pattern.data());
}

Scratch::~Scratch() {
  for (const pid_t pid : living()) ::kill(pid, SIGKILL);
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

void Scratch::write(const std::string& name, const std::string& text) const { std::ofstream(directory_ / name) << text; }

std::string Scratch::read(const std::string& name) const { return text_of(directory_ / name); }

bool Scratch::await(const std::string& name) const {
  return waits_for([&] { return fs::exists(directory_ / name); });
}

std::vector<pid_t> Scratch::living() const {
  std::vector<pid_t> found;
  const std::string wanted = "SCRATCH=" + directory_.string();
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid > 0 && text_of(entry.path() / "environ").find(wanted + '\0') != std::string::npos) found.push_back(pid);
  }
  return found;
}

std::size_t Scratch::processes_left() const {
  waits_for([&, give_up = std::chrono::steady_clock::now() + 3s] {
    return living().empty() || std::chrono::steady_clock::now() > give_up;
  });
  return living().size();
}

void Scratch::become(const std::vector<std::string>& argv) const {
  const std::string state = "CORUN_STATE_DIR=" + (directory_ / "state").string();
  std::vector<std::string> environment = {"PATH=/usr/local/bin:/usr/bin:/bin", std::string("CORUN=") + CORUN_BINARY, "TERM=dumb",
                                          "SCRATCH=" + directory_.string(), state};
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  std::vector<char*> variables;
  for (std::string& variable : environment) variables.push_back(variable.data());
  variables.push_back(nullptr);
  if (::chdir(directory_.c_str()) == 0) ::execvpe(words[0], words.data(), variables.data());
  ::_exit(200);
}

Scratch::Program Scratch::start(const std::vector<std::string>& argv, int ignored_signal) const {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return {};
  Program program;
  const BlockedSignals blocked;
  program.pid = ::fork();
  if (program.pid == 0) {
    reset_signals();
    if (ignored_signal != 0) ::signal(ignored_signal, SIG_IGN);
    ::dup2(::open("/dev/null", O_RDONLY), 0);
    ::dup2(ends[1], 1);
    ::dup2(ends[1], 2);
    become(argv);
  }
  ::close(ends[1]);
  program.out = UniqueFd(ends[0]);
  return program;
}

Scratch::Program Scratch::start_on_terminal(const std::vector<std::string>& argv) const {
  int master = -1;
  Program program;
  const BlockedSignals blocked;
  program.pid = ::forkpty(&master, nullptr, nullptr, nullptr);
  if (program.pid == 0) {
    reset_signals();
    become(argv);
  }
  ::fcntl(master, F_SETFD, FD_CLOEXEC);
  program.out = UniqueFd(master);
  return program;
}

Scratch::Ended Scratch::Program::wait() const {
  int status = 0;
  Ended ended;
  if (!waits_for([&] { return ::waitpid(pid, &status, WNOHANG) != 0; })) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, &status, 0);
    return ended;
  }
  if (WIFEXITED(status)) ended.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
  ended.dumped = WIFSIGNALED(status) && WCOREDUMP(status);
  return ended;
}

bool Scratch::Program::stops() const {
  int status = 0;
  return waits_for([&] { return ::waitpid(pid, &status, WNOHANG | WUNTRACED) != 0; }) && WIFSTOPPED(status);
}

std::string Scratch::Program::read_all() const {
  std::string text;
  char buffer[65536];
  for (;;) {
    const ssize_t count = ::read(out.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;  // EIO: a terminal that nobody has open
    text.append(buffer, static_cast<std::size_t>(count));
  }
}

bool Scratch::Program::reads(const std::string& text) const {
  std::string so_far;
  char buffer[4096];
  const auto give_up = std::chrono::steady_clock::now() + kLong;
  while (so_far.find(text) == std::string::npos) {
    pollfd readable{out.get(), POLLIN, 0};
    if (::poll(&readable, 1, 1000) == 0) {
      if (std::chrono::steady_clock::now() > give_up) return false;
      continue;
    }
    const ssize_t count = ::read(out.get(), buffer, sizeof buffer);
    if (count <= 0) return false;
    so_far.append(buffer, static_cast<std::size_t>(count));
  }
  return true;
}

void Scratch::Program::types(const std::string& keys) const {
  if (::write(out.get(), keys.data(), keys.size()) < 0) return;
}

}  // namespace corun
