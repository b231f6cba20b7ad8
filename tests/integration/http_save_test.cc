// Bodies saved to files, from a real nginx and from servers that misbehave: what is there in the end, and what isn't.
// Knows no jobs.
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "catch.h"
#include "io/digest.h"
#include "support/http_client.h"
#include "support/http_servers.h"

namespace corun::testing {
namespace {

namespace fs = std::filesystem;

// The working directory of one test; at its end no descriptor may be left.
class Scratch {
 public:
  Scratch() : before_(fs::current_path()) {
    std::string folder = (fs::temp_directory_path() / "corun-save-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("mkdtemp");
    root_ = folder;
    fs::create_directory(root_ / "work");
    fs::current_path(root_ / "work");
  }
  ~Scratch() {
    fs::current_path(before_);
    fs::remove_all(root_);
  }
  const fs::path& root() const { return root_; }
  // The names of all files.
  std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& each : fs::directory_iterator(".")) names.insert(each.path().filename());
    return names;
  }

 private:
  fs::path before_;
  fs::path root_;
};

using Names = std::set<std::string>;

std::string text_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

HttpRequest saving(std::string url, SaveTarget target) {
  HttpRequest request = request_to(std::move(url));
  request.options = std::make_unique<HttpRequestOptions>();
  request.options->save = std::move(target);
  return request;
}

SaveTarget to(std::string file, bool resume = false, std::string checksum = "") {
  SaveTarget target;
  target.file = std::move(file);
  target.resume = resume;
  target.checksum = std::move(checksum);
  return target;
}

std::string answer(const std::string& head, const std::string& body = "") { return "HTTP/1.1 " + head + "\r\n\r\n" + body; }

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// The whole file of the scripted servers and its digest.
const std::string kWhole = "0123456789";
const char* const kDigest = "sha256:84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882";

// A part as a broken run leaves it.
void leave_part(const std::string& bytes, const std::string& etag = "") {
  std::ofstream("out.part") << bytes;
  if (!etag.empty()) std::ofstream("out.part.etag") << etag;
}

// --- nginx ---

TEST_CASE("a body goes to a file, not to memory") {
  Nginx nginx;
  const Scratch scratch;
  Client client;
  for (const char* path : {"/1m", "/10k", "/zipped"}) {
    HttpRequest request = saving(nginx.http(path), to("out"));
    request.options->save->if_exists = SaveSpec::IfExists::replace;
    request.max_body = 100;
    const ActionResult result = client.send(std::move(request));
    INFO(result.outcome.message);
    REQUIRE(result.outcome.ok());
    CHECK(result.outcome.http_status == 200);
    CHECK(result.body.empty());
    CHECK(find_header(result.headers, "Content-Type") != nullptr);
    const std::string expected = path == std::string("/1m") ? std::string(1 << 20, 'z') : std::string(10240, 'y');
    CHECK(text_of("out") == expected);
    REQUIRE(result.saved);
    CHECK(result.saved->file == "out");
    CHECK(result.saved->size == expected.size());
    CHECK(scratch.files() == Names{"out"});
  }
  // The next on the same handle is kept in memory again.
  CHECK(client.get(nginx.http("/zipped")).body == std::string(10240, 'y'));
}

TEST_CASE("an interrupted download goes on where it stopped") {
  Nginx nginx;
  const Scratch scratch;
  Client client;
  std::string content;
  for (int i = 0; content.size() < 6'000'000; ++i) content += std::to_string(i) + ' ';
  std::ofstream(nginx.folder() + "/www/big") << content;
  std::string etag;
  const ActionResult head = client.get(nginx.http("/big"));
  if (const std::string* value = find_header(head.headers, "ETag")) etag = *value;
  REQUIRE_FALSE(etag.empty());

  const bool changed = GENERATE(false, true);
  constexpr std::size_t kHere = 5'000'000;  // more than is hashed in one go
  leave_part(changed ? std::string(kHere, '?') : content.substr(0, kHere), changed ? "\"other\"" : etag);
  ByteDigest digest = std::move(*ByteDigest::create("sha1"));
  digest.update(content);
  const ActionResult result = client.send(saving(nginx.http("/big"), to("out", true, "sha1:" + digest.finish())));
  INFO(result.outcome.message);
  CHECK(result.outcome.ok());
  CHECK(result.outcome.http_status == 200);
  CHECK(text_of("out") == content);
  CHECK(scratch.files() == Names{"out"});
  // nginx sends a part only for the right tag.
  CHECK((find_header(result.headers, "Content-Range") != nullptr) == !changed);
}

TEST_CASE("a part that is complete already, or longer than the file") {
  Nginx nginx;
  const Scratch scratch;
  Client client;
  for (const std::string& part : {std::string(1024, 'x'), std::string(2000, 'x')}) {
    leave_part(part);
    const ActionResult result = client.send(saving(nginx.http("/1k"), to("out", true)));
    INFO(result.outcome.message);
    CHECK(result.outcome.ok());
    CHECK(result.outcome.http_status == 200);
    CHECK(result.body.empty());
    CHECK(text_of("out") == std::string(1024, 'x'));
    fs::remove("out");
  }
}

/// Finds fault with everything, and keeps what it has seen.
class Objector final : public ResultJudge {
 public:
  std::optional<Outcome> judge(const ActionResult& result) const override {
    seen_status = result.outcome.http_status;
    seen = result.saved;
    part_was_there = fs::exists("out.part");
    return failure(FailureKind::expectation, "not as expected");
  }
  mutable int seen_status = 0;
  mutable std::optional<SavedFile> seen;
  mutable bool part_was_there = false;
};

TEST_CASE("what isn't as expected gets no name") {
  Nginx nginx;
  const Scratch scratch;
  Client client;
  std::ofstream("out") << "old";
  for (const bool resume : {false, true}) {
    INFO("resume " << resume);
    const Objector judge;
    HttpRequest request = saving(nginx.http("/ok"), to("out", resume));
    request.options->save->if_exists = SaveSpec::IfExists::replace;
    request.options->save->judge = &judge;
    const ActionResult result = client.send(std::move(request));
    CHECK(result.outcome.kind == FailureKind::expectation);
    CHECK(result.outcome.message == "not as expected");
    CHECK(result.outcome.http_status == 200);
    CHECK_FALSE(result.saved);
    CHECK(judge.seen_status == 200);
    REQUIRE(judge.seen);
    CHECK(judge.seen->size == 3);
    CHECK(judge.part_was_there);
    CHECK(text_of("out") == "old");
    CHECK(scratch.files() == Names{"out"});
  }
}

TEST_CASE("a redirect's body isn't the file") {
  Nginx nginx;
  const Scratch scratch;
  Client client;
  HttpRequest request = saving(nginx.http("/to-ok"), to("out"));
  request.follow_redirects = true;
  CHECK(client.send(std::move(request)).outcome.ok());
  CHECK(text_of("out") == "ok\n");
  const ActionResult unfollowed = client.send(saving(nginx.http("/to-ok"), to("other")));
  CHECK(unfollowed.outcome.http_status == 302);
  CHECK_FALSE(unfollowed.saved);
  CHECK(scratch.files() == Names{"out"});
}

TEST_CASE("only what is accepted is saved") {
  Nginx nginx;
  const Scratch scratch;
  Client client;
  const ActionResult missing = client.send(saving(nginx.http("/missing"), to("out")));
  CHECK(missing.outcome.http_status == 404);
  CHECK_FALSE(missing.body.empty());
  CHECK(scratch.files().empty());
  HttpRequest request = saving(nginx.http("/busy"), to("out"));
  request.options->save->status = {{503, 503}};
  CHECK(client.send(std::move(request)).saved);
  CHECK(text_of("out") == "busy");
  request = saving(nginx.http("/ok"), to("other"));
  request.options->save->status = {{201, 204}};
  CHECK_FALSE(client.send(std::move(request)).saved);
  CHECK(scratch.files() == Names{"out"});
}

TEST_CASE("what isn't modified stays as it is") {
  ScriptedServer server([](Connection& connection, int) {
    connection.read_request();
    connection.send(answer("304 Not Modified\r\nETag: \"1\""));
  });
  const Scratch scratch;
  Client client;
  std::ofstream("out") << "old";
  for (const bool resume : {false, true}) {
    INFO("resume " << resume);
    HttpRequest request = saving(server.url(), to("out", resume));
    request.headers = {{"If-None-Match", "\"1\""}};
    request.options->save->if_exists = SaveSpec::IfExists::replace;
    request.options->save->status = {{200, 200}, {304, 304}};
    const ActionResult result = client.send(std::move(request));
    CHECK(result.outcome.ok());
    CHECK(result.outcome.http_status == 304);
    CHECK_FALSE(result.saved);
    CHECK(text_of("out") == "old");
    CHECK(scratch.files() == Names{"out"});
  }
}

TEST_CASE("a file that exists") {
  Nginx nginx;
  const Scratch scratch;
  Client client;
  std::ofstream("out") << "old";
  ActionResult result = client.send(saving(nginx.http("/ok"), to("out")));
  CHECK(result.outcome.kind == FailureKind::save);
  CHECK(has(result.outcome.message, "can't save to out: the file exists"));
  CHECK(result.outcome.unsent);

  HttpRequest request = saving("http://127.0.0.1:" + std::to_string(free_port()) + "/", to("out"));
  request.options->save->if_exists = SaveSpec::IfExists::skip;
  result = client.send(std::move(request));
  CHECK(result.outcome.ok());
  CHECK(result.outcome.message == "out exists, nothing was requested");
  CHECK(result.unrequested);
  REQUIRE(result.saved);
  CHECK(result.saved->size == 3);
  CHECK(text_of("out") == "old");

  request = saving(nginx.http("/ok"), to("out"));
  request.options->save->if_exists = SaveSpec::IfExists::replace;
  CHECK(client.send(std::move(request)).outcome.ok());
  CHECK(text_of("out") == "ok\n");
}

TEST_CASE("places where nothing can be saved, known before the request") {
  SharedCounter requests;
  ScriptedServer server([&requests](Connection& connection, int) {
    connection.read_request();
    requests.increment();
    connection.send(answer("200 OK\r\nContent-Length: 2", "ok"));
  });
  const Scratch scratch;
  Client client;
  fs::create_directory("folder");
  fs::create_directory(scratch.root() / "outside");
  fs::create_directory_symlink(scratch.root() / "outside", "link");
  fs::create_directory_symlink("../outside", "relative");
  for (const char* path : {"none/out", "folder", "../outside/out", "link/out", "relative/out", "/etc/out", "", "folder/"}) {
    INFO(path);
    const ActionResult result = client.send(saving(server.url(), to(path)));
    CHECK(result.outcome.kind == FailureKind::save);
    CHECK(result.outcome.message.starts_with("can't save to " + std::string(path)));
  }
  CHECK(client.send(saving(server.url(), to("out", false, "sha256:abc"))).outcome.kind == FailureKind::invalid_request);
  CHECK(requests.get() == 0);
  CHECK(fs::is_empty(scratch.root() / "outside"));
  CHECK(scratch.files() == Names{"folder", "link", "relative"});
}

TEST_CASE("the server's idea of a name counts for nothing") {
  ScriptedServer server([](Connection& connection, int) {
    connection.read_request();
    connection.send(answer("200 OK\r\nContent-Disposition: attachment; filename=\"../evil\"\r\nContent-Length: 2", "ok"));
  });
  const Scratch scratch;
  Client client;
  CHECK(client.send(saving(server.url(), to("out"))).outcome.ok());
  CHECK(scratch.files() == Names{"out"});
  CHECK_FALSE(fs::exists("../evil"));
}

TEST_CASE("a full disk") {
  Nginx nginx;
  const Scratch scratch;
  Client client;
  // A file size limit is as good: the write fails, and no signal ends the process.
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 100'000;
  ::setrlimit(RLIMIT_FSIZE, &small);
  const ActionResult result = client.send(saving(nginx.http("/1m"), to("out")));
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  CHECK(result.outcome.kind == FailureKind::save);
  CHECK(result.outcome.message == "can't save to out: file too large");
  CHECK(result.outcome.http_status == 200);
  CHECK(scratch.files().empty());
}

// --- checksums ---

// Sends the whole file, whatever is asked for.
ScriptedServer::Script whole_file() {
  return [](Connection& connection, int) {
    connection.read_request();
    connection.send(answer("200 OK\r\nContent-Length: 10\r\nETag: \"1\"", kWhole));
  };
}

TEST_CASE("checksums") {
  ScriptedServer server(whole_file());
  const Scratch scratch;
  Client client;
  const bool resume = GENERATE(false, true);
  ActionResult result = client.send(saving(server.url(), to("out", resume, kDigest)));
  INFO(result.outcome.message);
  CHECK(result.outcome.ok());
  CHECK(text_of("out") == kWhole);
  result = client.send(saving(server.url(), to("other", resume, "md5:00000000000000000000000000000000")));
  CHECK(result.outcome.kind == FailureKind::checksum);
  CHECK(result.outcome.message ==
        "wrong checksum: md5:00000000000000000000000000000000 expected, 781e5e245d69b566979b86e28d23f2c7 received");
  CHECK_FALSE(result.saved);
  CHECK(scratch.files() == Names{"out"});
}

// --- resuming against all sorts of servers ---

// Sends 4 bytes of the file, then breaks off; after that what `script` says.
ScriptedServer::Script broken_first(const ScriptedServer::Script& script) {
  return [script](Connection& connection, int number) {
    if (number > 0) return script(connection, number);
    connection.read_request();
    connection.send(answer("200 OK\r\nContent-Length: 10\r\nETag: \"1\"", kWhole.substr(0, 4)));
  };
}

TEST_CASE("a broken transfer leaves nothing, or with resume its part") {
  ScriptedServer server([](Connection& connection, int) {
    connection.read_request();
    connection.send(answer("200 OK\r\nContent-Length: 10\r\nETag: \"1\"", kWhole.substr(0, 4)));
  });
  const Scratch scratch;
  Client client;
  ActionResult result = client.send(saving(server.url(), to("out")));
  CHECK(result.outcome.kind == FailureKind::transfer);
  CHECK(result.outcome.message == "server closed the connection after 4 of 10 bytes");
  CHECK(scratch.files().empty());
  result = client.send(saving(server.url(), to("out", true)));
  CHECK(result.outcome.kind == FailureKind::transfer);
  CHECK(result.outcome.message == "server closed the connection after 4 of 10 bytes (4 bytes are kept in out.part)");
  CHECK(scratch.files() == Names{"out.part", "out.part.etag"});
  CHECK(text_of("out.part") == "0123");
  CHECK(text_of("out.part.etag") == "\"1\"");
}

TEST_CASE("the next attempt asks for the rest, with the tag and without an encoding") {
  ScriptedServer server(broken_first([](Connection& connection, int) {
    const std::string request = connection.read_request();
    const bool right = has(request, "\r\nRange: bytes=4-\r\n") && has(request, "\r\nIf-Range: \"1\"\r\n") &&
                       has(request, "\r\nAccept-Encoding: identity\r\n");
    connection.send(
        right ? answer("206 Partial Content\r\nContent-Range: bytes 4-9/10\r\nContent-Length: 6\r\nETag: \"1\"", "456789")
              : answer("400 Bad Request\r\nContent-Length: 0"));
  }));
  const Scratch scratch;
  Client client;
  CHECK(client.send(saving(server.url(), to("out", true, kDigest))).outcome.kind == FailureKind::transfer);
  const ActionResult result = client.send(saving(server.url(), to("out", true, kDigest)));
  INFO(result.outcome.message);
  CHECK(result.outcome.ok());
  CHECK(result.outcome.http_status == 200);
  CHECK(result.saved->size == 10);
  CHECK(text_of("out") == kWhole);
  CHECK(scratch.files() == Names{"out"});
}

// What the second attempt comes to against `script`; the part of the first is there.
ActionResult second_attempt(const ScriptedServer::Script& script, std::string checksum = kDigest) {
  ScriptedServer server(script);
  Client client;
  leave_part("0123", "\"1\"");
  return client.send(saving(server.url(), to("out", true, std::move(checksum))));
}

// Answers a request for a range with `partial`, one for the whole file with the file.
ScriptedServer::Script to_ranges(const std::string& partial) {
  return [partial](Connection& connection, int) {
    for (;;) {
      const std::string request = connection.read_request();
      if (request.empty()) return;
      connection.send(has(request, "\r\nRange: ") ? partial : answer("200 OK\r\nContent-Length: 10\r\nETag: \"1\"", kWhole));
    }
  };
}

TEST_CASE("answers of no use start the file over within the same attempt") {
  const std::string answers[] = {
      answer("206 Partial Content\r\nContent-Range: bytes 3-9/10\r\nContent-Length: 7", "3456789"),
      answer("206 Partial Content\r\nContent-Range: bytes 0-9/10\r\nContent-Length: 10", kWhole),
      answer("206 Partial Content\r\nContent-Range: nonsense\r\nContent-Length: 6", "456789"),
      answer("206 Partial Content\r\nContent-Length: 6", "456789"),
      answer("206 Partial Content\r\nContent-Range: bytes 4-9/10\r\nContent-Length: 6\r\nETag: \"2\"", "changed"),
      answer("206 Partial Content\r\nContent-Range: bytes 4-9/10\r\nContent-Length: 0\r\nETag: \"2\""),
      answer("416 Range Not Satisfiable\r\nContent-Range: bytes */3\r\nContent-Length: 2", "no"),
      answer("416 Range Not Satisfiable\r\nContent-Length: 0")};
  for (const std::string& partial : answers) {
    INFO(partial);
    const Scratch scratch;
    const ActionResult result = second_attempt(to_ranges(partial));
    INFO(result.outcome.message);
    CHECK(result.outcome.ok());
    CHECK(text_of("out") == kWhole);
    CHECK(scratch.files() == Names{"out"});
  }
}

TEST_CASE("a server that ignores ranges, or has another file now") {
  const Scratch scratch;
  const ActionResult result = second_attempt(to_ranges(answer("200 OK\r\nContent-Length: 10\r\nETag: \"2\"", kWhole)));
  CHECK(result.outcome.ok());
  CHECK(text_of("out") == kWhole);
}

TEST_CASE("416 for a part that is complete") {
  ScriptedServer server(to_ranges(answer("416 Range Not Satisfiable\r\nContent-Range: bytes */10\r\nContent-Length: 0")));
  const Scratch scratch;
  Client client;
  leave_part(kWhole);
  ActionResult result = client.send(saving(server.url(), to("out", true, kDigest)));
  INFO(result.outcome.message);
  CHECK(result.outcome.ok());
  CHECK(result.outcome.http_status == 200);
  CHECK(text_of("out") == kWhole);
  // Complete, but wrong: the next attempt begins anew.
  fs::remove("out");
  leave_part("01234?6789");
  result = client.send(saving(server.url(), to("out", true, kDigest)));
  CHECK(result.outcome.kind == FailureKind::checksum);
  CHECK(scratch.files().empty());
  CHECK(client.send(saving(server.url(), to("out", true, kDigest))).outcome.ok());
  CHECK(text_of("out") == kWhole);
}

TEST_CASE("a part of a file that was asked for whole, again and again") {
  const Scratch scratch;
  const ActionResult result = second_attempt([](Connection& connection, int) {
    connection.read_request();
    connection.send(
        answer("206 Partial Content\r\nContent-Range: bytes 1-9/10\r\nContent-Length: 9\r\nConnection: close", "123456789"));
  });
  CHECK(result.outcome.kind == FailureKind::transfer);
  CHECK(result.outcome.message == "the server sent a part of the file, which wasn't asked for");
  CHECK(scratch.files().empty());
}

TEST_CASE("a weak tag isn't asked by, but notices another file") {
  ScriptedServer server([](Connection& connection, int number) {
    const std::string request = connection.read_request();
    const bool asks_for_rest = has(request, "\r\nRange: bytes=4-\r\n") && !has(request, "If-Range");
    if (number == 0) {
      connection.send(answer("200 OK\r\nContent-Length: 10\r\nETag: W/\"1\"", kWhole.substr(0, 4)));
    } else if (asks_for_rest) {
      connection.send(
          answer("206 Partial Content\r\nContent-Range: bytes 4-9/10\r\nContent-Length: 6\r\nETag: W/\"2\"", "other!"));
    } else {
      connection.send(answer("200 OK\r\nContent-Length: 10\r\nETag: W/\"2\"", kWhole));
    }
  });
  const Scratch scratch;
  Client client;
  CHECK_FALSE(client.send(saving(server.url(), to("out", true))).outcome.ok());
  CHECK(text_of("out.part.etag") == "W/\"1\"");
  CHECK(client.send(saving(server.url(), to("out", true))).outcome.ok());
  CHECK(text_of("out") == kWhole);
}

TEST_CASE("less than the rest is no end") {
  const Scratch scratch;
  const ActionResult result =
      second_attempt(to_ranges(answer("206 Partial Content\r\nContent-Range: bytes 4-5/10\r\nContent-Length: 2", "45")));
  CHECK(result.outcome.kind == FailureKind::transfer);
  CHECK(result.outcome.message == "server sent 6 of 10 bytes (6 bytes are kept in out.part)");
  CHECK(text_of("out.part") == "012345");
}

TEST_CASE("less than the response says it brings is no end either, whatever the size of the whole") {
  const Scratch scratch;
  const ActionResult result =
      second_attempt(to_ranges(answer("206 Partial Content\r\nContent-Range: bytes 4-9/*\r\nTransfer-Encoding: chunked",
                                      "2\r\n45\r\n0\r\n\r\n")),
                     "");
  CHECK(result.outcome.kind == FailureKind::transfer);
  CHECK(result.outcome.message == "server sent 6 of 10 bytes (6 bytes are kept in out.part)");
  CHECK(text_of("out.part") == "012345");
}

TEST_CASE("more than the response says it brings is of no use") {
  const Scratch scratch;
  const ActionResult result = second_attempt(
      to_ranges(answer("206 Partial Content\r\nContent-Range: bytes 4-9/10\r\nContent-Length: 8", "456789xy")), "");
  CHECK(result.outcome.kind == FailureKind::transfer);
  CHECK(result.outcome.message == "server sent 12 of 10 bytes");
  CHECK(scratch.files().empty());
}

TEST_CASE("the rest breaks off too") {
  const Scratch scratch;
  const ActionResult result = second_attempt([](Connection& connection, int) {
    connection.read_request();
    connection.send(answer("206 Partial Content\r\nContent-Range: bytes 4-9/10\r\nContent-Length: 6", "45"));
  });
  CHECK(result.outcome.kind == FailureKind::transfer);
  CHECK(text_of("out.part") == "012345");
  CHECK(text_of("out.part.etag") == "\"1\"");
}

TEST_CASE("an error of the server leaves the part alone") {
  const Scratch scratch;
  const ActionResult result = second_attempt(to_ranges(answer("503 Service Unavailable\r\nContent-Length: 4", "busy")));
  CHECK(result.outcome.ok());
  CHECK(result.outcome.http_status == 503);
  CHECK(result.body == "busy");
  CHECK_FALSE(result.saved);
  CHECK(text_of("out.part") == "0123");
}

TEST_CASE("a tag with a line break is none") {
  ScriptedServer server([](Connection& connection, int) {
    const std::string request = connection.read_request();
    connection.send(answer(
        has(request, "Injected") || has(request, "If-Range") ? "400 Bad\r\nContent-Length: 0" : "200 OK\r\nContent-Length: 10",
        kWhole));
  });
  const Scratch scratch;
  Client client;
  leave_part("0123", "\"1\"\r\nInjected: \"x\"");
  CHECK(client.send(saving(server.url(), to("out", true))).outcome.http_status == 200);
}

TEST_CASE("what comes compressed can't be continued") {
  REQUIRE(std::system("printf 0123456789 | gzip -n > /tmp/corun-save.gz") == 0);
  const std::string zipped = text_of("/tmp/corun-save.gz");
  fs::remove("/tmp/corun-save.gz");
  const std::string head = "200 OK\r\nContent-Encoding: gzip\r\nETag: \"1\"\r\nContent-Length: " + std::to_string(zipped.size());
  ScriptedServer server([&](Connection& connection, int number) {
    const bool ranged = has(connection.read_request(), "\r\nRange: ");
    connection.send(answer(ranged ? "400 Bad Request\r\nContent-Length: 0" : head, number == 0 ? zipped.substr(0, 22) : zipped));
  });
  const Scratch scratch;
  Client client;
  CHECK(client.send(saving(server.url(), to("out", true, kDigest))).outcome.kind == FailureKind::transfer);
  CHECK(scratch.files().empty());
  const ActionResult result = client.send(saving(server.url(), to("out", true, kDigest)));
  INFO(result.outcome.message);
  CHECK(result.outcome.ok());
  CHECK(text_of("out") == kWhole);
}

// --- cancelled ---

TEST_CASE("a download that is cancelled or falls silent") {
  ScriptedServer server([](Connection& connection, int) {
    connection.read_request();
    connection.send(answer("200 OK\r\nContent-Length: 10", "0123"));
    connection.wait_for_close();
  });
  const std::size_t before = open_descriptors();
  const auto cancel = [&server](const std::string& file, bool resume, Duration time) {
    Client client;
    CHECK(client.send(saving(server.url(), to(file, resume)), time).outcome.kind == FailureKind::cancelled);
  };
  const auto fall_silent = [&server](const std::string& file, bool resume, Duration time) {
    Client client;
    HttpRequest request = saving(server.url(), to(file, resume));
    request.idle_timeout = time;
    CHECK(client.send(std::move(request)).outcome.kind == FailureKind::idle_timeout);
  };
  {
    const Scratch scratch;
    cancel("out", false, 50ms);
    fall_silent("other", false, 50ms);
    CHECK(scratch.files().empty());
  }
  const Scratch scratch;
  // On a busy machine the first bytes may take longer.
  const auto until_there = [](auto end, const std::string& file) {
    for (Duration time = 50ms; time < 10s && !fs::exists(file + ".part"); time *= 2) end(file, true, time);
  };
  until_there(cancel, "out");
  until_there(fall_silent, "other");
  CHECK(scratch.files() == Names{"out.part", "other.part"});
  CHECK(open_descriptors() == before);
}

}  // namespace
}  // namespace corun::testing
