// Log files: created late, appended, read back. Knows nothing of jobs but their names.
#include "state/log_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <vector>

#include "state/store.h"

namespace corun {
namespace fs = std::filesystem;

namespace {

std::string read_at(const UniqueFd& file, std::uint64_t offset, std::size_t most) {
  std::string bytes(most, '\0');
  const ssize_t count = file ? ::pread(file.get(), bytes.data(), most, static_cast<off_t>(offset)) : 0;
  bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return bytes;
}

UniqueFd copy_of(const UniqueFd& file) { return UniqueFd(file ? ::fcntl(file.get(), F_DUPFD_CLOEXEC, 3) : -1); }

// A log's files, opened when they are read. What is in the overflow is known only as far as it was at first.
class KeptLog final : public OutputLog {
 public:
  KeptLog(std::string path, UniqueFd file, UniqueFd overflow, std::uint64_t overflow_start, std::uint64_t size)
      : path_(std::move(path)),
        file_(std::move(file)),
        overflow_(std::move(overflow)),
        overflow_start_(overflow_start),
        size_(size) {}

  std::uint64_t size() const override { return size_; }
  std::string read(std::uint64_t offset, std::size_t most) const override {
    if (overflow_ && offset >= overflow_start_) return read_at(overflow_, offset - overflow_start_, most);
    if (!path_.empty() && !file_) file_ = UniqueFd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    return read_at(file_, offset, most);
  }
  std::string path() const override { return path_; }
  std::unique_ptr<OutputLog> keep() const override {
    return std::make_unique<KeptLog>(path_, copy_of(file_), copy_of(overflow_), overflow_start_, size_);
  }

 private:
  std::string path_;
  mutable UniqueFd file_;
  UniqueFd overflow_;
  std::uint64_t overflow_start_;
  std::uint64_t size_;
};

}  // namespace

std::string JobLog::place() const { return store_.directory_ + '/' + file_name_; }

std::string JobLog::path() const { return named_ ? place() : std::string(); }

std::string JobLog::name() const { return named_ ? store_.run_id_ + '/' + file_name_ : std::string(); }

// Takes off `bytes` what could be written; true if that is all.
bool JobLog::write(const UniqueFd& file, std::string_view& bytes) {
  while (!bytes.empty() && file) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) break;
    size_ += static_cast<std::uint64_t>(written);
    if (!file_name_.empty()) store_.bytes_ += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return bytes.empty();
}

void JobLog::append(std::string_view bytes) {
  if (!opened_) {
    opened_ = true;
    file_ = store_.open_file(file_name_, named_);
  } else if (named_ && !file_) {
    file_ = UniqueFd(::open(place().c_str(), O_RDWR | O_APPEND | O_CLOEXEC));
  }
  if (!overflow_) {
    if (write(file_, bytes)) return;
    store_.warn_once(std::string("a job's log can't be written: ") + std::strerror(errno));
    if (!named_) return;
    overflow_ = store_.open_nameless();
    overflow_start_ = size_;
  }
  write(overflow_, bytes);
}

void JobLog::rest() {
  if (named_) file_.reset();
}

std::string JobLog::read(std::uint64_t offset, std::size_t most) const {
  if (named_ && !file_) file_ = UniqueFd(::open(place().c_str(), O_RDWR | O_APPEND | O_CLOEXEC));
  const bool in_overflow = overflow_ && offset >= overflow_start_;
  return in_overflow ? read_at(overflow_, offset - overflow_start_, most) : read_at(file_, offset, most);
}

std::unique_ptr<OutputLog> JobLog::keep() const {
  UniqueFd file = named_ ? UniqueFd() : copy_of(file_);
  if (!named_ && !file) return nullptr;
  return std::make_unique<KeptLog>(path(), std::move(file), copy_of(overflow_), overflow_start_, size_);
}

LogStore::LogStore(std::string state_directory, std::string run_id, Warn warn)
    : state_directory_(std::move(state_directory)),
      run_id_(std::move(run_id)),
      runs_directory_(state_directory_ + "/runs"),
      directory_(runs_directory_ + '/' + run_id_),
      warn_(std::move(warn)) {}

std::string log_file_name(std::string_view job) {
  constexpr std::size_t kMostNameBytes = 200;  // leaves room for the ending within a file system's 255
  std::string name(job.substr(0, kMostNameBytes));
  std::replace(name.begin(), name.end(), '/', '~');
  if (name.starts_with('.')) name[0] = '_';
  return name + ".log";
}

std::unique_ptr<JobLog> LogStore::create(std::string_view job) { return std::make_unique<JobLog>(*this, log_file_name(job)); }

std::unique_ptr<JobLog> LogStore::create_nameless() { return std::make_unique<JobLog>(*this, std::string()); }

void LogStore::warn_once(std::string_view message) {
  if (!warned_) warn_(message);
  warned_ = true;
}

bool LogStore::make_run_directory() {
  if (made_) return true;
  for (const std::string& path : {state_directory_, runs_directory_, directory_}) {
    if (const int error = make_state_directory(path); error != 0) {
      warn_once("no logs are kept: " + path + " can't be made: " + std::strerror(error));
      state_directory_.clear();
      return false;
    }
  }
  lock_ = UniqueFd(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (lock_) ::flock(lock_.get(), LOCK_SH | LOCK_NB);
  made_ = true;
  return true;
}

UniqueFd LogStore::open_file(const std::string& name, bool& named) {
  named = false;
  if (!name.empty() && !state_directory_.empty() && make_run_directory()) {
    const std::string path = directory_ + '/' + name;
    UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
    if (file) {
      named = true;
      return file;
    }
    warn_once("a job's log can't be kept: " + path + ": " + std::strerror(errno));
  }
  return open_nameless();
}

UniqueFd LogStore::open_nameless() {
  const char* temporary = std::getenv("TMPDIR");
  const std::string directory = temporary != nullptr && *temporary != '\0' ? temporary : "/tmp";
  UniqueFd file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_APPEND | O_CLOEXEC, 0600));
  if (!file) {  // not every file system has nameless files
    std::string pattern = directory + "/corun-XXXXXX";
    file = UniqueFd(::mkostemp(pattern.data(), O_APPEND | O_CLOEXEC));
    if (file) ::unlink(pattern.c_str());
  }
  if (!file) warn_once("a job's output can't be kept: no file can be made in " + directory + ": " + std::strerror(errno));
  return file;
}

}  // namespace corun
