// The text of a job file -> JobFile, or what is wrong with it. Knows no files and no running.
#include "graph/load.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "graph/error_codes.h"
#include "graph/load_state.h"
#include "graph/reader.h"
#include "graph/source.h"
#include "graph/utf8.h"
#include "graph/yaml_parser.h"

namespace corun {
namespace {

LoadResult refused(Diagnostic diagnostic) {
  LoadResult result;
  result.diagnostics.push_back(std::move(diagnostic));
  return result;
}

// Why `text` can't be handed to the YAML parser at all.
std::optional<Diagnostic> check_text(std::string_view text) {
  Diagnostic diagnostic;
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
  diagnostic.place = Source(text.substr(0, offset)).place(offset);
  return diagnostic;
}

// `dir/nightly.yml` -> `nightly`.
std::string name_of(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);
  const std::size_t dot = path.rfind('.');
  return std::string(dot == 0 ? path : path.substr(0, dot));
}

}  // namespace

LoadResult load_job_file(std::string path, std::string_view text, const LoadOptions& options) {
  text = without_byte_order_mark(text);
  if (auto problem = check_text(text)) return refused(*std::move(problem));
  const Source source(text);
  std::variant<Document, Diagnostic> parsed = parse_yaml(source);
  if (auto* diagnostic = std::get_if<Diagnostic>(&parsed)) return refused(std::move(*diagnostic));

  LoadState state;
  state.file.path = std::move(path);
  Reader reader(source, std::get<Document>(parsed), state);
  constexpr NodeId kRoot = 0;
  if (reader.is_null(kRoot)) {
    reader.error(kRoot, code::kEmptyFile, "the job file is empty", {}, "a job file starts with `version: 1` and has `jobs:`");
  } else {
    reader.read_map(kRoot, Scope::file, &state);
  }
  LoadResult result;
  result.diagnostics = reader.take(options.max_diagnostics, result.omitted);
  if (reader.errors() != 0) {
    result.partial = std::move(state.file);
    return result;
  }
  if (state.file.name.empty()) state.file.name = name_of(state.file.path);
  result.file = std::move(state.file);
  return result;
}

}  // namespace corun
