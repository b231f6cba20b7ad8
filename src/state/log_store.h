// Where the output of a run's jobs is kept: a file per job under the state directory, made when there is something to
// write. Knows nothing of jobs but their names.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/output_log.h"
#include "base/unique_fd.h"

namespace corun {

class LogStore;

/// The name of a job's file among the logs of its run.
std::string log_file_name(std::string_view job);

/// The output of one job, over its attempts. No file exists until the first byte.
class JobLog final : public OutputLog {
 public:
  JobLog(LogStore& store, std::string file_name) : store_(store), file_name_(std::move(file_name)) {}

  /// Appends `bytes`. Where a write fails (full disk) the rest goes to a nameless file; warned of once a run. What even that
  /// can't take is lost and not counted.
  void append(std::string_view bytes);
  /// Gives its descriptor back until the next call that needs it.
  void rest();

  std::uint64_t size() const override { return size_; }
  std::string read(std::uint64_t offset, std::size_t most) const override;
  std::string path() const override;
  std::unique_ptr<OutputLog> keep() const override;
  /// `RUN/FILE`, as JobRecord has it; "" if it is kept nowhere.
  std::string name() const;

 private:
  std::string place() const;
  bool write(const UniqueFd& file, std::string_view& bytes);

  LogStore& store_;
  std::string file_name_;
  mutable UniqueFd file_;  // none while it rests
  UniqueFd overflow_;      // holds what comes from `overflow_start_` on
  std::uint64_t size_ = 0;
  std::uint64_t overflow_start_ = 0;
  bool opened_ = false;
  bool named_ = false;
};

/// The logs of one run in `<state directory>/runs/<run>/`. Without a state directory, or where none can be written, logs
/// are nameless temporary files that end with the run.
class LogStore {
 public:
  /// Told at most once that logs can't be kept.
  using Warn = std::function<void(std::string_view message)>;

  /// `state_directory` "" keeps nothing. Nothing is created yet.
  LogStore(std::string state_directory, std::string run_id, Warn warn);

  /// Bytes written in all.
  std::uint64_t bytes() const { return bytes_; }
  /// A log for `job`; the store must outlive it.
  std::unique_ptr<JobLog> create(std::string_view job);
  /// One that has no name and ends with its last user; the store must outlive it.
  std::unique_ptr<JobLog> create_nameless();

 private:
  friend class JobLog;
  UniqueFd open_file(const std::string& name, bool& named);
  UniqueFd open_nameless();
  bool make_run_directory();
  void warn_once(std::string_view message);

  std::string state_directory_;
  std::string run_id_;
  std::string runs_directory_;
  std::string directory_;
  Warn warn_;
  UniqueFd lock_;  // held shared while the run lives, so that no other run removes its logs
  std::uint64_t bytes_ = 0;
  bool warned_ = false;
  bool made_ = false;
};

}  // namespace corun
