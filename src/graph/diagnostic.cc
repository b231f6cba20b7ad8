// Diagnostics for people, in rustc's shape. Knows nothing of how they were found.
#include "graph/diagnostic.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/text.h"
#include "base/text_columns.h"
#include "base/utf8.h"
#include "graph/source.h"

namespace corun {
namespace {

constexpr std::size_t kTabWidth = 4;
constexpr std::size_t kLongHelp = 80;    // characters of a help that isn't said twice, such as the keys of a job
constexpr std::size_t kLineWidth = 120;  // columns of a quoted line; longer ones are clipped around what is underlined

/// ANSI sequences, or nothing.
struct Style {
  std::string_view severity;
  std::string_view gutter;
  std::string_view bold;
  std::string_view off;
};

Style style_of(Severity severity, bool colour) {
  if (!colour) return {};
  return {severity == Severity::error ? "\x1b[1;31m" : "\x1b[1;33m", "\x1b[1;34m", "\x1b[1m", "\x1b[0m"};
}

// One character as shown: its text and the columns it takes.
struct Cell {
  std::string text;
  std::size_t width = 1;
};

Cell cell_of(std::string_view character, char32_t value) {
  if (value == '\t') return {std::string(kTabWidth, ' '), kTabWidth};
  // The C1 controls steer terminals as ESC sequences do.
  if (value < 0x20 || value == 0x7F || (value >= 0x80 && value < 0xA0)) return {"\xEF\xBF\xBD", 1};
  return {std::string(character), character_columns(value)};
}

/// A line cut into what is shown of it, and where the underlined part lies in that.
struct Snippet {
  std::string line;
  std::size_t before = 0;  // columns before the carets
  std::size_t carets = 1;
};

Snippet snippet_of(std::string_view line, Place place, std::uint32_t length) {
  // Only the neighbourhood of the place is taken apart: a line may be as long as the file.
  std::vector<Cell> cells;
  const std::size_t first = place.column == 0 ? 0 : place.column - 1;
  const std::size_t skipped = first > kLineWidth ? first - kLineWidth / 2 : 0;
  bool more = false;
  std::size_t index = 0;
  while (!line.empty()) {
    if (cells.size() >= 2 * kLineWidth) {
      more = true;
      break;
    }
    CodePoint character = decode_utf8(line);
    if (character.length == 0) character = {0xFFFD, 1};
    if (index++ >= skipped)
      cells.push_back(character.value == 0xFFFD ? Cell{"\xEF\xBF\xBD", 1}
                                                : cell_of(line.substr(0, character.length), character.value));
    line.remove_prefix(character.length);
  }
  Snippet snippet;
  std::size_t width = 0;
  if (skipped > 0) {
    snippet.line = "…";
    width = 1;
  }
  const std::size_t caret = first - skipped;
  snippet.before = width;
  snippet.carets = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (width + cells[i].width > kLineWidth) {
      more = true;
      break;
    }
    if (i < caret) snippet.before += cells[i].width;
    if (i >= caret && i < caret + length) snippet.carets += cells[i].width;
    snippet.line += cells[i].text;
    width += cells[i].width;
  }
  if (more) snippet.line += "…";
  snippet.carets = std::max<std::size_t>(1, snippet.carets);
  return snippet;
}

std::string one_line(std::string_view text) {
  std::string line = escape_control(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  std::replace(line.begin(), line.end(), '\t', ' ');
  return line;
}

/// Writes the pieces of one diagnostic with a common gutter.
class Painter {
 public:
  Painter(std::string_view path, std::string_view text, std::size_t gutter, Style style)
      : path_(path), text_(text), gutter_(gutter), style_(style) {}

  void title(std::string_view kind, std::string_view colour, std::string_view message) {
    out_ += colour;
    out_ += kind;
    out_ += style_.off;
    out_ += style_.bold;
    out_ += ": ";
    out_ += one_line(message);
    out_ += style_.off;
    out_ += '\n';
  }

  void snippet(Place place, std::uint32_t length, std::string_view label, std::string_view caret_colour) {
    frame(std::string(gutter_, ' ') + "-->");
    out_ += ' ';
    out_ += one_line(path_);
    if (place.line == 0) {
      out_ += '\n';
      return;
    }
    out_ += ':' + std::to_string(place.line) + ':' + std::to_string(place.column) + '\n';
    const Snippet snippet = snippet_of(line_of(text_, place.line), place, length);
    const std::string blank(gutter_ + 1, ' ');
    frame(blank + "|");
    out_ += '\n';
    const std::string number = std::to_string(place.line);
    frame(std::string(gutter_ - number.size(), ' ') + number + " |");
    if (!snippet.line.empty()) out_ += ' ' + snippet.line;
    out_ += '\n';
    frame(blank + "|");
    out_ += std::string(snippet.before + 1, ' ');
    out_ += caret_colour;
    out_ += std::string(snippet.carets, '^');
    if (!label.empty()) out_ += ' ' + one_line(label);
    out_ += style_.off;
    out_ += '\n';
  }

  void remark(std::string_view kind, std::string_view text) {
    frame(std::string(gutter_ + 1, ' ') + "=");
    out_ += ' ';
    out_ += style_.bold;
    out_ += kind;
    out_ += style_.off;
    out_ += ": " + one_line(text) + '\n';
  }

  std::string take() { return std::move(out_); }

 private:
  void frame(std::string_view text) {
    out_ += style_.gutter;
    out_ += text;
    out_ += style_.off;
  }

  std::string_view path_;
  std::string_view text_;
  std::size_t gutter_;
  Style style_;
  std::string out_;
};

std::string_view name_of(Severity severity) { return severity == Severity::error ? "error" : "warning"; }

std::string kind_of(const Diagnostic& diagnostic) {
  return std::string(name_of(diagnostic.severity)) + '[' + diagnostic.code + ']';
}

/// Where a file was named, and the file that names it, out to the one that was asked for: `path:line:column` each.
using Trail = std::vector<std::string>;

Trail trail_of(const SourceTexts& sources, std::uint32_t file) {
  Trail trail;
  for (Place place = sources[file].included_at; place.line != 0; place = sources[place.file].included_at) {
    trail.push_back(sources[place.file].path + ':' + std::to_string(place.line) + ':' + std::to_string(place.column));
  }
  return trail;
}

std::string render_text(const Diagnostic& diagnostic, std::string_view path, std::string_view text, const Trail& trail,
                        bool colour) {
  std::uint32_t last_line = diagnostic.place.line;
  for (const DiagnosticNote& note : diagnostic.notes) last_line = std::max(last_line, note.place.line);
  const Style style = style_of(diagnostic.severity, colour);
  Painter painter(path, text, std::to_string(last_line).size(), style);
  painter.title(kind_of(diagnostic), style.severity, diagnostic.message);
  painter.snippet(diagnostic.place, diagnostic.length, diagnostic.label, style.severity);
  if (!diagnostic.help.empty()) painter.remark("help", diagnostic.help);
  if (!trail.empty()) {
    std::string names;
    for (const std::string& place : trail) names += (names.empty() ? "" : ", itself at ") + place;
    painter.remark("included at", names);
  }
  for (const DiagnosticNote& note : diagnostic.notes) {
    painter.title("note", style.bold, note.message);
    if (note.place.line != 0) painter.snippet(note.place, note.length, "", style.gutter);
  }
  return painter.take();
}

std::string render_brief(const Diagnostic& diagnostic, std::string_view path) {
  std::string out = one_line(path) + ':';
  if (diagnostic.place.line != 0)
    out += std::to_string(diagnostic.place.line) + ':' + std::to_string(diagnostic.place.column) + ':';
  out += ' ' + kind_of(diagnostic) + ": " + one_line(diagnostic.message);
  if (!diagnostic.label.empty()) out += " (" + one_line(diagnostic.label) + ')';
  return out + '\n';
}

void append_place(std::string& out, Place place, std::uint32_t length) {
  out += ",\"line\":" + std::to_string(place.line) + ",\"column\":" + std::to_string(place.column) +
         ",\"length\":" + std::to_string(length);
}

std::string render_json(const Diagnostic& diagnostic, std::string_view path, const Trail& trail) {
  std::string out = "{\"severity\":" + json_string(name_of(diagnostic.severity)) + ",\"code\":" + json_string(diagnostic.code) +
                    ",\"message\":" + json_string(diagnostic.message) + ",\"path\":" + json_string(path);
  append_place(out, diagnostic.place, diagnostic.length);
  if (!diagnostic.label.empty()) out += ",\"label\":" + json_string(diagnostic.label);
  if (!diagnostic.help.empty()) out += ",\"help\":" + json_string(diagnostic.help);
  out += ",\"notes\":[";
  for (const DiagnosticNote& note : diagnostic.notes) {
    if (&note != diagnostic.notes.data()) out += ',';
    out += "{\"message\":" + json_string(note.message);
    append_place(out, note.place, note.length);
    out += '}';
  }
  out += ']';
  if (!trail.empty()) {
    out += ",\"included_at\":[";
    for (const std::string& place : trail) out += (&place == trail.data() ? "" : ",") + json_string(place);
    out += ']';
  }
  return out + "}\n";
}

std::string render_github(const Diagnostic& diagnostic, std::string_view path) {
  std::string message = diagnostic.message;
  if (!diagnostic.label.empty()) message += "; " + diagnostic.label;
  if (!diagnostic.help.empty()) message += "\nhelp: " + diagnostic.help;
  return "::" + std::string(name_of(diagnostic.severity)) + " file=" + github_escape(path, true) +
         ",line=" + std::to_string(diagnostic.place.line) + ",col=" + std::to_string(diagnostic.place.column) +
         ",title=" + github_escape(diagnostic.code, true) + "::" + github_escape(message, false) + '\n';
}

std::string render(const Diagnostic& diagnostic, std::string_view path, std::string_view text, const Trail& trail,
                   DiagnosticFormat format, bool colour) {
  switch (format) {
    case DiagnosticFormat::text: return render_text(diagnostic, path, without_byte_order_mark(text), trail, colour);
    case DiagnosticFormat::brief: return render_brief(diagnostic, path);
    case DiagnosticFormat::json: return render_json(diagnostic, path, trail);
    case DiagnosticFormat::github: break;
  }
  return render_github(diagnostic, path);
}

}  // namespace

std::string github_escape(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '%': out += "%25"; break;
      case '\r': out += "%0D"; break;
      case '\n': out += "%0A"; break;
      case ':': out += property ? "%3A" : ":"; break;
      case ',': out += property ? "%2C" : ","; break;
      default: out += c;
    }
  }
  return out;
}

std::string quoted(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  out += '`';
  out += text;
  return out += '`';
}

std::string render(const Diagnostic& diagnostic, std::string_view path, std::string_view text, DiagnosticFormat format,
                   bool colour) {
  return render(diagnostic, path, text, {}, format, colour);
}

std::size_t keep_most(std::vector<Diagnostic>& diagnostics, std::size_t most) {
  const auto by_place = [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.place.file, a.place.line, a.place.column) < std::tie(b.place.file, b.place.line, b.place.column);
  };
  std::stable_sort(diagnostics.begin(), diagnostics.end(), by_place);
  if (diagnostics.size() <= most) return 0;
  const std::size_t omitted = diagnostics.size() - most;
  std::stable_partition(diagnostics.begin(), diagnostics.end(),
                        [](const Diagnostic& it) { return it.severity == Severity::error; });
  diagnostics.resize(most);
  std::stable_sort(diagnostics.begin(), diagnostics.end(), by_place);
  return omitted;
}

std::string render_all(const std::vector<Diagnostic>& diagnostics, std::size_t omitted, const SourceTexts& sources,
                       DiagnosticFormat format, bool colour) {
  std::string out;
  std::set<std::string_view> said;
  for (const Diagnostic& diagnostic : diagnostics) {
    const bool for_people = format == DiagnosticFormat::text;
    if (!out.empty() && for_people) out += '\n';
    const SourceText& source = sources[diagnostic.place.file];
    const Trail trail = trail_of(sources, diagnostic.place.file);
    const bool again = for_people && diagnostic.help.size() > kLongHelp && !said.insert(diagnostic.help).second;
    if (again) {
      Diagnostic shorter = diagnostic;
      shorter.help.clear();
      out += render(shorter, source.path, source.text, trail, format, colour);
    } else {
      out += render(diagnostic, source.path, source.text, trail, format, colour);
    }
  }
  if (omitted == 0 || format == DiagnosticFormat::json) return out;
  const std::string more = "… and " + std::to_string(omitted) + " more";
  if (format == DiagnosticFormat::github) return out + "::notice::" + more + '\n';
  if (format == DiagnosticFormat::text) out += '\n';
  return out + more + '\n';
}

std::string explanation_hint(const std::vector<Diagnostic>& diagnostics) {
  std::string first;
  bool several = false;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (first.empty()) first = diagnostic.code;
    several = several || diagnostic.code != first;
  }
  if (first.empty()) return first;
  return "\nfor more about " + std::string(several ? "an error" : "this") + ", try `corun explain " + first + "`" + '\n';
}

}  // namespace corun
