// `corun breaker`: what runs have left is shown and set, and the next run heeds it.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "catch.h"
#include "corun_test.h"
#include "temporary_directory.h"

namespace {

namespace fs = std::filesystem;

// A job file whose only job fails unless there is a file `good` beside it, and the state of its runs.
class Place {
 public:
  Place() { add("jobs.yaml"); }

  void add(const std::string& name) const {
    std::ofstream(path_ + '/' + name) << "version: 1\nbreakers: {api: {consecutive: 1, open_for: 10m}}\njobs:\n"
                                         "  call: {run: test -e good, breaker: api}\n";
  }
  void heal() const { std::ofstream(path_ + "/good") << '\n'; }
  std::string file(const std::string& name = "jobs.yaml") const { return path_ + '/' + name; }
  // One more command there; its arguments are yet to come.
  CorunTest& corun(CorunTest&& test) const { return test.env("CORUN_STATE_DIR", path_ + "/state"); }
  void run_gives(int code, const std::string& reason, const std::string& name = "jobs.yaml") const {
    CorunTest test;
    test.env("CORUN_STATE_DIR", path_ + "/state").args({"run", "-C", path_, name, "-qq"}).expect_exit(code);
    if (code != 0) test.expect_stderr_parts({reason});
    test.run();
  }
  void set(std::initializer_list<std::string> arguments) const { corun(CorunTest()).args(arguments).run(); }
  void shows(const std::string& state) const {
    corun(CorunTest()).args({"breaker", "ls"}).expect_stdout_parts({"BREAKER", "api", state, file()}).run();
  }

 private:
  TemporaryDirectory directory_;
  const std::string& path_ = directory_.path;
};

}  // namespace

TEST_CASE("Without a database there are no breakers") {
  CorunTest().args({"breaker", "ls"}).expect_stdout("no run has used a breaker\n").run();
  CorunTest().args({"breaker", "ls", "-o", "json"}).expect_stdout("[]\n").run();
  CorunTest().args({"breaker", "reset"}).run();
  CorunTest().args({"breaker", "open", "api"}).expect_exit(66).expect_stderr("corun: no run has used a breaker `api`\n").run();
}

TEST_CASE("Wrong usage of `corun breaker`") {
  const auto wrong = [](std::initializer_list<std::string> arguments, const std::string& message) {
    CorunTest().args(arguments).expect_exit(2).expect_stderr("corun: " + message + "\ntry `corun breaker --help`\n").run();
  };
  wrong({"breaker"}, "`corun breaker` takes ls, open, close or reset");
  wrong({"breaker", "shut"}, "`corun breaker` takes ls, open, close or reset, not `shut`");
  wrong({"breaker", "open"}, "`corun breaker open` takes the name of a breaker");
  wrong({"breaker", "ls", "a", "b", "c"}, "`corun breaker ls` takes a name and a job file");
  wrong({"breaker", "ls", "-j", "2"}, "`--jobs` isn't an option of `corun breaker`");
  CorunTest().args({"breaker", "--help"}).expect_stdout_parts({"usage: corun breaker ls", "open NAME", "--state-dir"}).run();
}

TEST_CASE("A run finds the breaker as the one before has left it") {
  const Place place;
  place.run_gives(1, "FAIL call");
  place.heal();
  place.run_gives(69, "breaker `api` is open for another ");
  place.shows("open for another ");
  place.corun(CorunTest())
      .args({"breaker", "ls", "api", place.file(), "-o", "json"})
      .expect_stdout_parts({R"([{"breaker":"api","file":")", place.file(), R"("state":"open","by_hand":false,"open_for":)"})
      .run();
  place.set({"breaker", "reset"});
  place.run_gives(0, "");
  place.shows("0 of 1 failed");
}

TEST_CASE("The breaker of a graph's file is the same for all runs that come to it, by whatever path") {
  const Place place;
  fs::create_directory(place.file("in"));
  std::ofstream(place.file("in/outer.yaml")) << "version: 1\njobs: {g: {graph: {file: ../jobs.yaml}}}\n";
  place.run_gives(1, "FAIL g/call", "in/outer.yaml");
  place.heal();
  place.run_gives(69, "breaker `api` is open for another ");
  place.corun(CorunTest())
      .args({"run", "-C", place.file("in"), "outer.yaml", "-qq"})
      .expect_exit(69)
      .expect_stderr_parts({"breaker `api of ../jobs.yaml` is open for another "})
      .run();
  place.corun(CorunTest()).args({"breaker", "ls", "api", place.file()}).expect_stdout_parts({"open for another "}).run();
}

TEST_CASE("A run that keeps no state, and one from standard input, know nothing of others") {
  const Place place;
  place.run_gives(1, "FAIL call");
  place.heal();
  place.corun(CorunTest()).args({"run", "-C", fs::path(place.file()).parent_path(), "jobs.yaml", "--no-state", "-qq"}).run();
  const std::string text = "version: 1\nbreakers: {api: {consecutive: 1}}\njobs: {call: {run: 'true', breaker: api}}\n";
  place.corun(CorunTest()).args({"run", "-", "-qq"}).standard_input(text).run();
}

TEST_CASE("A breaker is opened and closed by hand, and reset") {
  const Place place;
  place.heal();
  place.run_gives(0, "");
  place.set({"breaker", "open", "api"});
  place.shows("open by hand");
  place.run_gives(69, "breaker `api` is open");
  place.set({"breaker", "close", "api"});
  place.shows("closed by hand");
  fs::remove(place.file("good"));
  place.run_gives(1, "FAIL call");
  place.run_gives(1, "FAIL call");  // whatever comes of it
  place.set({"breaker", "reset", "api"});
  place.run_gives(1, "FAIL call");
  place.run_gives(69, "breaker `api` is open for another ");
}

TEST_CASE("Where several files have a breaker of a name, one of them is to be named") {
  const Place place;
  place.add("other.yaml");
  place.run_gives(1, "FAIL call");
  place.run_gives(1, "FAIL call", "other.yaml");
  place.corun(CorunTest())
      .args({"breaker", "close", "api"})
      .expect_exit(2)
      .expect_stderr_parts(
          {"corun: several files have a breaker `api`, name one of them after it:\n", "/jobs.yaml\n", "/other.yaml\n"})
      .run();
  place.set({"breaker", "close", "api", place.file("other.yaml")});
  place.heal();
  place.run_gives(69, "is open");
  place.run_gives(0, "", "other.yaml");
  place.corun(CorunTest())
      .args({"breaker", "open", "api", "/nowhere.yaml"})
      .expect_exit(66)
      .expect_stderr("corun: no run has used a breaker `api` of `/nowhere.yaml`\n")
      .run();
}
