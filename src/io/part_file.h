// A file that comes into being whole: written beside its place as NAME.part, then put there by one rename. Knows nothing of
// where the bytes come from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace corun {

/// `path` as seen from the directory `below`, in which or below which it must lie: an absolute path loses its beginning.
/// The error says why it can't be the path of a file there. `..` and symbolic links are for the kernel to judge.
Result<std::string> path_below(const std::string& path, const std::string& below);

/// First `locate`, then `open`, `write`, and in the end `put_in_place`. What is left undone at its end is removed, unless it
/// may be continued. Errors are fit for people.
class PartFile {
 public:
  PartFile() = default;
  ~PartFile();
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  /// Before anything else: gives the part an ending of its own, where others for the same file may be written beside it.
  void tell_apart(std::string ending) { ending_ = std::move(ending); }

  /// Finds the directory of `path`, which must exist at or below the working directory: no `..` and no symbolic link leads
  /// out of it.
  std::optional<Error> locate(const std::string& path);
  /// Whether something stands at the path.
  bool exists() const;
  bool is_directory() const;
  /// Of what stands at the path; 0 if nothing does.
  std::uint64_t size_in_place() const;

  /// Creates the part, which must not exist; with `resume` opens one that is there. It belongs to one process at a time.
  std::optional<Error> open(bool resume);
  std::uint64_t size() const { return size_; }
  std::optional<Error> write(std::string_view bytes);
  /// Empties it.
  std::optional<Error> start_over();
  /// Up to `most` of its bytes from `offset`; "" at its end.
  Result<std::string> read(std::uint64_t offset, std::size_t most) const;
  /// The part won't be continued: it is removed at the end even with `resume`.
  void forget() { resume_ = false; }
  /// Whether something stays to be continued if this ends now.
  bool stays() const { return fd_ && resume_ && size_ > 0; }
  std::string part_path() const { return path_ + ".part" + ending_; }

  /// The ETag of what is in the part, kept beside it as NAME.part.etag (extended attributes don't exist on every file
  /// system); "" if none is known. Only with `resume`.
  std::string etag() const;
  std::optional<Error> set_etag(const std::string& etag);

  /// Makes it durable and gives it its name; without `replace` only if nothing has the name.
  std::optional<Error> put_in_place(bool replace);

 private:
  Error problem(const std::string& why) const;
  std::string part_name() const { return name_ + ".part" + ending_; }
  std::string etag_name() const { return name_ + ".part.etag"; }
  bool is_ours() const;
  int rename(bool replace);

  std::string path_;    // as asked for
  std::string name_;    // its last component
  std::string ending_;  // of the part, behind `.part`
  UniqueFd directory_;  // that it lies in
  UniqueFd fd_;         // of the part
  std::uint64_t size_ = 0;
  std::uint64_t flushed_ = 0;  // bytes whose way to the disk has begun
  bool resume_ = false;
};

}  // namespace corun
