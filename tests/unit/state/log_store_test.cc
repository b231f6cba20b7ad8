// Logs on a real file system: made late, read back.
#include "state/log_store.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "catch.h"
#include "temporary_directory.h"

using namespace corun;
namespace fs = std::filesystem;

TEST_CASE("nothing exists before the first byte") {
  const TemporaryDirectory directory;
  std::vector<std::string> warnings;
  LogStore store((directory / "deep/state").string(), "run1", [&](std::string_view text) { warnings.emplace_back(text); });
  const std::unique_ptr<JobLog> log = store.create("group/job");
  CHECK(log->size() == 0);
  CHECK(log->path().empty());
  CHECK(log->read(0, 10).empty());
  CHECK_FALSE(fs::exists(directory / "deep"));
  log->append("one\n");
  log->append("two\n");
  CHECK(log->size() == 8);
  CHECK(log->read(4, 100) == "two\n");
  CHECK(log->read(2, 3) == "e\nt");
  CHECK(log->read(8, 10).empty());
  CHECK(fs::path(log->path()) == directory / "deep/state/runs/run1/group~job.log");
  struct stat status {};
  REQUIRE(::stat(log->path().c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(warnings.empty());
}

TEST_CASE("without a place for them logs are nameless") {
  std::vector<std::string> warnings;
  const auto warn = [&](std::string_view text) { warnings.emplace_back(text); };
  SECTION("none asked for") {
    LogStore store("", "run1", warn);
    const auto log = store.create("job");
    log->append("text");
    CHECK(log->read(0, 10) == "text");
    CHECK(log->path().empty());
    CHECK(warnings.empty());
  }
  SECTION("none can be made: one warning") {
    LogStore store("/proc/nowhere", "run1", warn);
    const auto first = store.create("a");
    const auto second = store.create("b");
    first->append("text");
    second->append("more");
    CHECK(first->read(0, 10) == "text");
    CHECK(second->read(0, 10) == "more");
    CHECK(warnings.size() == 1);
  }
}

TEST_CASE("a log on a full disk goes on in a nameless file") {
  const TemporaryDirectory directory;
  fs::create_directories(directory / "state/runs/run1");
  fs::create_symlink("/dev/full", directory / "state/runs/run1/job.log");
  std::vector<std::string> warnings;
  LogStore store((directory / "state").string(), "run1", [&](std::string_view text) { warnings.emplace_back(text); });
  const auto log = store.create("job");
  log->append("one\n");
  log->append("two\n");
  CHECK(log->size() == 8);
  CHECK(log->read(0, 100) == "one\ntwo\n");
  CHECK(warnings == std::vector<std::string>{"a job's log can't be written: No space left on device"});
}

TEST_CASE("a log at rest has no descriptor, and can be written and read again") {
  const TemporaryDirectory directory;
  const auto descriptors = [] { return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()); };
  LogStore store((directory / "state").string(), "run1", [](std::string_view) {});
  const auto log = store.create("job");
  log->append("one\n");
  const auto open = descriptors();
  log->rest();
  CHECK(descriptors() == open - 1);
  log->append("two\n");
  CHECK(log->size() == 8);
  log->rest();
  CHECK(log->read(2, 100) == "e\ntwo\n");
}
