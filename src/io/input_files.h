// The files that globs name, and one digest of all they hold, made in small steps. Knows nothing of what it is for.
#pragma once

#include <sys/stat.h>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

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
  const std::string* find(const struct stat& status) const;
  /// Unless the file is so young that another change wouldn't be seen.
  void remember(const struct stat& status, std::string digest);

 private:
  using Identity = std::array<std::int64_t, 7>;
  static Identity identity(const struct stat& status);

  std::map<Identity, std::string> digests_;
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

 private:
  InputDigest(std::string directory, std::vector<std::string> files, FileDigests& known, ByteDigest all, ByteDigest one)
      : directory_(std::move(directory)), files_(std::move(files)), known_(known), all_(std::move(all)), one_(std::move(one)) {}

  bool advance(std::size_t& read);
  bool open();
  bool read_some(std::size_t& read);
  bool fail(const char* what);
  void end_file(const std::string& digest);

  std::string directory_;
  std::vector<std::string> files_;
  FileDigests& known_;
  ByteDigest all_;
  ByteDigest one_;  // of the file that is being read
  UniqueFd fd_;
  std::string buffer_;
  struct stat status_ {};
  std::size_t next_ = 0;
  std::optional<Error> error_;
};

}  // namespace corun
