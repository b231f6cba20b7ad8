// A walk over directories, and reading in pieces. Knows nothing of what it is for.
#include "io/input_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

namespace corun {
namespace {

constexpr std::size_t kMostFiles = 100'000;
constexpr std::size_t kMostVisits = 1'000'000;  // of paths, by one glob
constexpr std::size_t kMostDepth = 64;
constexpr std::size_t kPiece = std::size_t{1} << 20;

std::string joined(const std::string& directory, const std::string& name) {
  if (directory.empty() || name.starts_with('/')) return name;
  return directory.ends_with('/') ? directory + name : directory + '/' + name;
}

std::vector<std::string> segments_of(std::string_view glob) {
  std::vector<std::string> segments;
  while (!glob.empty()) {
    const std::string_view segment = glob.substr(0, glob.find('/'));
    const bool repeats = segment == "**" && !segments.empty() && segments.back() == "**";
    if (!segment.empty() && segment != "." && !repeats) segments.emplace_back(segment);
    glob.remove_prefix(std::min(glob.size(), segment.size() + 1));
  }
  return segments;
}

struct Entry {
  std::string name;
  bool is_directory = false;
};

// One expansion of one glob.
class Walk {
 public:
  Walk(const std::string& directory, std::vector<std::string> segments, std::set<std::string>& files)
      : directory_(directory), segments_(std::move(segments)), files_(files) {}

  void from(const std::string& path) { enter(path, 0, 0); }
  bool is_whole() const { return visits_ <= kMostVisits; }

 private:
  // What segments from `index` on name below `path`.
  void enter(const std::string& path, std::size_t index, std::size_t depth) {
    if (depth > kMostDepth || ++visits_ > kMostVisits) return;
    if (index == segments_.size()) return add(path, depth);
    const std::string& segment = segments_[index];
    if (segment == "**") {
      if (index + 1 == segments_.size()) return add(path, depth);
      enter(path, index + 1, depth);
      for (const Entry& entry : list(path)) {
        if (entry.is_directory && entry.name[0] != '.') enter(joined(path, entry.name), index, depth + 1);
      }
      return;
    }
    if (segment.find_first_of("*?[\\") == std::string::npos) {
      struct stat status {};
      const std::string next = path.empty() ? segment : joined(path, segment);
      if (::stat(joined(directory_, next).c_str(), &status) == 0) enter(next, index + 1, depth + 1);
      return;
    }
    for (const Entry& entry : list(path)) {
      if (::fnmatch(segment.c_str(), entry.name.c_str(), FNM_PERIOD) == 0) enter(joined(path, entry.name), index + 1, depth + 1);
    }
  }

  // A file, or all files below a directory; links to directories aren't followed there.
  void add(const std::string& path, std::size_t depth) {
    struct stat status {};
    if (depth > kMostDepth || ++visits_ > kMostVisits || files_.size() > kMostFiles) return;
    if (::stat(joined(directory_, path.empty() ? "." : path).c_str(), &status) != 0) return;
    if (S_ISREG(status.st_mode)) files_.insert(path);
    if (!S_ISDIR(status.st_mode)) return;
    for (const Entry& entry : list(path)) {
      if (entry.name[0] == '.') continue;
      const std::string below = joined(path, entry.name);
      struct stat link {};
      if (!entry.is_directory && ::lstat(joined(directory_, below).c_str(), &link) == 0 && S_ISLNK(link.st_mode) &&
          is_directory(below)) {
        continue;
      }
      add(below, depth + 1);
    }
  }

  bool is_directory(const std::string& path) const {
    struct stat status {};
    return ::stat(joined(directory_, path).c_str(), &status) == 0 && S_ISDIR(status.st_mode);
  }

  std::vector<Entry> list(const std::string& path) const {
    std::vector<Entry> entries;
    const std::string whole = joined(directory_, path.empty() ? "." : path);
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(whole.c_str()), ::closedir);
    while (directory != nullptr) {
      const dirent* entry = ::readdir(directory.get());
      if (entry == nullptr) break;
      const std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      bool is_directory = entry->d_type == DT_DIR;
      if (entry->d_type == DT_UNKNOWN) {
        struct stat status {};
        is_directory = ::lstat(joined(whole, name).c_str(), &status) == 0 && S_ISDIR(status.st_mode);
      }
      entries.push_back({name, is_directory});
    }
    return entries;
  }

  const std::string& directory_;
  std::vector<std::string> segments_;
  std::set<std::string>& files_;
  std::size_t visits_ = 0;
};

}  // namespace

Result<std::vector<std::string>> find_files(const std::string& directory, const std::vector<std::string>& globs) {
  std::set<std::string> all;
  for (const std::string& glob : globs) {
    std::set<std::string> files;
    Walk walk(directory, segments_of(glob), files);
    walk.from(glob.starts_with('/') ? "/" : "");
    if (files.empty()) return Error{"no file matches `" + glob + '`'};
    all.merge(files);
    if (!walk.is_whole() || all.size() > kMostFiles) {
      return Error{"`" + glob + "` is too much: more than " + std::to_string(kMostFiles) + " files"};
    }
  }
  return std::vector<std::string>(all.begin(), all.end());
}

FileIdentity FileDigests::identity(const struct stat& status) {
  return {static_cast<std::int64_t>(status.st_dev),
          static_cast<std::int64_t>(status.st_ino),
          status.st_size,
          status.st_mtim.tv_sec,
          status.st_mtim.tv_nsec,
          status.st_ctim.tv_sec,
          status.st_ctim.tv_nsec};
}

// A small one is as soon read as looked up.
bool FileDigests::is_large(const struct stat& status) const {
  constexpr off_t kLarge = 64 << 10;
  return memory_ != nullptr && status.st_size >= kLarge;
}

std::optional<std::string> FileDigests::find(const struct stat& status) {
  const FileIdentity file = identity(status);
  const auto found = digests_.find(file);
  if (found != digests_.end()) return found->second;
  if (!is_large(status)) return std::nullopt;
  std::optional<std::string> known = memory_->find(file);
  if (known && digests_.size() < kMostFiles) digests_.emplace(file, *known);
  return known;
}

void FileDigests::remember(const struct stat& status, std::time_t looked, std::string digest) {
  constexpr std::int64_t kYoung = 2;  // seconds; file systems don't tell finer ones apart
  if (std::max(status.st_mtim.tv_sec, status.st_ctim.tv_sec) + kYoung > looked) return;
  const FileIdentity file = identity(status);
  if (is_large(status)) memory_->keep(file, digest);
  if (digests_.size() < kMostFiles) digests_.emplace(file, std::move(digest));
}

const std::string* SeenFiles::changed() const {
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    struct stat now {};
    if (::stat(joined(directory_, files_[i]).c_str(), &now) != 0) return &files_[i];
    if (seen_[i] != Seen{now.st_size, now.st_mtim.tv_sec, now.st_mtim.tv_nsec}) return &files_[i];
  }
  return nullptr;
}

Result<InputDigest> InputDigest::create(std::string directory, std::vector<std::string> files, FileDigests& known) {
  Result<ByteDigest> all = ByteDigest::create("sha256");
  if (!all) return all.error();
  Result<ByteDigest> one = ByteDigest::create("sha256");
  if (!one) return one.error();
  return InputDigest(SeenFiles(std::move(directory), std::move(files)), known, std::move(*all), std::move(*one));
}

bool InputDigest::step() {
  constexpr std::size_t kFiles = 32;
  const std::size_t last = next_ + kFiles;
  for (std::size_t read = 0; read < kPiece && next_ < last;) {
    if (!advance(read)) return false;
  }
  return true;
}

bool InputDigest::advance(std::size_t& read) {
  if (fd_) return read_some(read);
  return next_ < files_.size() && open();
}

// Opens the next file; what is known of it already needn't be read.
bool InputDigest::open() {
  fd_ = UniqueFd(::open(joined(files_.directory(), files_.path(next_)).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd_ || ::fstat(fd_.get(), &status_) != 0) return fail(std::strerror(errno));
  if (!S_ISREG(status_.st_mode)) return fail("it isn't a file");
  looked_ = ::time(nullptr);  // reading may take long, and what changes meanwhile is to be seen
  if (const std::optional<std::string> known = known_.find(status_)) {
    end_file(*known);
    return true;
  }
  one_.restart();
  return true;
}

bool InputDigest::read_some(std::size_t& read) {
  constexpr std::size_t kBuffer = std::size_t{256} << 10;
  if (buffer_.empty()) buffer_.resize(kBuffer);
  const ssize_t count = ::read(fd_.get(), buffer_.data(), buffer_.size());
  if (count < 0) return errno == EINTR || fail(std::strerror(errno));
  if (count > 0) {
    read += static_cast<std::size_t>(count);
    one_.update(std::string_view(buffer_).substr(0, static_cast<std::size_t>(count)));
    return true;
  }
  std::string digest = one_.finish();
  known_.remember(status_, looked_, digest);
  end_file(digest);
  return true;
}

bool InputDigest::fail(const char* what) {
  error_ = Error{'`' + files_.path(next_) + "`: " + what};
  return false;
}

void InputDigest::end_file(const std::string& digest) {
  all_.update(files_.path(next_) + '\0' + digest);
  files_.add(status_);
  fd_.reset();
  ++next_;
}

}  // namespace corun
