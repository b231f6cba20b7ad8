// Locks on a real file system: one has it, its words, its end.
#include "state/lock_file.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "catch.h"
#include "temporary_directory.h"

using namespace corun;
namespace fs = std::filesystem;

namespace {

struct Directory : TemporaryDirectory {
  LockFile open(const std::string& key) const {
    Result<LockFile> lock = LockFile::open(path, key);
    REQUIRE(lock);
    return std::move(*lock);
  }
};

LockHolder somebody() { return LockHolder{"nightly", "run-1", "/srv/nightly.yaml", "boot pid:[1]", 42, 7, 1000}; }

}  // namespace

TEST_CASE("a lock has one holder at a time") {
  const Directory directory;
  LockFile first = directory.open("file/a");
  LockFile second = directory.open("file/a");
  LockFile other = directory.open("file/b");
  CHECK(first.try_take());
  CHECK(!second.try_take());
  CHECK(other.try_take());
  first.release();
  CHECK(second.try_take());
}

TEST_CASE("keys that look alike have locks of their own") {
  const Directory directory;
  LockFile first = directory.open("group/a b");
  LockFile second = directory.open("group/a_b");
  LockFile third = directory.open("file/a b");
  CHECK(first.try_take());
  CHECK(second.try_take());
  CHECK(third.try_take());
}

TEST_CASE("what a holder says is read back, until it ends by itself") {
  const Directory directory;
  LockFile lock = directory.open("file/a");
  CHECK(!lock.holder());
  CHECK(lock.try_take());
  lock.write(somebody());
  const std::optional<LockHolder> holder = directory.open("file/a").holder();
  REQUIRE(holder);
  CHECK(holder->lock == "nightly");
  CHECK(holder->run == "run-1");
  CHECK(holder->file == "/srv/nightly.yaml");
  CHECK(holder->machine == "boot pid:[1]");
  CHECK(holder->pid == 42);
  CHECK(holder->birth == 7);
  CHECK(holder->since == 1000);
  CHECK(lock_holders(directory.path).size() == 1);
  lock.release();
  CHECK(!directory.open("file/a").holder());
  CHECK(lock_holders(directory.path).empty());
}

TEST_CASE("words that break off, or are somebody else's, say nothing") {
  const Directory directory;
  LockFile lock = directory.open("file/a");
  LockHolder holder = somebody();
  holder.file = "two\nlines";
  lock.write(holder);
  const auto path = fs::directory_iterator(directory.path + "/locks")->path();
  REQUIRE(lock.holder());
  CHECK(lock.holder()->file == "two lines");
  fs::resize_file(path, fs::file_size(path) - 1);
  CHECK(!lock.holder());
  std::ofstream(path) << "12345\n";
  CHECK(!lock.holder());
}

TEST_CASE("a lock ends with a process that is killed, and isn't inherited") {
  const Directory directory;
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    LockFile lock = std::move(*LockFile::open(directory.path, "file/a"));
    char word = lock.try_take() ? 'y' : 'n';
    // A program that it starts and that outlives it.
    const pid_t sleeper = ::fork();
    if (sleeper == 0) {
      ::close(ready[0]);
      ::close(ready[1]);
      ::execlp("sleep", "sleep", "20", nullptr);
      ::_exit(127);
    }
    if (::write(ready[1], &sleeper, sizeof sleeper) != sizeof sleeper || ::write(ready[1], &word, 1) != 1) ::_exit(1);
    ::pause();
  }
  pid_t sleeper = 0;
  char word = 0;
  REQUIRE(::read(ready[0], &sleeper, sizeof sleeper) == sizeof sleeper);
  REQUIRE(::read(ready[0], &word, 1) == 1);
  CHECK(word == 'y');
  LockFile lock = directory.open("file/a");
  CHECK(!lock.try_take());
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  // The sleeper may not have got to its exec, which closes the descriptor.
  bool taken = false;
  for (int i = 0; i < 10'000 && !taken; ++i) {
    taken = lock.try_take();
    if (!taken) ::usleep(1000);
  }
  CHECK(taken);
  ::kill(sleeper, SIGKILL);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_CASE("skips are counted until the lock is taken") {
  const Directory directory;
  const LockFile lock = directory.open("file/a");
  CHECK(lock.note_skip() == 1);
  CHECK(lock.note_skip() == 2);
  CHECK(directory.open("file/b").note_skip() == 1);
  lock.forget_skips();
  CHECK(lock.note_skip() == 1);
}

TEST_CASE("a lock that can't be had says why") {
  CHECK(LockFile::open("", "a").error().message == "there is no state directory");
  CHECK(LockFile::open("/dev/null/state", "a").error().message == "/dev/null/state: Not a directory");
}
