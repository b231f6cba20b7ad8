// How a part is made, written and put in its place. Knows nothing of where the bytes come from.
#include "io/part_file.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "base/write_all.h"
#include "io/http_words.h"

namespace corun {
namespace {

constexpr mode_t kFileMode = 0666;                 // less the umask
constexpr std::uint64_t kFlushEvery = 8ULL << 20;  // so that the fsync in the end has little to do
constexpr std::size_t kLongestEtag = 1024;
constexpr std::string_view kRule = "files are saved only below it";

std::string working_directory() {
  const std::unique_ptr<char, void (*)(void*)> path(::getcwd(nullptr, 0), std::free);
  return path ? path.get() : "";
}

int open_below(const std::string& directory) {
  open_how how{};
  how.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  int fd = -1;
  do {
    fd = static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, directory.c_str(), &how, sizeof how));
  } while (fd < 0 && (errno == EINTR || errno == EAGAIN));  // EAGAIN: something was renamed meanwhile
  return fd;
}

}  // namespace

Result<std::string> path_below(const std::string& path, const std::string& below) {
  if (path.empty()) return Error{"the path is empty"};
  if (path.find('\0') != std::string::npos) return Error{"the path has a NUL byte"};
  std::string relative = path;
  if (path.front() == '/') {
    const std::string prefix = below.ends_with('/') ? below : below + '/';
    if (!path.starts_with(prefix)) {
      return Error{"it isn't below the working directory " + below + ", and " + std::string(kRule)};
    }
    relative = path.substr(prefix.size());
    relative.erase(0, relative.find_first_not_of('/'));
  }
  const std::string last = relative.substr(relative.rfind('/') + 1);
  if (last.empty() || last == "." || last == "..") return Error{"it is the path of a directory"};
  return relative;
}

PartFile::~PartFile() {
  if (!fd_ || stays() || !is_ours()) return;
  ::unlinkat(directory_.get(), part_name().c_str(), 0);
  ::unlinkat(directory_.get(), etag_name().c_str(), 0);
}

Error PartFile::problem(const std::string& why) const { return Error{"can't save to " + path_ + ": " + why}; }

std::optional<Error> PartFile::locate(const std::string& path) {
  path_ = path;
  const std::string below = working_directory();
  const Result<std::string> relative = path_below(path, below);
  if (!relative) return problem(relative.error().message);
  const std::size_t slash = relative->rfind('/');
  const std::string directory = slash == std::string::npos ? "." : relative->substr(0, slash);
  name_ = slash == std::string::npos ? *relative : relative->substr(slash + 1);
  directory_.reset(open_below(directory));
  if (directory_) return std::nullopt;
  if (errno == EXDEV) {
    return problem("`..` or a symbolic link leads out of the working directory " + below + ", and " + std::string(kRule));
  }
  if (errno == ENOENT) return problem("the directory " + directory + " doesn't exist");
  return problem("the directory " + directory + " can't be opened: " + system_message(errno));
}

bool PartFile::exists() const {
  struct stat status {};
  return ::fstatat(directory_.get(), name_.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
}

bool PartFile::is_directory() const {
  struct stat status {};
  return ::fstatat(directory_.get(), name_.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

std::uint64_t PartFile::size_in_place() const {
  struct stat status {};
  return ::fstatat(directory_.get(), name_.c_str(), &status, 0) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

// Whether the part's name still stands for the file that is open, and no other name does.
bool PartFile::is_ours() const {
  struct stat open {};
  struct stat named {};
  return ::fstat(fd_.get(), &open) == 0 && S_ISREG(open.st_mode) && open.st_nlink == 1 &&
         ::fstatat(directory_.get(), part_name().c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 && open.st_dev == named.st_dev &&
         open.st_ino == named.st_ino;
}

std::optional<Error> PartFile::open(bool resume) {
  const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | (resume ? O_APPEND : O_EXCL);
  UniqueFd fd(::openat(directory_.get(), part_name().c_str(), flags, kFileMode));
  if (!fd && errno == EEXIST) {
    return problem(part_path() + " exists: another job writes it, or one was killed (remove it, or say `resume: true`)");
  }
  if (!fd && errno == ELOOP) return problem(part_path() + " is a symbolic link");
  if (!fd) return problem(system_message(errno));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    return problem("another job writes " + part_path());
  }
  fd_ = std::move(fd);
  if (!is_ours()) {
    fd_.reset();
    return problem(part_path() + " isn't a plain file of its own");
  }
  struct stat status {};
  ::fstat(fd_.get(), &status);
  size_ = flushed_ = static_cast<std::uint64_t>(status.st_size);
  resume_ = resume;
  return std::nullopt;
}

std::optional<Error> PartFile::write(std::string_view bytes) {
  if (const int error = write_all(fd_.get(), bytes); error != 0) {
    struct stat status {};
    if (::fstat(fd_.get(), &status) == 0) size_ = static_cast<std::uint64_t>(status.st_size);
    return problem(system_message(error));
  }
  size_ += bytes.size();
  if (size_ - flushed_ >= kFlushEvery) {
    ::sync_file_range(fd_.get(), static_cast<off64_t>(flushed_), static_cast<off64_t>(size_ - flushed_), SYNC_FILE_RANGE_WRITE);
    flushed_ = size_;
  }
  return std::nullopt;
}

std::optional<Error> PartFile::start_over() {
  if (::ftruncate(fd_.get(), 0) != 0 || ::lseek(fd_.get(), 0, SEEK_SET) != 0) return problem(system_message(errno));
  size_ = flushed_ = 0;
  return std::nullopt;
}

Result<std::string> PartFile::read(std::uint64_t offset, std::size_t most) const {
  std::string bytes(most, '\0');
  ssize_t count = 0;
  do {
    count = ::pread(fd_.get(), bytes.data(), most, static_cast<off_t>(offset));
  } while (count < 0 && errno == EINTR);
  if (count < 0) return problem(part_path() + " can't be read: " + system_message(errno));
  bytes.resize(static_cast<std::size_t>(count));
  return bytes;
}

std::string PartFile::etag() const {
  const UniqueFd fd(::openat(directory_.get(), etag_name().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK));
  if (!fd) return {};
  std::string text(kLongestEtag, '\0');
  const ssize_t count = ::read(fd.get(), text.data(), text.size());
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return text;
}

std::optional<Error> PartFile::set_etag(const std::string& etag) {
  ::unlinkat(directory_.get(), etag_name().c_str(), 0);
  if (etag.empty() || etag.size() > kLongestEtag) return std::nullopt;
  const UniqueFd fd(::openat(directory_.get(), etag_name().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode));
  const int error = fd ? write_all(fd.get(), etag) : errno;
  if (error == 0) return std::nullopt;
  ::unlinkat(directory_.get(), etag_name().c_str(), 0);
  return problem(path_ + ".part.etag can't be written: " + system_message(error));
}

// 0, or -1 with errno set.
int PartFile::rename(bool replace) {
  const std::string part = part_name();
  if (replace) return ::renameat(directory_.get(), part.c_str(), directory_.get(), name_.c_str());
  const int renamed = ::renameat2(directory_.get(), part.c_str(), directory_.get(), name_.c_str(), RENAME_NOREPLACE);
  if (renamed == 0 || errno != EINVAL) return renamed;
  // Not every file system can; a second name never replaces another file either.
  if (::linkat(directory_.get(), part.c_str(), directory_.get(), name_.c_str(), 0) != 0) return -1;
  return ::unlinkat(directory_.get(), part.c_str(), 0);
}

std::optional<Error> PartFile::put_in_place(bool replace) {
  if (::fsync(fd_.get()) != 0) return problem(system_message(errno));
  if (!is_ours()) return problem(part_path() + " was removed or replaced meanwhile");
  if (rename(replace) != 0) return problem(errno == EEXIST ? "the file exists" : system_message(errno));
  fd_.reset();
  if (resume_) ::unlinkat(directory_.get(), etag_name().c_str(), 0);
  if (::fsync(directory_.get()) != 0 && errno != EINVAL) return problem("its directory: " + system_message(errno));
  return std::nullopt;
}

}  // namespace corun
