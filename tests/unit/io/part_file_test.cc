// Where files may be saved, and what is left when one is or isn't finished. Knows no requests.
#include "io/part_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "catch.h"

using namespace corun;
namespace fs = std::filesystem;

namespace {

// A working directory of its own, with `outside` beside it.
class Scratch {
 public:
  Scratch() : before_(fs::current_path()) {
    std::string folder = (fs::temp_directory_path() / "corun-part-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("mkdtemp");
    root = folder;
    fs::create_directories(root / "work/sub");
    fs::create_directories(root / "outside");
    fs::current_path(root / "work");
  }
  ~Scratch() {
    fs::current_path(before_);
    fs::remove_all(root);
  }
  fs::path root;

 private:
  fs::path before_;
};

std::string text_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string why_not(const std::string& path) {
  PartFile part;
  const std::optional<Error> error = part.locate(path);
  return error ? error->message : "";
}

bool says(const std::optional<Error>& error, std::string_view what) {
  return error && error->message.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("paths by their text") {
  CHECK(*path_below("a", "/w") == "a");
  CHECK(*path_below("a/b", "/w") == "a/b");
  CHECK(*path_below("/w/a/b", "/w") == "a/b");
  CHECK(*path_below("/w//a", "/w") == "a");
  CHECK(*path_below("/a", "/") == "a");
  CHECK(path_below("/etc/passwd", "/w").error().message ==
        "it isn't below the working directory /w, and files are saved only below it");
  for (const char* path : {"", "/w", "/w/", "/wx/a", "a/", ".", "a/..", "/w/.", ".."}) {
    INFO(path);
    CHECK_FALSE(path_below(path, "/w"));
  }
  CHECK_FALSE(path_below(std::string("a\0b", 3), "/w"));
}

TEST_CASE("paths that lead out of the working directory") {
  const Scratch scratch;
  fs::create_directory_symlink(scratch.root / "outside", "absolute");
  fs::create_directory_symlink("../outside", "relative");
  fs::create_directory_symlink("sub", "inside");
  fs::create_directory_symlink("/proc/self/cwd", "magic");
  CHECK(why_not("a").empty());
  CHECK(why_not("sub/a").empty());
  CHECK(why_not("inside/a").empty());
  CHECK(why_not("sub/../a").empty());
  CHECK(why_not(fs::current_path() / "sub/a").empty());
  for (const char* path : {"../a", "sub/../../outside/a", "relative/a", "absolute/a", "magic/a"}) {
    INFO(path << ": " << why_not(path));
    CHECK(why_not(path).find("leads out of the working directory") != std::string::npos);
  }
  CHECK(why_not("none/a") == "can't save to none/a: the directory none doesn't exist");
  CHECK_FALSE(why_not(fs::current_path() / "../a").empty());
}

TEST_CASE("nothing is left of what isn't finished, all of what is") {
  const Scratch scratch;
  {
    PartFile part;
    REQUIRE_FALSE(part.locate("out"));
    REQUIRE_FALSE(part.open(false));
    CHECK_FALSE(part.write("abc"));
    CHECK(fs::exists("out.part"));
  }
  CHECK(fs::is_empty("sub"));
  CHECK_FALSE(fs::exists("out.part"));
  PartFile part;
  REQUIRE_FALSE(part.locate("out"));
  REQUIRE_FALSE(part.open(false));
  CHECK_FALSE(part.write("abc"));
  CHECK_FALSE(part.put_in_place(false));
  CHECK(text_of("out") == "abc");
  CHECK_FALSE(fs::exists("out.part"));
}

TEST_CASE("a file that is there is replaced only where asked for") {
  const Scratch scratch;
  std::ofstream("out") << "old";
  for (const bool replace : {false, true}) {
    PartFile part;
    REQUIRE_FALSE(part.locate("out"));
    CHECK(part.exists());
    REQUIRE_FALSE(part.open(false));
    CHECK_FALSE(part.write("new"));
    const std::optional<Error> error = part.put_in_place(replace);
    CHECK(error.has_value() == !replace);
    CHECK(text_of("out") == (replace ? "new" : "old"));
  }
  CHECK_FALSE(fs::exists("out.part"));
}

TEST_CASE("a symbolic link at the place is replaced itself, one at the part isn't followed") {
  const Scratch scratch;
  std::ofstream(scratch.root / "outside/victim") << "safe";
  fs::create_symlink("../outside/victim", "out");
  fs::create_symlink("../outside/victim", "other.part");
  PartFile part;
  REQUIRE_FALSE(part.locate("out"));
  REQUIRE_FALSE(part.open(false));
  CHECK_FALSE(part.write("new"));
  CHECK_FALSE(part.put_in_place(true));
  CHECK_FALSE(fs::is_symlink("out"));
  PartFile fresh;
  REQUIRE_FALSE(fresh.locate("other"));
  CHECK(fresh.open(false));
  PartFile resumed;
  REQUIRE_FALSE(resumed.locate("other"));
  CHECK(says(resumed.open(true), "is a symbolic link"));
  CHECK(text_of(scratch.root / "outside/victim") == "safe");
}

TEST_CASE("a part is continued, with its tag") {
  const Scratch scratch;
  {
    PartFile part;
    REQUIRE_FALSE(part.locate("out"));
    REQUIRE_FALSE(part.open(true));
    CHECK_FALSE(part.set_etag("\"1\""));
    CHECK_FALSE(part.write("abc"));
  }
  PartFile part;
  REQUIRE_FALSE(part.locate("out"));
  REQUIRE_FALSE(part.open(true));
  CHECK(part.size() == 3);
  CHECK(part.etag() == "\"1\"");
  CHECK(*part.read(1, 10) == "bc");
  CHECK_FALSE(part.write("def"));
  CHECK_FALSE(part.put_in_place(false));
  CHECK(text_of("out") == "abcdef");
  CHECK_FALSE(fs::exists("out.part.etag"));
}

TEST_CASE("an empty part, and one to be forgotten, go with their tags") {
  const Scratch scratch;
  for (const bool empty : {true, false}) {
    {
      PartFile part;
      REQUIRE_FALSE(part.locate("out"));
      REQUIRE_FALSE(part.open(true));
      CHECK_FALSE(part.set_etag("\"1\""));
      CHECK_FALSE(part.write("abc"));
      if (empty) {
        CHECK_FALSE(part.start_over());
      } else {
        part.forget();
      }
    }
    CHECK_FALSE(fs::exists("out.part"));
    CHECK_FALSE(fs::exists("out.part.etag"));
  }
}

TEST_CASE("a part belongs to one at a time") {
  const Scratch scratch;
  PartFile first;
  REQUIRE_FALSE(first.locate("out"));
  REQUIRE_FALSE(first.open(true));
  CHECK_FALSE(first.write("abc"));
  PartFile second;
  REQUIRE_FALSE(second.locate("out"));
  CHECK(says(second.open(true), "another job writes out.part"));
  PartFile third;
  REQUIRE_FALSE(third.locate("out"));
  CHECK(says(third.open(false), "out.part exists"));
  CHECK(text_of("out.part") == "abc");
}

TEST_CASE("a part that is something else isn't touched") {
  const Scratch scratch;
  std::ofstream(scratch.root / "outside/victim") << "safe";
  fs::create_hard_link(scratch.root / "outside/victim", "out.part");
  REQUIRE(::mkfifo("pipe.part", 0600) == 0);
  for (const char* path : {"out", "pipe"}) {
    PartFile part;
    REQUIRE_FALSE(part.locate(path));
    CHECK(says(part.open(true), "isn't a plain file of its own"));
  }
  CHECK(text_of(scratch.root / "outside/victim") == "safe");
}

TEST_CASE("a part that was replaced meanwhile isn't put in place") {
  const Scratch scratch;
  PartFile part;
  REQUIRE_FALSE(part.locate("out"));
  REQUIRE_FALSE(part.open(false));
  CHECK_FALSE(part.write("abc"));
  fs::remove("out.part");
  std::ofstream("out.part") << "someone else's";
  CHECK(says(part.put_in_place(false), "removed or replaced"));
  CHECK_FALSE(fs::exists("out"));
}
