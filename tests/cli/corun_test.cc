// Runs the real corun and compares all it did. Knows nothing of what corun is for.
#include "corun_test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "catch.h"

namespace fs = std::filesystem;

namespace {

constexpr unsigned kMostSeconds = 60;  // a corun that hangs is ended by SIGALRM

std::string read(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

std::vector<std::string> sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

void redirect(const std::string& path, int flags, int to) {
  const int fd = ::open(path.c_str(), flags, 0600);
  ::dup2(fd, to);
  ::close(fd);
}

}  // namespace

CorunTest::CorunTest() {
  std::string pattern = fs::temp_directory_path() / "corun-cli-XXXXXX";
  root_ = ::mkdtemp(pattern.data());
  for (const char* part : {"work", "home"}) fs::create_directory(fs::path(root_) / part);
  environment_ = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"HOME", root_ + "/home"}, {"CORUN_STATE_DIR", root_ + "/state"}};
}

CorunTest::~CorunTest() { fs::remove_all(root_); }

CorunTest& CorunTest::file(const std::string& name, const std::string& text) {
  files_[name] = text;
  write(fs::path(root_) / "work" / name, text);
  return *this;
}

CorunTest& CorunTest::args(std::initializer_list<std::string> arguments) {
  arguments_ = arguments;
  return *this;
}

CorunTest& CorunTest::env(const std::string& name, const std::string& value) {
  environment_[name] = value;
  return *this;
}

CorunTest& CorunTest::standard_input(const std::string& text) {
  input_ = text;
  return *this;
}

CorunTest& CorunTest::expect_exit(int code) {
  code_ = code;
  return *this;
}

CorunTest& CorunTest::expect_signal(int signal) {
  code_ = -1;
  signal_ = signal;
  return *this;
}

CorunTest& CorunTest::expect_stdout(const std::string& text) {
  out_ = Expectation{text, {}, false};
  return *this;
}

CorunTest& CorunTest::expect_stderr(const std::string& text) {
  err_ = Expectation{text, {}, false};
  return *this;
}

CorunTest& CorunTest::expect_stdout_parts(std::initializer_list<std::string> parts) {
  out_ = Expectation{"", parts, true};
  return *this;
}

CorunTest& CorunTest::expect_stderr_parts(std::initializer_list<std::string> parts) {
  err_ = Expectation{"", parts, true};
  return *this;
}

CorunTest& CorunTest::expect_file(const std::string& name, const std::string& text) {
  expected_files_[name] = text;
  return *this;
}

CorunTest::Ended CorunTest::execute() const {
  write(root_ + "/stdin", input_);
  std::vector<std::string> words = {"corun"};
  words.insert(words.end(), arguments_.begin(), arguments_.end());
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment_) variables.push_back(name + "=" + value);
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::vector<char*> envp;
  for (std::string& variable : variables) envp.push_back(variable.data());
  envp.push_back(nullptr);

  const pid_t pid = ::fork();
  if (pid == 0) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) ::signal(signal, SIG_DFL);
    redirect(root_ + "/stdin", O_RDONLY, 0);
    redirect(root_ + "/stdout", O_WRONLY | O_CREAT | O_TRUNC, 1);
    redirect(root_ + "/stderr", O_WRONLY | O_CREAT | O_TRUNC, 2);
    if (::chdir((root_ + "/work").c_str()) != 0) ::_exit(200);
    ::alarm(kMostSeconds);
    ::execve(CORUN_BINARY, argv.data(), envp.data());
    ::_exit(201);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  Ended ended;
  if (WIFEXITED(status)) ended.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
  ended.out = normalised(read(root_ + "/stdout"));
  ended.err = normalised(read(root_ + "/stderr"));
  return ended;
}

std::string CorunTest::normalised(std::string text) const {
  text = replaced(std::move(text), root_ + "/work", "<dir>");
  text = replaced(std::move(text), root_ + "/state", "<state>");
  const std::string duration = R"((?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?(?:ns|us|ms|s|m|h))";
  text = std::regex_replace(text, std::regex(R"(\d{8}T\d{6}-[0-9a-f]{6})"), "<run>");
  text = std::regex_replace(text, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"), "<ts>");
  text = std::regex_replace(text, std::regex(R"((\] (?:ok|DEGRADED|FAIL|TIMEOUT|SKIP|CANCEL|REJECT) ))" + duration + " "),
                            "$1<time> ");
  text =
      std::regex_replace(text, std::regex(R"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  (?:)" + duration + "|-) +"), "<started>  <time>  ");
  text = std::regex_replace(text, std::regex("(RUN +STARTED +TIME) +"), "$1  ");
  text = std::regex_replace(text, std::regex("((?:jobs?: .*) in )" + duration), "$1<time>");
  text = std::regex_replace(text, std::regex("([! ] (?:ok|DEGRADED|FAIL|TIMEOUT)) +" + duration + "  "), "$1 <time>  ");
  text = std::regex_replace(text, std::regex(R"(((?:\\n|<br>)(?:ok|DEGRADED|FAIL|TIMEOUT) ))" + duration), "$1<time>");
  text = std::regex_replace(text, std::regex("(run <run>: .* after )" + duration), "$1<time>");
  text = std::regex_replace(text, std::regex("((?:elapsed|delay)=)" + duration), "$1<time>");
  text = std::regex_replace(text, std::regex(R"re(("(?:elapsed|wait|user|system|max_rss_kib|delay|start)":)[0-9.]+)re"), "$1<n>");
  return text;
}

void CorunTest::check(const std::string& actual, const Expectation& expectation) {
  if (!expectation.by_parts) {
    CHECK(actual == expectation.text);
    return;
  }
  std::size_t at = 0;
  for (const std::string& part : expectation.parts) {
    const std::size_t found = actual.find(part, at);
    INFO("missing: " << part << "\nin: " << actual);
    CHECK(found != std::string::npos);
    if (found != std::string::npos) at = found + part.size();
  }
}

CorunTest& CorunTest::sorted(const std::string& name) {
  sorted_.insert(name);
  return *this;
}

CorunTest& CorunTest::state_file(const std::string& name, const std::string& text) {
  write(fs::path(root_) / "state" / name, text);
  return *this;
}

std::string CorunTest::state_text(const std::string& name) const { return read(fs::path(root_) / "state" / name); }

bool CorunTest::state_holds(const std::string& text) const {
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(fs::path(root_) / "state")) {
    if (entry.is_regular_file() && read(entry.path()).find(text) != std::string::npos) return true;
  }
  return false;
}

// Nothing may be left but what was there, what is expected, and the state directory.
void CorunTest::check_files() const {
  for (const auto& [name, text] : expected_files_) {
    INFO("file " << name);
    const std::string found = read(fs::path(root_) / "work" / name);
    CHECK((sorted_.contains(name) ? sorted_lines(found) == sorted_lines(text) : found == text));
  }
  for (const char* part : {"work", "home"}) {
    const fs::path base = fs::path(root_) / part;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(base)) {
      if (entry.is_directory()) continue;
      const std::string name = entry.path().lexically_relative(base);
      INFO("left behind: " << part << "/" << name);
      CHECK((part == std::string("work") && (files_.contains(name) || expected_files_.contains(name))));
    }
  }
}

CorunTest& CorunTest::remove(const std::string& name) {
  files_.erase(name);
  expected_files_.erase(name);
  fs::remove(fs::path(root_) / "work" / name);
  return *this;
}

CorunTest& CorunTest::run() {
  const Ended ended = execute();
  std::string command = "corun";
  for (const std::string& argument : arguments_) command += " " + argument;
  INFO(command);
  INFO("stdout:\n" << ended.out << "\nstderr:\n" << ended.err);
  CHECK(ended.code == code_);
  CHECK(ended.signal == signal_);
  check(ended.out, out_);
  check(ended.err, err_);
  check_files();
  code_ = 0;
  signal_ = 0;
  out_ = err_ = Expectation();
  return *this;
}
