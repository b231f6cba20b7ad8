// Runs the real corun in a directory of its own and compares all it did: both outputs, the exit, what is left behind.
#pragma once

#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// One call of corun. Everything that isn't expected explicitly is expected to be empty or zero.
class CorunTest {
 public:
  CorunTest();
  ~CorunTest();
  CorunTest(const CorunTest&) = delete;
  CorunTest& operator=(const CorunTest&) = delete;

  /// A file in the directory corun runs in.
  CorunTest& file(const std::string& name, const std::string& text);
  CorunTest& args(std::initializer_list<std::string> arguments);
  /// Added to an environment that has only PATH, HOME and CORUN_STATE_DIR.
  CorunTest& env(const std::string& name, const std::string& value);
  CorunTest& standard_input(const std::string& text);

  CorunTest& expect_exit(int code);
  /// Death by a signal.
  CorunTest& expect_signal(int signal);
  /// Compared after what differs from run to run has become `<time>`, `<ts>`, `<started>`, `<run>`, `<dir>`, `<state>` or `<n>`.
  CorunTest& expect_stdout(const std::string& text);
  CorunTest& expect_stderr(const std::string& text);
  /// Only parts of it, in this order: for long texts tested elsewhere.
  CorunTest& expect_stdout_parts(std::initializer_list<std::string> parts);
  CorunTest& expect_stderr_parts(std::initializer_list<std::string> parts);
  /// A file that may be there afterwards, with this text.
  CorunTest& expect_file(const std::string& name, const std::string& text);

  /// Its lines are compared in order: what runs side by side writes in any.
  CorunTest& sorted(const std::string& name);
  /// A file in the state directory.
  CorunTest& state_file(const std::string& name, const std::string& text);
  /// What such a file holds.
  std::string state_text(const std::string& name) const;
  /// Whether some file of the state directory has `text` in it.
  bool state_holds(const std::string& text) const;

  /// Runs corun and checks everything; what was expected is forgotten then, so that more runs in the same place may follow.
  CorunTest& run();
  /// Removes a file from the directory corun runs in.
  CorunTest& remove(const std::string& name);

 private:
  struct Expectation {
    std::string text;
    std::vector<std::string> parts;
    bool by_parts = false;
  };
  struct Ended {
    int code = -1;
    int signal = 0;
    std::string out;
    std::string err;
  };
  Ended execute() const;
  std::string normalised(std::string text) const;
  static void check(const std::string& actual, const Expectation& expectation);
  void check_files() const;

  std::string root_;  // holds work/, state/, home/
  std::vector<std::string> arguments_;
  std::map<std::string, std::string> environment_;
  std::map<std::string, std::string> files_;
  std::map<std::string, std::string> expected_files_;
  std::set<std::string> sorted_;
  std::string input_;
  int code_ = 0;
  int signal_ = 0;
  Expectation out_;
  Expectation err_;
};
