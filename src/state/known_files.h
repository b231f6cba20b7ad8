// Digests of files' contents, kept from run to run. Knows nothing of why a file is looked at.
#pragma once

#include <memory>

#include "base/file_memory.h"
#include "state/store.h"

namespace corun {

/// In the database; without one nothing is known. Those that were kept longest ago give way.
class KnownFiles final : public FileMemory {
 public:
  /// `store` must outlive this.
  explicit KnownFiles(Store& store, std::int64_t most = 50'000);
  ~KnownFiles() override;

  std::optional<std::string> find(const FileIdentity& file) override;
  void keep(const FileIdentity& file, const std::string& digest) override;

 private:
  struct Statements;
  template <typename Use>
  void in_database(Use use);

  Store& store_;
  std::int64_t most_;
  std::unique_ptr<Statements> statements_;
};

}  // namespace corun
