// The files that globs name, and one digest of all they hold, made in small steps. Knows nothing of what it is for.
#pragma once

#include <sys/stat.h>

#include <array>
#include <cstdint>
#include <ctime>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/file_memory.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "io/digest.h"

namespace corun {

/// The files that `globs` name from `directory` on, sorted, as paths from there. `**` is any number of directories; a directory
/// stands for all files below it; hidden ones count only where a glob says so. An error if a glob names none, or all too many.
Result<std::vector<std::string>> find_files(const std::string& directory, const std::vector<std::string>& globs);

/// Digests of files by what tells apart a file that has changed since.
class FileDigests {
 public:
  /// `memory`: of large files, what other runs know; null: nothing. It must outlive this.
  explicit FileDigests(FileMemory* memory = nullptr) : memory_(memory) {}

  std::optional<std::string> find(const struct stat& status);
  /// Unless the file was so young when its status was looked at, at `looked`, that another change wouldn't be seen.
  void remember(const struct stat& status, std::time_t looked, std::string digest);

 private:
  static FileIdentity identity(const struct stat& status);
  bool is_large(const struct stat& status) const;

  FileMemory* memory_;
  std::map<FileIdentity, std::string> digests_;
};

/// Files as they were when they were read.
class SeenFiles {
 public:
  SeenFiles() = default;
  SeenFiles(std::string directory, std::vector<std::string> files) : directory_(std::move(directory)), files_(std::move(files)) {}

  void add(const struct stat& status) { seen_.push_back({status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec}); }
  const std::string& path(std::size_t index) const { return files_[index]; }
  std::size_t size() const { return files_.size(); }
  const std::string& directory() const { return directory_; }
  /// The first one that isn't there any more, or was written to since; null: none.
  const std::string* changed() const;

 private:
  using Seen = std::array<std::int64_t, 3>;  // size, and when its contents changed

  std::string directory_;
  std::vector<std::string> files_;
  std::vector<Seen> seen_;
};

/// The digest of the names and contents of many files.
class InputDigest {
 public:
  /// `known` must outlive this.
  static Result<InputDigest> create(std::string directory, std::vector<std::string> files, FileDigests& known);

  /// Reads on, a mebibyte or some files; false: it is done, or has failed.
  bool step();
  /// What went wrong.
  const std::optional<Error>& error() const { return error_; }
  /// After the last step.
  std::string finish() { return all_.finish(); }
  /// After the last step.
  SeenFiles take_files() { return std::move(files_); }

 private:
  InputDigest(SeenFiles files, FileDigests& known, ByteDigest all, ByteDigest one)
      : files_(std::move(files)), known_(known), all_(std::move(all)), one_(std::move(one)) {}

  bool advance(std::size_t& read);
  bool open();
  bool read_some(std::size_t& read);
  bool fail(const char* what);
  void end_file(const std::string& digest);

  SeenFiles files_;
  FileDigests& known_;
  ByteDigest all_;
  ByteDigest one_;  // of the file that is being read
  UniqueFd fd_;
  std::string buffer_;
  struct stat status_ {};
  std::time_t looked_ = 0;  // when it was that
  std::size_t next_ = 0;
  std::optional<Error> error_;
};

}  // namespace corun
