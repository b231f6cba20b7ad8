// Locks by flock(2) in files that stay. Knows nothing of runs or of processes.
#include "state/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "base/digest.h"
#include "state/store.h"

namespace corun {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = 64 << 10;
constexpr std::string_view kEnding = ".lock";
constexpr std::string_view kFirstLine = "corun lock 1\n";
constexpr std::string_view kLastLine = "end\n";

// Such as `nightly-3f0e…`: to be recognised by people, and one a key.
std::string file_name(std::string_view key) {
  constexpr std::size_t kMostLetters = 60;
  std::string name;
  for (const char c : key.substr(key.rfind('/') + 1).substr(0, kMostLetters)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    name += plain ? c : '_';
  }
  std::array<char, 20> digits{};
  std::snprintf(digits.data(), digits.size(), "-%016llx", static_cast<unsigned long long>(Digest().add(key).value()));
  return name + digits.data();
}

std::string read_whole(int file) {
  std::string text(kMostBytes, '\0');
  const ssize_t count = ::pread(file, text.data(), text.size(), 0);
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return text;
}

std::string one_line(std::string_view text) {
  std::string line(text.substr(0, 4096));
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

template <typename Number>
Number number_of(std::string_view text) {
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string to_text(const LockHolder& holder) {
  std::string text(kFirstLine);
  const auto add = [&text](std::string_view name, std::string_view value) {
    text += name;
    text += ' ';
    text += one_line(value) + '\n';
  };
  add("lock", holder.lock);
  add("run", holder.run);
  add("file", holder.file);
  add("machine", holder.machine);
  add("pid", std::to_string(holder.pid));
  add("birth", std::to_string(holder.birth));
  add("since", std::to_string(holder.since));
  return text.append(kLastLine);
}

std::optional<LockHolder> parse_holder(std::string_view text) {
  if (!text.starts_with(kFirstLine) || !text.ends_with(kLastLine)) return std::nullopt;
  text.remove_prefix(kFirstLine.size());
  LockHolder holder;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() + 1);
    const std::string_view name = line.substr(0, line.find(' '));
    const std::string_view value = line.substr(std::min(line.size(), name.size() + 1));
    if (name == "lock") holder.lock = value;
    if (name == "run") holder.run = value;
    if (name == "file") holder.file = value;
    if (name == "machine") holder.machine = value;
    if (name == "pid") holder.pid = number_of<pid_t>(value);
    if (name == "birth") holder.birth = number_of<std::uint64_t>(value);
    if (name == "since") holder.since = number_of<std::int64_t>(value);
  }
  if (holder.pid <= 0) return std::nullopt;
  return holder;
}

UniqueFd open_file(const std::string& path, int flags) {
  return UniqueFd(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600));
}

}  // namespace

Result<LockFile> LockFile::open(const std::string& state_directory, std::string_view key) {
  const auto problem = [&](const std::string& what, int error) { return Error{what + ": " + std::strerror(error)}; };
  if (state_directory.empty()) return Error{"there is no state directory"};
  if (const int error = make_state_directory(state_directory); error != 0) return problem(state_directory, error);
  const std::string directory = state_directory + "/locks";
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return problem(directory, errno);
  std::string path = directory + '/' + file_name(key);
  UniqueFd file = open_file(path + std::string(kEnding), O_RDWR | O_CREAT);
  if (!file) return problem(path + std::string(kEnding), errno);
  return LockFile(std::move(file), std::move(path));
}

bool LockFile::try_take() {
  int result = 0;
  do {
    result = ::flock(file_.get(), LOCK_EX | LOCK_NB);
  } while (result != 0 && errno == EINTR);
  return result == 0;
}

void LockFile::write(const LockHolder& holder) {
  const std::string text = to_text(holder);
  // Who reads meanwhile finds no last line, and nothing.
  if (::ftruncate(file_.get(), 0) != 0) return;
  if (::pwrite(file_.get(), text.data(), text.size(), 0) < 0) return;
}

std::optional<LockHolder> LockFile::holder() const { return parse_holder(read_whole(file_.get())); }

void LockFile::release() {
  if (!file_) return;
  [[maybe_unused]] const int ignored = ::ftruncate(file_.get(), 0);
  file_.reset();
}

std::uint64_t LockFile::note_skip() const {
  const UniqueFd file = open_file(path_ + ".skipped", O_WRONLY | O_CREAT | O_APPEND);
  struct stat status {};
  if (!file || ::write(file.get(), ".", 1) != 1 || ::fstat(file.get(), &status) != 0) return 1;
  return static_cast<std::uint64_t>(status.st_size);
}

void LockFile::forget_skips() const { [[maybe_unused]] const int ignored = ::truncate((path_ + ".skipped").c_str(), 0); }

std::vector<LockHolder> lock_holders(const std::string& state_directory) {
  std::vector<LockHolder> holders;
  std::error_code error;
  for (fs::directory_iterator entry(state_directory + "/locks", error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() != kEnding) continue;
    const UniqueFd file = open_file(entry->path().string(), O_RDONLY);
    if (!file) continue;
    if (std::optional<LockHolder> holder = parse_holder(read_whole(file.get()))) holders.push_back(std::move(*holder));
  }
  std::sort(holders.begin(), holders.end(), [](const LockHolder& a, const LockHolder& b) { return a.lock < b.lock; });
  return holders;
}

}  // namespace corun
