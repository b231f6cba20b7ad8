// A look at the tokens of a jq program, without its grammar. Knows nothing of what exists.
#include "expr/references.h"

#include <algorithm>
#include <array>

namespace corun {
namespace {

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

// Functions that give their arguments another input than their own.
constexpr std::array<std::string_view, 26> kChangers{
    "IN",        "INDEX",   "JOIN",   "add",        "all",         "any",    "foreach",
    "group_by",  "gsub",    "map",    "map_values", "max_by",      "min_by", "paths",
    "pick",      "recurse", "reduce", "repeat",     "sort_by",     "sub",    "truncate_stream",
    "unique_by", "until",   "walk",   "while",      "with_entries"};
constexpr std::array<std::string_view, 5> kRoots{"vars", "env", "secrets", "jobs", "previous"};

class Finder {
 public:
  explicit Finder(std::string_view program) : text_(program), defines_(program.find("def ") != std::string_view::npos) {}

  std::vector<Reference> find() {
    while (at_ < text_.size()) step();
    return std::move(found_);
  }

 private:
  // What is known inside one pair of brackets.
  struct Level {
    bool input = true;       // `.` is the program's input
    bool pattern = false;    // `as` has been seen: a pattern follows
    bool in_string = false;  // the level is a string
  };

  Level& level() { return levels_.back(); }
  char next(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void step() {
    const char c = next();
    if (level().in_string) return step_string(c);
    if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '"') {
      levels_.push_back({level().input, false, true});
      ++at_;
      word_ = {};
    } else if (c == '.') {
      step_dot();
    } else if (is_name_start(c)) {
      step_word();
    } else if (c == '(' || c == '[' || c == '{') {
      const bool changes =
          c == '(' && (level().pattern || std::find(kChangers.begin(), kChangers.end(), word_) != kChangers.end());
      if (c == '(') level().pattern = false;
      levels_.push_back({level().input && !changes});
      step_over();
    } else if (c == ')' || c == ']' || c == '}') {
      if (levels_.size() > 1) levels_.pop_back();
      step_over();
    } else if (c == '|') {
      if (!level().pattern || next(1) == '=') level().input = false;
      level().pattern = false;
      step_over();
    } else {
      if (c != ' ' && c != '\n' && c != '\t' && c != '\r') word_ = {};
      ++at_;
    }
  }

  void step_over() {
    word_ = {};
    ++at_;
  }

  void step_string(char c) {
    if (c == '\\' && next(1) == '(') {
      levels_.push_back({level().input});
      at_ += 2;
    } else if (c == '\\') {
      at_ += 2;
    } else {
      if (c == '"') levels_.pop_back();
      ++at_;
    }
  }

  std::string_view take_name() {
    const std::size_t start = at_;
    while (is_name(next())) ++at_;
    return text_.substr(start, at_ - start);
  }

  // Whether a colon follows: `{previous: …}` is a name for something else.
  bool is_key() const {
    const std::size_t behind = text_.find_first_not_of(" \t\r\n", at_);
    return behind != std::string_view::npos && text_[behind] == ':';
  }

  void step_word() {
    const bool variable = at_ > 0 && (text_[at_ - 1] == '$' || text_[at_ - 1] == '@');
    const std::size_t start = at_;
    word_ = take_name();
    if (word_ == "as") level().pattern = true;
    if (word_ == "catch") level().input = false;  // the error is
    // `{jobs}`, `["jobs"]` and the like: no dot, so any of it.
    if (!variable && word_ == "jobs") found_.push_back({"jobs", "", "", "", false, start});
    if (!variable && word_ == "previous" && !is_key()) found_.push_back({"previous", "", "", "", false, start});
  }

  // `.name`, also `."name"` and `["name"]` behind a dot or a name.
  std::string take_field() {
    if (next() == '.' && is_name_start(next(1))) {
      ++at_;
      return std::string(take_name());
    }
    const std::size_t quote = next() == '.' || next() == '[' ? 1 : 0;
    if (quote == 0 || next(quote) != '"') return {};
    const std::size_t end = text_.find('"', at_ + quote + 1);
    if (end == std::string_view::npos) return {};
    const std::string_view name = text_.substr(at_ + quote + 1, end - at_ - quote - 1);
    if (name.find('\\') != std::string_view::npos) return {};
    const bool bracket = next() == '[';
    if (bracket && (end + 1 >= text_.size() || text_[end + 1] != ']')) return {};
    at_ = end + (bracket ? 2 : 1);
    return std::string(name);
  }

  void step_dot() {
    const std::size_t start = at_;
    const char before = at_ > 0 ? text_[at_ - 1] : ' ';
    const bool continues = is_name(before) || std::string_view(")]}\"?").find(before) != std::string_view::npos;
    const bool certain = level().input && !continues && !defines_;
    word_ = {};
    const std::string root = take_field();
    if (root.empty()) {
      if (level().input && !continues) found_.push_back({"", "", "", "", certain, start});
      ++at_;
      while (next() == '.') ++at_;
      return;
    }
    if (std::find(kRoots.begin(), kRoots.end(), root) == kRoots.end()) {
      if (certain) found_.push_back({root, "", "", "", true, start});
      return;
    }
    if (continues && root != "jobs") return;  // a field of something else
    Reference reference{root, take_field(), "", "", certain, start};
    if (!reference.name.empty()) reference.part = take_field();
    if (!reference.part.empty()) reference.field = take_field();
    found_.push_back(std::move(reference));
  }

  std::string_view text_;
  bool defines_;
  std::size_t at_ = 0;
  std::string_view word_;  // the last one, if nothing but space followed
  std::vector<Level> levels_ = std::vector<Level>(1);
  std::vector<Reference> found_;
};

}  // namespace

std::vector<Reference> find_references(std::string_view program) { return Finder(program).find(); }

}  // namespace corun
