// `corun logs`. Knows nothing of job files.
#include "cli/logs_command.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "base/text.h"
#include "base/unique_fd.h"
#include "cli/exit_code.h"
#include "cli/past_state.h"
#include "cli/setup_error.h"
#include "state/past_logs.h"

namespace corun {
namespace {

constexpr timespec kPause{0, 100'000'000};  // between two looks at a log that grows
constexpr std::size_t kPiece = 64 * 1024;

std::string quoted(const std::string& text) { return '`' + escape_control(text) + '`'; }

class Logs {
 public:
  Logs(const PastState& state, const PastQuery& query)
      : query_(query), runs_(*state.database, state.directory), logs_(*state.database, state.directory) {
    if (query.run.empty()) return;
    run_ = the_run(runs_, state, query.run);
  }

  int show() {
    std::optional<PastJob> job = find();
    if (!job && query_.follow) job = wait_for_job();
    if (!job) throw SetupError(kExitNoInput, unknown_job());
    std::uint64_t offset = 0;
    for (;;) {
      // In this order: what was written before the end is then seen.
      const bool over = !query_.follow || job->ended || !lives(job->run);
      LogRange range;
      if (query_.attempt) {
        range = logs_.range_of(*job, query_.job, *query_.attempt);
        if (!range.known && over) throw SetupError(kExitNoInput, unknown_attempt(*job));
      }
      offset = std::max(offset, range.begin);
      if (range.known && !job->log.empty() && !copy(*job, offset, range.end)) return kExitCantWrite;
      if (over || offset == range.end) {
        if (offset == 0 && !query_.attempt) tell_parts(*job);
        return kExitSuccess;
      }
      ::nanosleep(&kPause, nullptr);
      if (const std::optional<PastJob> again = logs_.find(job->run, query_.job)) job = again;
    }
  }

 private:
  std::optional<PastJob> find() { return run_ ? logs_.find(*run_, query_.job) : logs_.find_last(query_.job); }

  bool lives(const PastRun& run) {
    const std::optional<PastRun> now = runs_.find(run.id);
    return now && runs_.is_running(*now);
  }

  // It may be yet to begin in a run that lives.
  std::optional<PastJob> wait_for_job() {
    const std::optional<PastRun> run = run_ ? run_ : runs_.last_of("");
    if (!run || !lives(*run)) return std::nullopt;
    std::fprintf(stderr, "corun: waiting for %s in run %s\n", quoted(query_.job).c_str(), run->id.c_str());
    for (;;) {
      const bool over = !lives(*run);
      if (std::optional<PastJob> job = logs_.find(*run, query_.job)) return job;
      if (over) return std::nullopt;
      ::nanosleep(&kPause, nullptr);
    }
  }

  // Writes what there is up to `end`. False: it can't be written.
  bool copy(const PastJob& job, std::uint64_t& offset, std::uint64_t end) {
    if (!file_) file_ = UniqueFd(::open(logs_.path_of(job).c_str(), O_RDONLY | O_CLOEXEC));
    if (!file_ && job.ended)
      throw SetupError(kExitNoInput, "the log of " + quoted(query_.job) + " can't be read: " + std::strerror(errno));
    std::string piece(kPiece, '\0');
    while (file_ && offset < end) {
      const ssize_t count =
          ::pread(file_.get(), piece.data(), std::min<std::uint64_t>(kPiece, end - offset), static_cast<off_t>(offset));
      if (count <= 0) break;
      offset += static_cast<std::uint64_t>(count);
      for (std::string_view rest(piece.data(), static_cast<std::size_t>(count)); !rest.empty();) {
        const ssize_t written = ::write(STDOUT_FILENO, rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
          std::fprintf(stderr, "corun: standard output can't be written: %s\n", std::strerror(errno));
          return false;
        }
        rest.remove_prefix(static_cast<std::size_t>(written));
      }
    }
    return true;
  }

  // A group, or a job with items, has written nothing: its parts have.
  void tell_parts(const PastJob& job) {
    constexpr std::size_t kMostParts = 5;
    std::vector<std::string> parts = logs_.names(&job.run);
    std::erase_if(parts, [this](const std::string& name) {
      const char next = name.size() > query_.job.size() ? name[query_.job.size()] : '\0';
      return !name.starts_with(query_.job) || (next != '/' && next != '[');
    });
    if (parts.empty()) return;
    std::sort(parts.begin(), parts.end());
    std::string message = quoted(query_.job) + " itself has written nothing; it consists of ";
    for (std::size_t i = 0; i < std::min(parts.size(), kMostParts); ++i) message += (i == 0 ? "" : ", ") + quoted(parts[i]);
    if (parts.size() > kMostParts) message += " and " + std::to_string(parts.size() - kMostParts) + " more";
    std::fprintf(stderr, "corun: %s\n", message.c_str());
  }

  std::string unknown_job() {
    std::string message = "no job " + quoted(query_.job) + (run_ ? " in run " + run_->id : " in any run that is kept");
    const std::vector<std::string> names = logs_.names(run_ ? &*run_ : nullptr);
    const std::vector<std::string_view> candidates(names.begin(), names.end());
    if (const std::string_view similar = most_similar(query_.job, candidates); !similar.empty()) {
      message += "; did you mean " + quoted(std::string(similar)) + "?";
    }
    return message;
  }

  std::string unknown_attempt(const PastJob& job) const {
    return quoted(query_.job) + " has no attempt " + std::to_string(*query_.attempt) + " in run " + job.run.id;
  }

  const PastQuery& query_;
  PastRuns runs_;
  PastLogs logs_;
  std::optional<PastRun> run_;
  UniqueFd file_;
};

}  // namespace

int logs_command(const Arguments& arguments, const GetVariable& variable) {
  const PastState state = open_past_state(arguments, variable);
  try {
    return Logs(state, arguments.past).show();
  } catch (const DatabaseError& error) {
    fail_with(state, error);
  }
}

}  // namespace corun
