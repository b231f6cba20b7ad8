// What `corun history` and `corun logs` say of past runs, and of one under way.
#include "catch.h"
#include "corun_test.h"

namespace {

constexpr const char* kJobs = R"(version: 1
jobs:
  a: {run: 'echo try $CORUN_ATTEMPT; test $CORUN_ATTEMPT = 3', retry: {attempts: 3, delay: 1ms}}
  each: {needs: a, foreach: [x, y], run: 'echo item $CORUN_JOB'}
  bad: {needs: each, run: 'echo oh >&2; exit 3'}
  g: {needs: a, gather: {jobs: {x: {run: echo inner}}}}
  silent: {needs: g, run: 'true'}
)";

constexpr const char* kSlow = R"(version: 1
jobs:
  slow: {run: 'echo begun; until test -e go; do sleep 0.01; done; echo done'}
  next: {needs: slow, run: echo next}
)";

// A script of calls of corun, which share a state directory of their own.
struct Script {
  CorunTest test;

  explicit Script(const std::string& text) {
    const std::string begin = "exec 2>&1\nexport CORUN_STATE_DIR=$PWD/s\nq() { \"$CORUN\" \"$@\" -qq >log; }\n";
    test.file("jobs.yaml", kJobs)
        .file("slow.yaml", kSlow)
        .file("script.sh", begin + text + "\nrm -rf s go log log2\n")
        .file("outer.yaml", "version: 1\njobs: {outer: {run: [sh, script.sh]}}\n")
        .args({"run", "outer.yaml"})
        .expect_stderr("[1/1] ok <time> outer\n1 job: 1 ok in <time>\n")
        .env("CORUN", CORUN_BINARY);
  }
  CorunTest& expect_stdout(const std::string& text) { return test.expect_stdout(text); }
  CorunTest& expect_stdout_parts(std::initializer_list<std::string> parts) { return test.expect_stdout_parts(parts); }
};

}  // namespace

TEST_CASE("history: runs, newest first, with what they took up") {
  Script(
      "q jobs.yaml; q slow.yaml --only next; q resume 2>log; q resume >log 2>&1; \"$CORUN\" history; \"$CORUN\" history -n1 "
      "jobs.yaml\n"
      "\"$CORUN\" history --failed | wc -l")
      .expect_stdout(
          "FAIL bad: exit code 3\n  | oh\n  log: <dir>/s/runs/<run>/bad.log\n"
          "RUN                     STARTED              TIME  VERDICT    JOBS            FILE\n"
          "<run>  <started>  <time>  succeeded  1 ok            slow.yaml\n"
          "<run>  <started>  <time>  failed     4 ok, 1 failed  jobs.yaml\n"
          "RUN                     STARTED              TIME  VERDICT  JOBS            FILE\n"
          "<run>  <started>  <time>  failed   4 ok, 1 failed  jobs.yaml\n"
          "2\n")
      .run();
  Script("q jobs.yaml >log 2>&1; q resume >log 2>&1; \"$CORUN\" history")
      .expect_stdout(
          "RUN                     STARTED              TIME  VERDICT  JOBS            FILE\n"
          "<run>  <started>  <time>  failed   4 ok, 1 failed  jobs.yaml  (resumes <run>)\n"
          "<run>  <started>  <time>  failed   4 ok, 1 failed  jobs.yaml\n")
      .run();
}

TEST_CASE("history: for programs") {
  Script("q slow.yaml --only next; \"$CORUN\" history -o json; \"$CORUN\" history -o ndjson slow.yaml")
      .expect_stdout(
          R"({"v":1,"runs":[{"run":"<run>","file":"<dir>/slow.yaml","name":"slow","directory":"<dir>","started":"<ts>","elapsed":<n>,)"
          R"("verdict":"succeeded","exit_code":0,"jobs":2,"counts":{"succeeded":1},"resumes":null}]})"
          "\n"
          R"({"run":"<run>","file":"<dir>/slow.yaml","name":"slow","directory":"<dir>","started":"<ts>","elapsed":<n>,)"
          R"("verdict":"succeeded","exit_code":0,"jobs":2,"counts":{"succeeded":1},"resumes":null})"
          "\n")
      .run();
}

TEST_CASE("history: nothing to show") {
  Script(
      "\"$CORUN\" history; echo $?; q slow.yaml --only next; \"$CORUN\" history other.yaml; echo $?; \"$CORUN\" history "
      "--failed; echo $?\n"
      "\"$CORUN\" logs next --run 1; echo $?")
      .expect_stdout(
          "corun: there are no runs in `<dir>/s`\n66\ncorun: there are no runs of `other.yaml` in `<dir>/s`\n66\n"
          "corun: there are no failed runs in `<dir>/s`\n66\ncorun: no run `1` in `<dir>/s`\n66\n")
      .run();
}

TEST_CASE("history: one that runs, and one that was killed") {
  Script(
      "\"$CORUN\" slow.yaml >log 2>log2 & pid=$!\nuntil grep -qs begun log; do sleep 0.01; done\n\"$CORUN\" history; kill -9 "
      "$pid; { wait $pid; } 2>log\n"
      "\"$CORUN\" history; \"$CORUN\" logs slow; echo >go; \"$CORUN\" resume -qq; \"$CORUN\" logs next")
      .expect_stdout(
          "RUN                     STARTED              TIME  VERDICT  JOBS    FILE\n"
          "<run>  <started>  <time>  running  2 open  slow.yaml\n"
          "RUN                     STARTED              TIME  VERDICT  JOBS    FILE\n"
          "<run>  <started>  <time>  killed   2 open  slow.yaml\n"
          "begun\nnext\n")
      .run();
}

TEST_CASE("logs: whole, or of one attempt") {
  Script(
      "q jobs.yaml >log 2>&1\nfor i in a bad 'each[1]' g/x silent each; do echo \"= $i\"; \"$CORUN\" logs $i; done\n"
      "for i in 1 2 3 4; do echo \"= $i\"; \"$CORUN\" logs a --attempt $i || echo $?; done\n"
      // What an earlier run has done is shown from there.
      "q resume >log 2>&1; \"$CORUN\" logs a --attempt 2")
      .expect_stdout(
          "= a\ntry 1\ntry 2\ntry 3\n= bad\noh\n= each[1]\nitem each[1]\n= g/x\ninner\n= silent\n= each\n"
          "corun: `each` itself has written nothing; it consists of `each[0]`, `each[1]`\n"
          "= 1\ntry 1\n= 2\ntry 2\n= 3\ntry 3\n= 4\ncorun: `a` has no attempt 4 in run <run>\n66\ntry 2\n")
      .run();
}

TEST_CASE("logs: an earlier run, and names that aren't there") {
  Script(
      "q slow.yaml --only next; q slow.yaml --only next\n"
      "id=$(\"$CORUN\" history -o ndjson | sed -n '2s/.*\"run\":\"\\([^\"]*\\).*/\\1/p')\n"
      "\"$CORUN\" logs next --run $id; \"$CORUN\" logs next --run 2; echo $?; \"$CORUN\" logs nxt; echo $?; \"$CORUN\" logs nxt "
      "--run $id; echo $?")
      .expect_stdout(
          "next\ncorun: more than one run begins with `2`: <run>, <run>\n2\n"
          "corun: no job `nxt` in any run that is kept; did you mean `next`?\n66\n"
          "corun: no job `nxt` in run <run>; did you mean `next`?\n66\n")
      .run();
}

TEST_CASE("logs: following a job until it has ended") {
  Script(
      "\"$CORUN\" slow.yaml >log 2>log2 &\nuntil grep -qs begun log; do sleep 0.01; done\n\"$CORUN\" logs slow\n"
      "\"$CORUN\" logs -f next >next 2>&1 &\nuntil grep -qs waiting next; do sleep 0.01; done\n"
      "echo >go; \"$CORUN\" logs -f slow; wait; cat next; rm next")
      .expect_stdout("begun\nbegun\ndone\ncorun: waiting for `next` in run <run>\nnext\n")
      .run();
}

TEST_CASE("logs: takes one job") {
  CorunTest().args({"logs"}).expect_exit(2).expect_stderr("corun: `corun logs` takes one job\ntry `corun logs --help`\n").run();
  CorunTest().args({"logs", "--help"}).expect_stdout_parts({"usage: corun logs JOB", "--attempt"}).run();
  CorunTest().args({"history", "--help"}).expect_stdout_parts({"usage: corun history [FILE]", "--failed"}).run();
  CorunTest()
      .args({"history", "a", "b"})
      .expect_exit(2)
      .expect_stderr("corun: `corun history` takes one job file\ntry `corun history --help`\n")
      .run();
}

TEST_CASE("report: the run as a page for browsers, when it ends and afterwards") {
  Script(
      "q jobs.yaml --report html=log2 2>log; grep -o '<title>.*' log2; grep -o '\"resume\":\"corun resume ' log2\n"
      "\"$CORUN\" report --html log2; grep -o '<title>.*' log2; grep -o '\"resume\":\"corun resume ' log2\n"
      "q slow.yaml --only next; \"$CORUN\" report --html - | grep -c '\"resume\":'")
      .expect_stdout(
          "<title>failed · jobs</title>\n\"resume\":\"corun resume \n<title>failed · jobs</title>\n\"resume\":\"corun resume "
          "\n0\n")
      .run();
}
