// Which files globs name, and when the digest of files changes. Knows nothing of what it is for.
#include "io/input_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "catch.h"
#include "temporary_directory.h"

using namespace corun;

namespace {

struct Tree {
  void file(const std::string& path, const std::string& text = "x") const {
    const std::filesystem::path whole = std::filesystem::path(root) / path;
    std::filesystem::create_directories(whole.parent_path());
    std::ofstream(whole) << text;
  }
  // Long unchanged, as far as the file system tells of changes to contents.
  void age(const std::string& path) const {
    const timespec old[2] = {{1'000'000, 0}, {1'000'000, 0}};
    ::utimensat(AT_FDCWD, (root + '/' + path).c_str(), old, 0);
  }
  std::vector<std::string> find(const std::vector<std::string>& globs) const {
    Result<std::vector<std::string>> found = find_files(root, globs);
    return found ? *found : std::vector<std::string>{"error: " + found.error().message};
  }
  std::string digest(const std::vector<std::string>& globs, FileDigests& known) const {
    Result<InputDigest> digest = InputDigest::create(root, find(globs), known);
    REQUIRE(digest);
    while (digest->step()) continue;
    return digest->error() ? "error: " + digest->error()->message : digest->finish();
  }
  TemporaryDirectory directory;
  const std::string& root = directory.path;
};

using Files = std::vector<std::string>;

}  // namespace

TEST_CASE("globs name files, sorted and once") {
  const Tree tree;
  for (const char* path : {"a.c", "b.c", "b.h", "src/c.c", "src/deep/er/d.c", ".hidden.c", "src/.git/e.c", "other/f.c"}) {
    tree.file(path);
  }
  CHECK(tree.find({"*.c"}) == Files{"a.c", "b.c"});
  CHECK(tree.find({"b.*", "b.c"}) == Files{"b.c", "b.h"});
  CHECK(tree.find({"[ab].c"}) == Files{"a.c", "b.c"});
  CHECK(tree.find({"**/*.c"}) == Files{"a.c", "b.c", "other/f.c", "src/c.c", "src/deep/er/d.c"});
  CHECK(tree.find({"src/**/d.c"}) == Files{"src/deep/er/d.c"});
  CHECK(tree.find({"src/**"}) == Files{"src/c.c", "src/deep/er/d.c"});
  CHECK(tree.find({"src"}) == Files{"src/c.c", "src/deep/er/d.c"});
  CHECK(tree.find({"./src//c.c"}) == Files{"src/c.c"});
  CHECK(tree.find({"s?c/*.c"}) == Files{"src/c.c"});
  CHECK(tree.find({".*.c"}) == Files{".hidden.c"});
  CHECK(tree.find({tree.root + "/a.c"}) == Files{tree.root + "/a.c"});
}

TEST_CASE("a glob that names no file is an error") {
  const Tree tree;
  tree.file("a");
  std::filesystem::create_directories(tree.root + "/empty");
  CHECK(tree.find({"a", "b*"}) == Files{"error: no file matches `b*`"});
  CHECK(tree.find({"empty"}) == Files{"error: no file matches `empty`"});
}

TEST_CASE("links that lead in circles and what is no file are no trouble") {
  const Tree tree;
  tree.file("dir/a", "x");
  std::filesystem::create_directory_symlink(tree.root + "/dir", tree.root + "/dir/again");
  std::filesystem::create_symlink(tree.root + "/dir/a", tree.root + "/dir/link");
  REQUIRE(::mkfifo((tree.root + "/dir/pipe").c_str(), 0600) == 0);
  CHECK(tree.find({"dir"}) == Files{"dir/a", "dir/link"});
  CHECK(tree.find({"**"}) == Files{"dir/a", "dir/link"});
}

TEST_CASE("the digest changes with names and contents, and with nothing else") {
  const Tree tree;
  FileDigests known;
  tree.file("a", "one");
  tree.file("b", std::string(3 << 20, 'x'));
  const std::string before = tree.digest({"*"}, known);
  CHECK(before.size() == 64);
  tree.age("a");
  CHECK(tree.digest({"*"}, known) == before);
  tree.file("a", "two");
  const std::string changed = tree.digest({"*"}, known);
  CHECK(changed != before);
  std::filesystem::rename(tree.root + "/a", tree.root + "/c");
  CHECK(tree.digest({"*"}, known) != changed);
  std::filesystem::rename(tree.root + "/c", tree.root + "/a");
  tree.file("a", "one");
  CHECK(tree.digest({"*"}, known) == before);
}

TEST_CASE("a file that can't be read is an error") {
  const Tree tree;
  FileDigests known;
  Result<InputDigest> digest = InputDigest::create(tree.root, {"gone"}, known);
  REQUIRE(digest);
  CHECK_FALSE(digest->step());
  CHECK(digest->error()->message == "`gone`: No such file or directory");
}

/// What is kept beyond a run.
struct Memory final : FileMemory {
  std::optional<std::string> find(const FileIdentity& file) override {
    ++asked;
    const auto found = kept.find(file);
    return found == kept.end() ? std::nullopt : std::optional(found->second);
  }
  void keep(const FileIdentity& file, const std::string& digest) override { kept[file] = digest; }

  std::map<FileIdentity, std::string> kept;
  int asked = 0;
};

TEST_CASE("what another run knows of a large file needn't be read, a small one isn't asked for") {
  const Tree tree;
  tree.file("large", std::string(64 << 10, 'x'));
  struct stat status {};
  REQUIRE(::stat((tree.root + "/large").c_str(), &status) == 0);
  Memory memory;
  FileDigests first(&memory);
  const std::string before = tree.digest({"large"}, first);
  CHECK(memory.kept.empty());  // too young
  first.remember(status, status.st_ctim.tv_sec + 10, "known");
  REQUIRE(memory.kept.size() == 1);
  FileDigests second(&memory);
  CHECK(second.find(status) == "known");
  CHECK(tree.digest({"large"}, second) != before);
  tree.age("large");
  CHECK(tree.digest({"large"}, second) == before);  // one of its times is another
  const int asked = memory.asked;
  tree.file("small", "x");
  tree.digest({"small"}, second);
  CHECK(memory.asked == asked);
}

TEST_CASE("what is known of a file counts unless the file is young") {
  const Tree tree;
  FileDigests known;
  struct stat status {};
  tree.file("a");
  REQUIRE(::stat((tree.root + "/a").c_str(), &status) == 0);
  status.st_mtim.tv_sec = status.st_ctim.tv_sec = 1'000'000;
  known.remember(status, 1'000'001, "d");  // looked at too early, however late it is now
  CHECK_FALSE(known.find(status));
  known.remember(status, 1'000'002, "d");
  CHECK(known.find(status) == "d");
  ++status.st_ctim.tv_nsec;
  CHECK_FALSE(known.find(status));
}
