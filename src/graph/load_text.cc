// One file's text -> JobFile, among the files of one load. Knows nothing of where texts come from, and nothing of running.
#include "graph/load_text.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/digest.h"
#include "base/utf8.h"
#include "graph/error_codes.h"
#include "graph/reader.h"
#include "graph/source.h"
#include "graph/written.h"
#include "graph/yaml_parser.h"

namespace corun {
namespace {

TextFindings refused(Diagnostic diagnostic) {
  TextFindings findings;
  findings.diagnostics.push_back(std::move(diagnostic));
  findings.errors = 1;
  return findings;
}

// `dir/nightly.yml` -> `nightly`.
std::string name_of(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);
  const std::size_t dot = path.rfind('.');
  return std::string(dot == 0 ? path : path.substr(0, dot));
}

}  // namespace

std::optional<Diagnostic> check_text(std::string_view text, std::uint32_t file) {
  Diagnostic diagnostic;
  diagnostic.place.file = file;
  if (text.size() > kMaxFileSize) {
    diagnostic.code = code::kTooLarge;
    diagnostic.message = "the file is larger than " + std::to_string(kMaxFileSize >> 20) + " MiB";
    return diagnostic;
  }
  const std::size_t nul = text.find('\0');
  const std::size_t invalid = first_invalid_utf8(text).value_or(std::string_view::npos);
  const std::size_t offset = std::min(nul, invalid);
  if (offset == std::string_view::npos) return std::nullopt;
  diagnostic.code = code::kNotText;
  diagnostic.message = nul < invalid ? "the file holds a NUL byte" : "the file isn't UTF-8";
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) diagnostic.help = "it looks like UTF-16: save it as UTF-8";
  diagnostic.place = Source(text.substr(0, offset), file).place(offset);
  return diagnostic;
}

TextFindings load_text(LoadState& state, std::size_t most_findings) {
  const std::string_view text = without_byte_order_mark(state.share.sources[state.source].text);
  if (auto problem = check_text(text, state.source)) return refused(*std::move(problem));
  const Source source(text, state.source);
  std::variant<Document, Diagnostic> parsed = parse_yaml(source);
  if (auto* diagnostic = std::get_if<Diagnostic>(&parsed)) {
    diagnostic->place.file = state.source;
    return refused(std::move(*diagnostic));
  }
  Reader reader(source, std::get<Document>(parsed), state);
  constexpr NodeId kRoot = 0;
  if (reader.is_null(kRoot)) {
    reader.error(kRoot, code::kEmptyFile, "the job file is empty", {}, "a job file starts with `version: 1` and has `jobs:`");
  } else {
    reader.read_map(kRoot, Scope::file, &state);
    if (state.includer != nullptr) {
      std::string written;
      append_written(written, reader, kRoot);
      state.digest = Digest().add(written).value();
    }
  }
  if (state.file.name.empty()) state.file.name = name_of(state.file.path);
  TextFindings findings;
  findings.errors = reader.errors();
  findings.diagnostics = reader.take(most_findings, findings.omitted);
  return findings;
}

}  // namespace corun
