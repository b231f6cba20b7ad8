// What is wrong with a job file, and how it is shown. Knows nothing of how it was found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "graph/value.h"

namespace corun {

/// A job file's text under the name it is shown by.
struct SourceText {
  std::string path;
  std::string text;
  Place included_at{};  ///< of a file that a graph names: where it does so first; line 0: it is the one that was asked for
};

/// The files of one load, by Place::file. A deque: what is in it stays where it is.
using SourceTexts = std::deque<SourceText>;

enum class Severity : std::uint8_t { error, warning };

/// Another place that belongs to a diagnostic, in the same file: such as the other one of two keys.
struct DiagnosticNote {
  std::string message;
  Place place;
  std::uint32_t length = 1;  ///< characters underlined
};

/// One finding. Its texts may quote the job file and hold any byte: `render` makes them fit for a terminal.
struct Diagnostic {
  Severity severity = Severity::error;
  std::string code;     ///< stable: "E101"; titles in graph/error_codes.h
  std::string message;  ///< what is wrong, in one line
  Place place;
  std::uint32_t length = 1;  ///< characters underlined, from `place`
  std::string label;         ///< shown after the carets: "did you mean `retry`?"; "": none
  std::string help;          ///< "": none
  std::vector<DiagnosticNote> notes;
};

/// How many are shown of one file.
inline constexpr std::size_t kMostDiagnostics = 20;

/// Sorts `diagnostics` by file and place and keeps `most` of them, errors rather than warnings. Gives the number of those left
/// out.
std::size_t keep_most(std::vector<Diagnostic>& diagnostics, std::size_t most = kMostDiagnostics);

enum class DiagnosticFormat : std::uint8_t {
  text,    ///< rustc's shape, with the line underlined; ends with a newline
  brief,   ///< `path:line:column: error[E101]: message`
  json,    ///< one object on one line
  github,  ///< a workflow command of GitHub Actions
};

/// `text` in backticks, as messages quote names and values.
std::string quoted(std::string_view text);

/// `diagnostic` as shown to people or programs; always ends with one newline. `path` and `text` are those of its file.
/// `colour`: with ANSI sequences; only DiagnosticFormat::text has them.
std::string render(const Diagnostic& diagnostic, std::string_view path, std::string_view text,
                   DiagnosticFormat format = DiagnosticFormat::text, bool colour = false);

/// The line that tells where the codes of `diagnostics` are explained; "" if there are none.
std::string explanation_hint(const std::vector<Diagnostic>& diagnostics);

/// All of `diagnostics` after one another, each with the places by which its file came in, an empty line between those of
/// DiagnosticFormat::text, and for people "… and N more" if `omitted` isn't 0. A long help is said to people once.
std::string render_all(const std::vector<Diagnostic>& diagnostics, std::size_t omitted, const SourceTexts& sources,
                       DiagnosticFormat format = DiagnosticFormat::text, bool colour = false);

/// `text` as the data of a workflow command of GitHub Actions, or with `property` as the value of one of its properties.
std::string github_escape(std::string_view text, bool property);

}  // namespace corun
