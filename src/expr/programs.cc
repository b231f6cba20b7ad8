// Puts programs together for libjq, and its errors back where they belong. Knows nothing of templates.
#include "expr/programs.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace corun {
namespace {

// The lines of the combined program: where each came from. Errors of libjq name a line, so each word gets its own.
struct Line {
  Programs::Id program;
  std::size_t offset;  // in its source
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Walks jq's source; tells strings and comments from code.
class SourceScanner {
 public:
  enum class Part { code, string, comment };

  // What the character `c`, which comes next, belongs to.
  Part next(char c) {
    if (comment_) {
      if (c == '\n') comment_ = false;
      return Part::comment;
    }
    if (in_string()) {
      if (escaped_) {
        escaped_ = false;
        if (c == '(') nesting_ += '(';
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        nesting_.pop_back();
      }
      return Part::string;
    }
    if (c == '#') {
      comment_ = true;
      return Part::comment;
    }
    if (c == '"' || c == '(' || c == '[' || c == '{') nesting_ += c;
    if (c == ')' || c == ']' || c == '}') close(c);
    return Part::code;
  }

  bool in_string() const { return !nesting_.empty() && nesting_.back() == '"'; }
  bool mismatched() const { return mismatched_; }
  const std::string& nesting() const { return nesting_; }

 private:
  void close(char c) {
    const char open = c == ')' ? '(' : c == ']' ? '[' : '{';
    if (nesting_.empty() || nesting_.back() != open) {
      mismatched_ = true;
    } else {
      nesting_.pop_back();
    }
  }

  std::string nesting_;
  bool comment_ = false;
  bool escaped_ = false;
  bool mismatched_ = false;
};

// Appends `source`, a line for each word of its code.
void append_source(std::string& out, std::vector<Line>& lines, Programs::Id id, std::string_view source) {
  SourceScanner scanner;
  bool was_space = false;
  for (std::size_t i = 0; i < source.size(); ++i) {
    const SourceScanner::Part part = scanner.next(source[i]);
    const bool breaks = source[i] == '\n' || (part == SourceScanner::Part::code && is_space(source[i]));
    if (breaks) {
      if (!was_space || source[i] == '\n') {
        out += '\n';
        lines.push_back({id, i + 1});
      }
      was_space = true;
      continue;
    }
    if (was_space) lines.back().offset = i;
    was_space = false;
    out += source[i];
  }
}

// Appends `if $n < middle then … else … end`, which finds a program in as many steps as its number has bits.
void append_choice(std::string& out, std::size_t first, std::size_t end) {
  if (end - first == 1) {
    out += "corun_program_" + std::to_string(first);
    return;
  }
  const std::size_t middle = first + (end - first) / 2;
  out += "if $corun_program < " + std::to_string(middle) + " then ";
  append_choice(out, first, middle);
  out += " else ";
  append_choice(out, middle, end);
  out += " end";
}

// libjq's message without what only makes sense on its own command line, and the line it names (0: none).
std::pair<std::string, std::size_t> read_message(std::string message) {
  constexpr std::string_view kPrefix = "jq: error: ";
  if (message.starts_with(kPrefix)) message.erase(0, kPrefix.size());
  std::size_t line = 0;
  constexpr std::string_view kPlace = " at <top-level>, line ";
  if (const std::size_t at = message.find(kPlace); at != std::string::npos) {
    const char* digits = message.data() + at + kPlace.size();
    std::from_chars(digits, message.data() + message.size(), line);
    message.resize(at);
  }
  if (const std::size_t at = message.find(" (Unix shell quoting issues?)"); at != std::string::npos) message.resize(at);
  return {std::move(message), line};
}

void collect_message(void* messages, jv message) {
  static_cast<std::vector<std::string>*>(messages)->push_back(Json::adopt(message).to_text());
}

void ignore_message(void*, jv message) { jq().free(message); }

}  // namespace

std::string unbalanced(std::string_view source, std::size_t& offset) {
  SourceScanner scanner;
  std::vector<std::size_t> opened;
  for (std::size_t i = 0; i < source.size(); ++i) {
    scanner.next(source[i]);
    if (scanner.mismatched()) {
      offset = i;
      return std::string("`") + source[i] + "` without its opening bracket";
    }
    while (opened.size() < scanner.nesting().size()) opened.push_back(i);
    opened.resize(scanner.nesting().size());
  }
  if (opened.empty()) return {};
  offset = opened.back();
  return scanner.in_string() ? "a string that isn't closed" : std::string("`") + scanner.nesting().back() + "` that isn't closed";
}

Programs::Programs(Programs&& other) noexcept
    : sources_(std::move(other.sources_)), ids_(std::move(other.ids_)), state_(std::exchange(other.state_, nullptr)) {}

Programs& Programs::operator=(Programs&& other) noexcept {
  std::swap(sources_, other.sources_);
  std::swap(ids_, other.ids_);
  std::swap(state_, other.state_);
  return *this;
}

Programs::~Programs() { reset(); }

void Programs::reset() {
  if (state_ != nullptr) jq().teardown(&state_);
  state_ = nullptr;
}

Programs::Id Programs::add(std::string_view source) {
  const auto [entry, is_new] = ids_.try_emplace(std::string(source), static_cast<Id>(sources_.size()));
  if (is_new) sources_.emplace_back(source);
  return entry->second;
}

std::vector<Programs::Problem> Programs::compile() {
  constexpr int kMostRounds = 20;  // a syntax error hides those behind it: each costs another round
  std::vector<Problem> problems;
  if (sources_.empty()) return problems;
  for (Id id = 0; id < sources_.size(); ++id) {
    std::size_t offset = 0;
    std::string problem = unbalanced(sources_[id], offset);
    if (problem.empty()) continue;
    problems.push_back({id, std::move(problem), offset});
    sources_[id] = "null";
  }
  for (int round = 0; round < kMostRounds; ++round) {
    if (compile_once(problems)) break;
  }
  return problems;
}

// False if there were problems and another round may find more.
bool Programs::compile_once(std::vector<Problem>& problems) {
  std::string text;
  std::vector<Line> lines(1, Line{0, 0});
  for (Id id = 0; id < sources_.size(); ++id) {
    text += "def corun_program_" + std::to_string(id) + ": (\n";
    lines.back().program = id;
    lines.push_back({id, 0});
    append_source(text, lines, id, sources_[id]);
    text += "\n);\n";
    lines.push_back({id, sources_[id].size()});
    lines.push_back({id, 0});
  }
  text += ". as [$corun_program, $corun_input] | $corun_input | ";
  append_choice(text, 0, sources_.size());

  reset();
  state_ = jq().init();
  if (state_ == nullptr) throw std::bad_alloc();
  std::vector<std::string> messages;
  jq().set_error_callback(state_, collect_message, &messages);
  const bool compiled = jq().compile(state_, text.c_str()) != 0;
  jq().set_error_callback(state_, ignore_message, nullptr);
  if (compiled) return true;
  reset();
  bool placed = false;
  for (std::string& each : messages) {
    auto [message, line] = read_message(std::move(each));
    if (line == 0 || line > lines.size()) continue;
    const Line& origin = lines[line - 1];
    const bool known =
        std::any_of(problems.begin(), problems.end(), [&](const Problem& it) { return it.program == origin.program; });
    placed = true;
    if (!known) problems.push_back({origin.program, std::move(message), origin.offset});
    sources_[origin.program] = "null";
  }
  if (!placed) problems.push_back({0, messages.empty() ? "it doesn't compile" : read_message(messages[0]).first, 0});
  return !placed;
}

Result<Json> Programs::run(std::string_view source, const Json& input) const {
  const auto found = ids_.find(std::string(source));
  if (found == ids_.end() || state_ == nullptr) return Error{"the program wasn't compiled"};
  const JqApi& api = jq();
  Json question = Json::list();
  question.append(Json::number(found->second));
  question.append(input);
  api.start(state_, question.copy(), 0);
  const jv first = api.next(state_);
  if (api.get_kind(first) == JV_KIND_INVALID) {
    if (api.invalid_has_message(api.copy(first)) != 0) {
      const Json message = Json::adopt(api.invalid_get_message(first));
      return Error{message.to_text()};
    }
    api.free(first);
    return Error{api.halted(state_) != 0 ? "it halts" : "it gives no value"};
  }
  Json value = Json::adopt(first);
  const jv second = api.next(state_);
  const bool more = api.get_kind(second) != JV_KIND_INVALID;
  const bool failed = !more && api.invalid_has_message(api.copy(second)) != 0;
  if (failed) {
    const Json message = Json::adopt(api.invalid_get_message(second));
    return Error{message.to_text()};
  }
  api.free(second);
  if (more) return Error{"it gives more than one value: put it in [ ]"};
  return value;
}

}  // namespace corun
