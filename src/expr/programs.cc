// Puts programs together for libjq, and its errors back where they belong. Knows nothing of templates.
#include "expr/programs.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <new>
#include <optional>
#include <utility>

#include "base/duration.h"

namespace corun {
namespace {

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

// Appends `if $corun_program < n then … else … end`, which finds one of `leaves` in as many steps as their number has bits.
// `append_leaf(i)` writes the i-th; it is for the programs from `first_of(i)` on.
template <typename AppendLeaf, typename FirstOf>
void append_choice(std::string& out, std::size_t begin, std::size_t end, AppendLeaf append_leaf, FirstOf first_of) {
  if (end - begin == 1) return append_leaf(begin);
  const std::size_t middle = begin + (end - begin) / 2;
  out += "if $corun_program < " + std::to_string(first_of(middle)) + " then ";
  append_choice(out, begin, middle, append_leaf, first_of);
  out += " else ";
  append_choice(out, middle, end, append_leaf, first_of);
  out += " end";
}

// A jq function can't be longer than 65535 words of its code, and takes its callers' time by their number: so each holds some
// programs, few enough and short enough to fit.
constexpr std::size_t kMostInFunction = 32;
constexpr std::size_t kMostBytesInFunction = 4096;
constexpr std::size_t kMostInBatch = 512;

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
  constexpr std::string_view kInvalid = "INVALID_CHARACTER";
  if (const std::size_t at = message.find(kInvalid); at != std::string::npos) message.replace(at, kInvalid.size(), "character");
  return {std::move(message), line};
}

void collect_message(void* messages, jv message) {
  static_cast<std::vector<std::string>*>(messages)->push_back(Json::adopt(message).to_text());
}

void ignore_message(void*, jv message) { jq().free(message); }

jv no_more_input(jq_state*, void*) { return jq().invalid(); }

// What `debug` says goes where libjq writes what `stderr` says.
void write_debug(void*, jv message) { std::fprintf(stderr, "[\"DEBUG:\",%s]\n", Json::adopt(message).dump().c_str()); }

// libjq 1.6 can't be used again after its own `halt` inside of `path(…)`; of a missing input it only says "break".
constexpr std::string_view kPrologue =
    "def halt: error(\"it halts\"); def halt_error: error; def halt_error($code): error; "
    "def input: error(\"there is no input to read\"); ";

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
    : sources_(std::move(other.sources_)), ids_(std::move(other.ids_)), batches_(std::exchange(other.batches_, {})) {}

Programs& Programs::operator=(Programs&& other) noexcept {
  std::swap(sources_, other.sources_);
  std::swap(ids_, other.ids_);
  std::swap(batches_, other.batches_);
  return *this;
}

Programs::~Programs() {
  for (Batch& batch : batches_) reset(batch);
}

void Programs::reset(Batch& batch) {
  if (batch.state != nullptr) jq().teardown(&batch.state);
  batch.state = nullptr;
}

Programs::Id Programs::add(std::string_view source) {
  const auto [entry, is_new] = ids_.try_emplace(std::string(source), static_cast<Id>(sources_.size()));
  if (is_new) sources_.emplace_back(source);
  return entry->second;
}

// Appends `source`, a line for each word of its code.
void Programs::append_source(std::string& out, std::vector<Line>& lines, Id program, std::string_view source) {
  SourceScanner scanner;
  bool was_space = false;
  for (std::size_t i = 0; i < source.size(); ++i) {
    const SourceScanner::Part part = scanner.next(source[i]);
    const bool breaks = source[i] == '\n' || (part == SourceScanner::Part::code && is_space(source[i]));
    if (breaks) {
      if (!was_space || source[i] == '\n') {
        out += '\n';
        lines.push_back({program, i + 1});
      }
      was_space = true;
      continue;
    }
    if (was_space) lines.back().offset = i;
    was_space = false;
    out += source[i];
  }
}

std::vector<Programs::Problem> Programs::compile() {
  std::vector<Problem> problems;
  for (Id id = 0; id < sources_.size(); ++id) {
    std::size_t offset = 0;
    std::string problem = unbalanced(sources_[id], offset);
    if (problem.empty()) continue;
    problems.push_back({id, std::move(problem), offset});
    sources_[id] = "null";
  }
  begin_batches();
  constexpr std::size_t kMostProblems = 20;
  for (Batch& batch : batches_) {
    // A syntax error hides those behind it: each costs another round.
    while (problems.size() < kMostProblems && !compile_once(batch, problems)) continue;
  }
  return problems;
}

void Programs::begin_batches() {
  for (Batch& batch : batches_) reset(batch);
  batches_.clear();
  for (Id id = 0; id < sources_.size(); id += kMostInBatch) batches_.push_back({id});
}

Programs::Id Programs::end_of(const Batch& batch) const {
  return static_cast<Id>(std::min<std::size_t>(batch.first + kMostInBatch, sources_.size()));
}

// Compiles a batch into `batch.state`; where it fails, `messages` are what libjq says of `lines`.
bool Programs::start(Batch& batch, std::vector<Line>& lines, std::vector<std::string>& messages) const {
  std::string text(kPrologue);
  lines.assign(1, Line{batch.first, 0});
  const auto append_program = [&](std::size_t id) {  // on lines of its own
    text += "(\n";
    lines.push_back({static_cast<Id>(id), 0});
    append_source(text, lines, static_cast<Id>(id), sources_[id]);
    text += "\n)";
    lines.push_back({static_cast<Id>(id), sources_[id].size()});
  };
  std::vector<Id> functions;  // their first programs
  const Id end = end_of(batch);
  for (Id first = batch.first, next = first; first < end; first = next) {
    std::size_t bytes = 0;
    do {
      bytes += sources_[next++].size();
    } while (next < end && next - first < kMostInFunction && bytes + sources_[next].size() <= kMostBytesInFunction);
    text += "def corun_function_" + std::to_string(functions.size()) + "($corun_program): ";
    append_choice(text, first, next, append_program, [](std::size_t id) { return id; });
    text += ";\n";
    lines.push_back({next, 0});
    functions.push_back(first);
  }
  text += ". as [$corun_program, $corun_input] | $corun_input | ";
  const auto append_call = [&](std::size_t i) { text += "corun_function_" + std::to_string(i) + "($corun_program)"; };
  append_choice(text, 0, functions.size(), append_call, [&](std::size_t i) { return functions[i]; });

  reset(batch);
  batch.state = jq().init();
  if (batch.state == nullptr) throw std::bad_alloc();
  jq().set_error_callback(batch.state, collect_message, &messages);
  jq().set_input_callback(batch.state, no_more_input, nullptr);
  jq().set_debug_callback(batch.state, write_debug, nullptr);
  const bool compiled = jq().compile(batch.state, text.c_str()) != 0;
  jq().set_error_callback(batch.state, ignore_message, nullptr);
  if (!compiled) reset(batch);
  return compiled;
}

// False if there were problems and another round may find more.
bool Programs::compile_once(Batch& batch, std::vector<Problem>& problems) {
  std::vector<Line> lines;
  std::vector<std::string> messages;
  if (start(batch, lines, messages)) return true;
  // Of the `if` around a program with a wrong syntax libjq says that it may lack its end.
  constexpr std::string_view kUnterminated = "Possibly unterminated";
  const auto is_guess = [&](const std::string& message) { return message.find(kUnterminated) != std::string::npos; };
  const bool any_certain = std::any_of(messages.begin(), messages.end(), [&](const std::string& each) {
    return !is_guess(each) && read_message(each).second != 0;
  });
  bool placed = false;
  for (std::string& each : messages) {
    if (any_certain && is_guess(each)) continue;
    auto [message, line] = read_message(std::move(each));
    if (line == 0 || line > lines.size()) continue;
    const Line& origin = lines[line - 1];
    if (origin.program >= end_of(batch)) continue;
    const bool known =
        std::any_of(problems.begin(), problems.end(), [&](const Problem& it) { return it.program == origin.program; });
    placed = true;
    if (origin.offset >= sources_[origin.program].size()) {
      // What libjq sees there is the `)` behind the program.
      constexpr std::string_view kBehind = "unexpected ')'";
      if (const std::size_t at = message.find(kBehind); at != std::string::npos) {
        message.replace(at, message.size() - at, "unexpected end of the expression");
      }
    }
    if (!known) problems.push_back({origin.program, std::move(message), origin.offset});
    sources_[origin.program] = "null";
  }
  if (!placed) problems.push_back({batch.first, messages.empty() ? "it doesn't compile" : read_message(messages[0]).first, 0});
  return !placed;
}

Result<Json> Programs::run(std::string_view source, const Json& input, const JqLimits& limits) const {
  const auto found = ids_.find(std::string(source));
  Batch* const batch = found == ids_.end() || batches_.empty() ? nullptr : &batches_[found->second / kMostInBatch];
  if (batch == nullptr || batch->state == nullptr) return Error{"the program wasn't compiled"};
  Result<Json> value = run_in(*batch, found->second, input, limits);
  if (jq().halted(batch->state) != 0) {
    // It stands in the middle of something: libjq 1.6 may fail an assertion if it is reset or torn down now.
    batch->state = nullptr;
    std::vector<Line> lines;
    std::vector<std::string> messages;
    start(*batch, lines, messages);
  }
  return value;
}

Result<Json> Programs::run_in(const Batch& batch, Id program, const Json& input, const JqLimits& limits) {
  const JqApi& api = jq();
  Json question = Json::list();
  question.append(Json::number(program));
  question.append(input);
  const JqWatch watch(batch.state, limits);
  api.start(batch.state, question.copy(), 0);
  std::optional<Json> value;
  std::size_t count = 0;
  jv end = api.next(batch.state);
  // All of the values, though only one is wanted: libjq 1.6 may fail an assertion if it is left in the middle.
  for (; api.get_kind(end) != JV_KIND_INVALID; end = api.next(batch.state)) {
    Json each = Json::adopt(end);
    if (++count == 1) value = std::move(each);
  }
  const bool failed = api.invalid_has_message(api.copy(end)) != 0;
  const Json message = failed ? Json::adopt(api.invalid_get_message(end)) : Json();
  if (!failed) api.free(end);
  switch (watch.verdict()) {
    case JqWatch::Verdict::fine: break;
    case JqWatch::Verdict::too_long: return Error{"it ran for more than " + format_duration(limits.cpu) + " and was stopped"};
    case JqWatch::Verdict::too_large:
      return Error{"it took more than " + std::to_string(limits.memory >> 20U) + " MiB" + " and was stopped"};
  }
  if (count > 1) return Error{"it gives more than one value: put it in [ ]"};
  if (failed) return Error{message.to_text()};
  if (!value) return Error{"it gives no value"};
  return std::move(*value);
}

}  // namespace corun
