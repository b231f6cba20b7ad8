// What a failed run says to somebody who wasn't there.
#include "report/failure_mail.h"

#include "catch.h"
#include "run_world.h"

using namespace corun;

namespace {

struct Mailbox {
  explicit Mailbox(const std::vector<std::string>& names, const std::string& logs = "")
      : err(file.fd()), mail(&err, MailSettings{"web1", "/srv/jobs.yaml", logs}), world(mail, names) {}
  std::string text() {
    err.flush();
    return file.text();
  }
  MemoryFile file;
  OutputStream err;
  FailureMail mail;
  RunWorld world;
};

}  // namespace

TEST_CASE("A run that succeeds sends nothing") {
  Mailbox box({"a", "b"});
  box.world.begin();
  box.world.start("a", 0);
  box.world.output("a", "noise\n");
  box.world.end("a", JobState::succeeded, 1);
  box.world.finish(1, 0);
  CHECK(box.text().empty());
  CHECK(box.mail.text().empty());
}

TEST_CASE("The verdict comes first, then what one needs to know, then what failed") {
  Mailbox box({"root", "late", "after"}, "corun logs");
  box.world.begin();
  box.world.start("root", 0);
  box.world.output("root", "\x1b[1;31mdisk\x1b[0m full\r\n\x07");
  box.world.fail("root", 1, 3);
  box.world.skip("after", "needs `root`, which didn't succeed", 1);
  box.world.start("late", 0);
  box.world.fail("late", 65, 4);
  box.world.finish(65, 1);
  CHECK(box.text() == R"(jobs failed on web1 after 1m05s: root: exit code 3 (and 1 more)

file     /srv/jobs.yaml
host     web1
run      run-1
started  2026-01-01T00:00:00.000Z
jobs     3 jobs: 2 failed, 1 skipped in 1m05s
exit     1

FAIL root: exit code 3
  | disk full
  | \x07
  log: /logs/root.log
FAIL late: exit code 4
SKIP after: needs `root`, which didn't succeed

all output of a job: corun logs JOB
)");
  CHECK(box.mail.text() == box.text());
}

TEST_CASE("The verdict of a run that was ended") {
  Mailbox late({"a"});
  late.world.begin();
  late.world.finish(3600, 124, CancelReason::run_timeout);
  CHECK(late.text().starts_with("jobs timed out on web1 after 1h00m\n"));
  Mailbox stopped({"a"});
  stopped.world.begin();
  stopped.world.finish(5, 143, CancelReason::terminated);
  CHECK(stopped.text().starts_with("jobs was stopped on web1 after 5.0s\n"));
}

TEST_CASE("Nothing in a mail steers a terminal") {
  CHECK(plain_text("a\x1b[31mb\x1b]0;title\x07"
                   "c\x1b]8;;u\x1b\\d\x1b(0") == "abcd0");
  CHECK(plain_text("x\x1b[") == "x");
  CHECK(plain_text("x\x1b") == "x");
  CHECK(plain_text("1\r\n2\r3\n") == "1\n2\\x0d3\n");
}
