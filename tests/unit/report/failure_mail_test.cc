// What a failed run says to somebody who wasn't there.
#include "report/failure_mail.h"

#include <algorithm>

#include "catch.h"
#include "run_world.h"

using namespace corun;

namespace {

struct Mailbox {
  explicit Mailbox(const std::vector<std::string>& names)
      : err(file.fd()), mail(&err, MailSettings{"web1", "nightly", "/srv/jobs.yaml"}), world(mail, names) {}
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
  Mailbox box({"root", "late", "after"});
  box.world.logs = "corun logs --run run-1";
  box.world.begin();
  box.mail.warning("the disk is \x1b[1mfull");
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
user     nightly
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

warning: the disk is full

all output of a job: corun logs --run run-1 root
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

TEST_CASE("Of a run whose time was over one wants to know what still ran") {
  Mailbox box({"after", "slow", "group", "bad"});
  box.world.make_group("group", {"member"});
  box.world.logs = "corun logs --run run-1 --state-dir /s";
  box.world.begin();
  Outcome over;
  over.kind = FailureKind::cancelled;
  over.cancel_reason = CancelReason::run_timeout;
  for (const char* name : {"slow", "group", "group/member", "bad"}) box.world.start(name, 0);
  box.world.output("group/member", "10 %\r20 %\r");
  box.world.fail("bad", 1, 3);
  box.world.end("after", JobState::cancelled, 60, over);
  box.world.end("group/member", JobState::cancelled, 61, over);
  box.world.end("group", JobState::cancelled, 61, over);
  box.world.end("slow", JobState::cancelled, 62, over);
  box.world.finish(62, 124, CancelReason::run_timeout);
  const std::string text = box.text();
  CHECK(text.starts_with("jobs timed out on web1 after 1m02s: group/member and 1 more were still running (and 1 failed)\n\n"));
  CHECK(text.ends_with(R"(
FAIL bad: exit code 3
CANCEL group/member: run timeout
  | 20 %
  log: /logs/group/member.log
CANCEL slow: run timeout
CANCEL after: run timeout

all output of a job: corun logs --run run-1 --state-dir /s bad
)"));
}

TEST_CASE("What failed inside of others isn't counted with them") {
  Mailbox box({"group", "other"});
  box.world.make_group("group", {"a", "b"});
  box.world.begin();
  for (const char* name : {"group", "group/a", "group/b", "other"}) box.world.start(name, 0);
  for (const char* name : {"group/a", "group/b", "group", "other"}) box.world.fail(name, 1);
  box.world.finish(1, 1);
  CHECK(box.text().starts_with("jobs failed on web1 after 1.0s: group/a: exit code 1 (and 1 more)\n"));
}

TEST_CASE("No line is longer than mail servers take, and no tail longer than its 4 KiB") {
  Mailbox box({"a"});
  box.world.begin();
  box.world.start("a", 0);
  box.world.output("a", "first\n" + std::string(5000, '\x01') + std::string(3000, 'x'));
  box.world.fail("a", 1);
  box.world.finish(1, 1);
  const std::string text = box.text();
  std::size_t longest = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    longest = std::max(longest, end - at);
    at = end + 1;
  }
  CHECK(longest == 904);
  CHECK(text.size() < 4096 + 600);
  CHECK(text.find("\n  | xxx") != std::string::npos);
}
