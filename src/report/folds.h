// How the log of a CI system is told what to fold, and what in it is no command. Knows nothing of where the log is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace corun {

/// The marks around pieces of a log, whole lines each.
class Folds {
 public:
  virtual ~Folds() = default;
  /// At the beginning and the end of what isn't to be trusted, all others between them.
  virtual std::string begin() const { return {}; }
  virtual std::string end() const { return {}; }
  /// Around a piece that is shown by its title until somebody wants more. `from` and `to` are when it happened.
  virtual std::string fold(std::string_view title, WallTime from) = 0;
  virtual std::string unfold(WallTime to) = 0;
};

/// GitHub Actions: groups. All commands are stopped but for moments, so that nothing that a job or server says is taken for one.
class GithubFolds final : public Folds {
 public:
  /// `token` makes them heard again: nobody else may know it.
  explicit GithubFolds(std::string token) : token_(std::move(token)) {}
  std::string begin() const override { return "::stop-commands::" + token_ + "\n"; }
  std::string end() const override { return "::" + token_ + "::\n"; }
  std::string fold(std::string_view title, WallTime from) override;
  std::string unfold(WallTime to) override;

 private:
  std::string token_;
};

/// GitLab CI: collapsed sections.
class GitlabFolds final : public Folds {
 public:
  /// `token` is in the sections' names: nobody else may know it, or it could end them.
  explicit GitlabFolds(std::string token) : token_(std::move(token)) {}
  std::string fold(std::string_view title, WallTime from) override;
  std::string unfold(WallTime to) override;

 private:
  std::string name() const { return "corun_" + token_ + "_" + std::to_string(count_); }

  std::string token_;
  std::uint64_t count_ = 0;
};

}  // namespace corun
