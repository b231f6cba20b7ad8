// Places what is wrong with expressions. Knows nothing of how expressions work.
#include "cli/expression_findings.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "cli/exit_code.h"
#include "cli/run_inputs.h"
#include "cli/secrets.h"
#include "engine/check_expressions.h"
#include "expr/check.h"
#include "expr/variables.h"
#include "graph/error_codes.h"
#include "graph/groups.h"
#include "graph/source.h"

namespace corun {
namespace {

std::uint32_t count_characters(std::string_view text) {
  return static_cast<std::uint32_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// The byte where a line's character `column` (from 1) begins.
std::size_t byte_of_column(std::string_view line, std::uint32_t column) {
  std::size_t byte = 0;
  for (std::uint32_t character = 1; byte < line.size(); ++byte) {
    if ((line[byte] & 0xC0) == 0x80) continue;
    if (character++ == column) break;
  }
  return byte;
}

// The lines of a text, found without reading it again for each.
class Lines {
 public:
  explicit Lines(std::string_view source) : source_(source) {
    for (std::size_t end = source.find('\n'); end != std::string_view::npos; end = source.find('\n', end + 1)) {
      starts_.push_back(end + 1);
    }
  }
  // The text from line `number` (from 1) on.
  std::string_view from(std::uint32_t number) const {
    return number > starts_.size() ? std::string_view() : source_.substr(starts_[std::max(number, 1U) - 1]);
  }
  std::string_view at(std::uint32_t number) const { return line_of(from(number), 1); }

 private:
  std::string_view source_;
  std::vector<std::size_t> starts_{0};
};

// Takes the first line off `rest`; no value at its end.
std::optional<std::string_view> take_line(std::string_view& rest) {
  if (rest.empty()) return std::nullopt;
  const std::string_view line = line_of(rest, 1);
  rest.remove_prefix(std::min(rest.find('\n'), rest.size() - 1) + 1);
  return line;
}

// What a block that begins at `rest` is indented by: as much as its first line that isn't empty.
std::size_t indentation(std::string_view rest) {
  while (const auto line = take_line(rest)) {
    const std::size_t indent = line->find_first_not_of(' ');
    if (indent != std::string_view::npos) return indent;
  }
  return 0;
}

// Follows a text of `offset` bytes through the lines of a block at `rest` (line `line` of the file), which lose `indent` bytes
// each.
std::optional<Place> place_in_block(std::string_view rest, std::uint32_t line, std::size_t indent, std::size_t offset,
                                    std::string_view written) {
  for (; const auto whole = take_line(rest); ++line) {
    const std::string_view content = whole->substr(std::min(indent, whole->size()));
    if (offset <= content.size()) {
      if (!content.substr(offset).starts_with(written)) return std::nullopt;
      return Place{line, count_characters(whole->substr(0, whole->size() - content.size() + offset)) + 1};
    }
    offset -= content.size() + 1;
  }
  return std::nullopt;
}

// Where an expression is written, `offset` bytes into the text at `start`: on the same line, in a block that begins there or
// on the next line, or somewhere in a text that can't be followed: then the text's own place.
Place place_of(Place start, std::size_t offset, std::string_view written, const Lines& lines, bool& exact) {
  exact = true;
  const std::string_view first = lines.at(start.line);
  const std::size_t byte = byte_of_column(first, start.column);
  if (byte + offset <= first.size() && first.substr(byte + offset).starts_with(written)) {
    return {start.line, count_characters(first.substr(0, byte + offset)) + 1};
  }
  std::string_view block = lines.from(start.line);
  if (const auto place = place_in_block(block, start.line, byte, offset, written)) return *place;
  take_line(block);
  if (const auto place = place_in_block(block, start.line + 1, indentation(block), offset, written)) return *place;
  // Quotes and escapes of YAML move what follows them.
  const std::size_t found = written.empty() ? std::string_view::npos : first.find(written, byte + std::min(offset, first.size()));
  if (found != std::string_view::npos) return {start.line, count_characters(first.substr(0, found)) + 1};
  exact = false;
  return start;
}

// Whether the expression names something that isn't there, while its form is right.
bool is_undefined(const ExpressionError& error) {
  using Kind = ExpressionError::Kind;
  return error.kind == Kind::undefined_variable || error.kind == Kind::undefined_environment ||
         error.kind == Kind::undefined_secret;
}

// Secrets aren't known yet, and what stands for them is nobody's business.
std::string without_stand_ins(std::string message) {
  for (std::size_t at = message.find(kSecretStandIn); at != std::string::npos; at = message.find(kSecretStandIn, at)) {
    message.replace(at, kSecretStandIn.size(), "***");
  }
  return message;
}

// The paths of the files without variables.
void find_files_without_vars(const JobFile& file, std::set<std::string>& paths);

void find_files_without_vars(const JobGroup& group, std::set<std::string>& paths) {
  for (const Job& job : group.jobs) {
    if (const auto* graph = std::get_if<std::unique_ptr<GraphSpec>>(&job.action)) {
      find_files_without_vars(*(*graph)->file, paths);
    } else {
      for_each_group(job.action, [&](const JobGroup& inside) { find_files_without_vars(inside, paths); });
    }
  }
}

void find_files_without_vars(const JobFile& file, std::set<std::string>& paths) {
  if (file.vars.empty()) paths.insert(file.path);
  for_each_group_of_file(file, [&](const JobGroup& group) { find_files_without_vars(group, paths); });
}

// Whether something is wrong with a file that may be its `vars`: they themselves, or a key of the file that isn't known.
bool may_lack_vars(const LoadResult& loaded, std::uint32_t file) {
  return std::any_of(loaded.diagnostics.begin(), loaded.diagnostics.end(), [&](const Diagnostic& finding) {
    const bool about_vars = (finding.message + finding.label).find("`vars`") != std::string::npos;
    return finding.place.file == file && (about_vars || finding.message.ends_with("` in the file"));
  });
}

}  // namespace

std::vector<Diagnostic> expression_findings(const std::vector<ExpressionError>& errors, const SourceTexts& sources) {
  std::vector<Diagnostic> findings;
  std::map<std::uint32_t, Lines> lines_of;
  for (const ExpressionError& error : errors) {
    const std::uint32_t file = error.place.file;
    const Lines& lines = lines_of.try_emplace(file, without_byte_order_mark(sources[file].text)).first->second;
    Diagnostic finding;
    finding.code = is_undefined(error)                                   ? code::kUndefined
                   : error.kind == ExpressionError::Kind::exposed_secret ? code::kExposedSecret
                                                                         : code::kExpression;
    finding.message = without_stand_ins(error.message);
    bool exact = false;
    finding.place = place_of(error.place, error.offset, error.written, lines, exact);
    finding.place.file = file;
    if (exact) {
      const std::string_view line = lines.at(finding.place.line);
      const std::string_view rest = line.substr(byte_of_column(line, finding.place.column));
      finding.length = std::max(1U, count_characters(rest.substr(0, error.length)));
    }
    finding.label = error.label;
    finding.help = error.help;
    findings.push_back(std::move(finding));
  }
  const auto key = [](const Diagnostic& finding) {
    return std::tie(finding.place.file, finding.place.line, finding.place.column, finding.message);
  };
  std::stable_sort(findings.begin(), findings.end(), [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
  findings.erase(
      std::unique(findings.begin(), findings.end(), [&](const Diagnostic& a, const Diagnostic& b) { return key(a) == key(b); }),
      findings.end());
  return findings;
}

std::vector<Diagnostic> find_in_expressions(const LoadResult& loaded) {
  if (!loaded.file && !loaded.partial) return {};
  const JobFile& file = loaded.file ? *loaded.file : *loaded.partial;
  std::vector<ExpressionError> errors;
  VariableSources sources;
  sources.inherited = inherited_environment();
  sources.only_checking = true;
  sources.secrets = secret_stand_ins(file, {});
  sources.secret_environment = secret_environment(file, {});
  hide_secret_environment(sources);
  const Variables variables = resolve_variables(file, std::move(sources), errors);
  check_expressions(file, variables, errors);
  std::set<std::string> without_vars;
  if (!loaded.file) find_files_without_vars(file, without_vars);
  std::vector<ExpressionError> unset;
  std::vector<ExpressionError> exposed;
  std::vector<ExpressionError> wrong;
  for (ExpressionError& error : errors) {
    using Kind = ExpressionError::Kind;
    const std::uint32_t where = error.place.file;
    const bool no_vars = error.kind == Kind::undefined_variable && without_vars.contains(loaded.sources[where].path);
    if (no_vars && may_lack_vars(loaded, where)) continue;
    (error.kind == Kind::undefined_environment ? unset
     : error.kind == Kind::exposed_secret      ? exposed
                                               : wrong)
        .push_back(std::move(error));
  }
  std::vector<Diagnostic> findings = expression_findings(unset, loaded.sources);
  for (Diagnostic& finding : expression_findings(exposed, loaded.sources)) findings.push_back(std::move(finding));
  for (Diagnostic& finding : findings) finding.severity = Severity::warning;
  for (Diagnostic& finding : expression_findings(wrong, loaded.sources)) findings.push_back(std::move(finding));
  return findings;
}

int exit_code_of(const std::vector<Diagnostic>& findings) {
  bool all_undefined = true;
  bool any = false;
  for (const Diagnostic& finding : findings) {
    if (finding.severity != Severity::error) continue;
    any = true;
    all_undefined = all_undefined && finding.code == code::kUndefined;
  }
  return !any ? kExitSuccess : all_undefined ? kExitUndefined : kExitInvalidFile;
}

}  // namespace corun
