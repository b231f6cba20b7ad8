// Digests of files that are known beyond a process, as seen by who needs them. Knows nothing of where they are kept.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace corun {

/// What tells a file that has changed from what it was: device, inode, size, and when its contents and its status changed.
using FileIdentity = std::array<std::int64_t, 7>;

/// Keeps the digests of contents.
class FileMemory {
 public:
  virtual ~FileMemory() = default;
  /// The digest of the file that has just this identity.
  virtual std::optional<std::string> find(const FileIdentity& file) = 0;
  /// Keeps it instead of what is known of the same device and inode.
  virtual void keep(const FileIdentity& file, const std::string& digest) = 0;
};

}  // namespace corun
