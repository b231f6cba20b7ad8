// Pages of the manual. Knows no single command, flag or key.
#include "cli/manual.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/flag_words.h"
#include "cli/help.h"
#include "graph/error_codes.h"
#include "graph/key_table.h"
#include "graph/schema.h"
#include "report/event_schema.h"

namespace corun {
namespace {

bool replace_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// A text as roff takes it; what stands in backticks is bold.
std::string roff(std::string_view text) {
  std::string out;
  bool bold = false;
  while (!text.empty()) {
    if (replace_prefix(text, "…")) {
      out += "...\\&";  // no end of a sentence
    } else if (replace_prefix(text, "`")) {
      bold = !bold;
      out += bold ? "\\fB" : "\\fP";
    } else {
      const char c = text.front();
      text.remove_prefix(1);
      out += c == '\\' ? "\\e" : c == '-' ? "\\-" : c == '\'' ? "\\(aq" : c == '"' ? "\\(dq" : std::string(1, c);
    }
  }
  return out;
}

// A sentence in lines that are short enough; none may look like a request.
void append_sentence(std::string& out, std::string_view sentence) {
  constexpr std::size_t kLineWidth = 78;
  std::string line;
  const auto end_line = [&] {
    if (line.starts_with('.')) line.insert(0, "\\&");
    if (!line.empty()) out += line + '\n';
    line.clear();
  };
  while (!sentence.empty()) {
    const std::string_view word = sentence.substr(0, sentence.find(' '));
    sentence.remove_prefix(std::min(sentence.size(), word.size() + 1));
    if (!line.empty() && line.size() + 1 + word.size() > kLineWidth) end_line();
    if (!line.empty()) line += ' ';
    line += word;
  }
  end_line();
}

// Text, a sentence a line at least, as roff likes it.
std::string paragraph(std::string_view text) {
  std::string all = roff(text);
  std::replace(all.begin(), all.end(), '\n', ' ');
  std::string out;
  std::size_t begin = 0;
  for (std::size_t at = all.find(". "); at != std::string::npos; at = all.find(". ", at + 1)) {
    const char next = at + 2 < all.size() ? all[at + 2] : ' ';
    if (next >= 'a' && next <= 'z') continue;
    append_sentence(out, std::string_view(all).substr(begin, at + 1 - begin));
    begin = at + 2;
  }
  append_sentence(out, std::string_view(all).substr(begin));
  return out;
}

// A block that is shown as it is.
std::string literal(std::string_view text) {
  std::string out = ".Bd -literal -offset indent -compact\n";
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    std::string quoted;
    for (const char c : line) quoted += c == '`' ? "\\(ga" : roff(std::string(1, c));
    // Characters of more than one byte have come through one by one, as they are.
    out += (line.starts_with('.') ? "\\&" : "") + quoted + '\n';
  }
  return out + ".Ed\n";
}

// --- commands and flags ---

std::string usage_lines() {
  std::string out;
  for (const Command& command : commands()) {
    for (std::string_view usage = command.usage; !usage.empty();) {
      const std::string_view line = usage.substr(0, usage.find('\n'));
      usage.remove_prefix(std::min(usage.size(), line.size() + 1));
      if (!out.empty()) out += ".Nm\n";
      out += paragraph(line);
    }
  }
  return out;
}

std::string flag_item(const Flag& flag, const FlagWords& words) {
  std::string item = ".It ";
  if (flag.letter != 0) item += std::string("Fl ") + flag.letter + " , ";
  std::string name(flag.name);
  for (std::size_t at = 0; (at = name.find('-', at)) != std::string::npos; at += 2) name.insert(at, "\\");
  item += "Fl \\-" + name;
  if (!words.value.empty()) item += " Ar " + roff(words.value);
  return item + '\n' + paragraph(std::string(words.description) + '.');
}

// A line for each command, with its flags.
std::string commands_part() {
  std::string out;
  for (const Command& command : commands()) {
    out += ".Ss corun " + std::string(command.name) + '\n';
    // Lines that are indented stay as they are; the others are paragraphs.
    std::string prose;
    std::string lines;
    const auto end_prose = [&] {
      if (!prose.empty()) out += (out.ends_with(".Ed\n") ? ".Pp\n" : "") + paragraph(prose);
      prose.clear();
    };
    const auto end_lines = [&] {
      if (!lines.empty()) out += ".Bd -literal -offset indent\n" + lines + ".Ed\n";
      lines.clear();
    };
    for (std::string_view rest = command.text; !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      if (line.starts_with("  ")) {
        end_prose();
        lines += roff(line.substr(2)) + '\n';
      } else if (!line.empty()) {
        end_lines();
        prose += (prose.empty() ? "" : " ") + std::string(line);
      } else {
        end_prose();
      }
    }
    end_prose();
    end_lines();
    std::string items;
    for (const std::string_view group : flag_groups()) {
      for (const FlagWords& words : flag_words()) {
        if (words.group != group) continue;
        for (const Flag& flag : flags()) {
          if (flag.of(command.kind) && words_for(flag, command.kind) == &words) items += flag_item(flag, words);
        }
      }
    }
    if (!items.empty()) out += ".Bl -tag -width Ds\n" + items + ".El\n";
  }
  return out;
}

std::string environment_part() {
  std::string out;
  for (const Flag& flag : flags()) {
    if (!flag.from_environment) continue;
    std::string name(flag.name);
    for (std::size_t at = 0; (at = name.find('-', at)) != std::string::npos; at += 2) name.insert(at, "\\");
    out += ".It Ev " + flag.variable() + "\n.Fl \\-" + name + '\n';
  }
  return ".Bl -tag -width Ds -compact\n" + out + ".El\n";
}

std::string exit_part() {
  std::string out = ".Bl -tag -width \"128+n\" -compact\n";
  const std::string text = exit_codes_text();
  for (std::string_view rest = text; !rest.empty();) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    line.remove_prefix(line.find_first_not_of(' '));
    const std::size_t end = line.find(' ');
    out += ".It " + std::string(line.substr(0, end)) + '\n' + paragraph(line.substr(line.find_first_not_of(' ', end)));
  }
  return out + ".El\n";
}

std::string codes_part() {
  std::string out = ".Bl -tag -width E000 -compact\n";
  for (const ErrorCode& code : error_codes()) out += ".It " + std::string(code.code) + '\n' + paragraph(code.title);
  return out + ".El\n";
}

std::string events_part() {
  std::string out;
  const auto fields = [](std::span<const EventField> list) {
    std::string items;
    for (const EventField& field : list) {
      items += ".It Va " + std::string(field.name) + (field.always ? "" : " Pq not always") + '\n' + paragraph(field.description);
    }
    return ".Bl -tag -width Ds -compact\n" + items + ".El\n";
  };
  out += "Every event has\n" + fields(common_fields());
  for (const EventType& type : event_types()) {
    out += ".Pp\n.Sy " + std::string(type.name) + " :\n" + paragraph(type.description) + fields(type.fields);
  }
  return out + ".Pp\nHow something ended is said by\n" + fields(outcome_fields());
}

// --- keys ---

bool is_of_defaults(Scope scope) {
  return scope == Scope::defaults || scope == Scope::default_http || scope == Scope::default_sql;
}

// Where a scope stands: `jobs.NAME.retry.on`; in the defaults only if it stands nowhere else.
std::string path_of(Scope scope) {
  if (scope == Scope::file) return {};
  for (const bool in_defaults : {false, true}) {
    for (const Scope outer : scopes()) {
      if (outer == scope || is_of_defaults(outer) != in_defaults) continue;
      for (const Key& key : keys(outer)) {
        if (key.fields != scope) continue;
        std::string path = path_of(outer);
        if (!path.empty()) path += '.';
        path += key.name;
        if ((key.shapes & (kMap | kMapOfLists)) == 0) path += ".NAME";
        return path;
      }
    }
  }
  return {};
}

std::string heading_of(Scope scope) {
  const std::string path = path_of(scope);
  return path.empty() ? "Keys of the file" : "Keys of " + path;
}

std::string key_item(const Key& key) {
  std::string out = ".It Ic " + std::string(key.name) + " : " + roff(key.accepts) + '\n' + paragraph(key.description);
  std::string facts;
  const auto add = [&](const std::string& fact) { facts += (facts.empty() ? "" : " ") + fact; };
  if (key.required) add("Required.");
  if (!key.choices.empty() && (key.shapes & (kChoice | kChoiceList | kMapOfChoices)) != 0) {
    std::string words(key.choices);
    for (std::size_t at = 0; (at = words.find('|', at)) != std::string::npos; at += 2) words.replace(at, 1, ", ");
    add("One of: " + words + '.');
  }
  if (!key.default_text.empty()) add("Default: `" + std::string(key.default_text) + "`.");
  if (const std::string actions = actions_text(key.actions); !actions.empty()) add("Works on: " + actions + '.');
  if (may_hold_expressions(key)) add("May hold `${{ … }}`.");
  if (key.in_defaults) add("Also in defaults.");
  if (key.fields) add("Its keys: " + path_of(*key.fields) + ", below.");
  add("Since " + std::string(key.since) + '.');
  return out + ".br\n" + paragraph(facts) + literal(key.example);
}

std::string keys_part() {
  std::string out;
  for (const Scope scope : scopes()) {
    out += ".Ss " + roff(heading_of(scope)) + '\n';
    const bool of_defaults = is_of_defaults(scope);
    if (scope == Scope::defaults) {
      out += paragraph(
          "Those keys of jobs that say so, for every job that doesn't have them itself and on whose action they work, and");
    } else if (scope == Scope::default_http) {
      out += paragraph("Those keys of jobs.NAME.http that say so, and");
    } else {
      for (const auto& [alternative, words] :
           {std::pair{Alternative::exactly_one, "Exactly one of"}, std::pair{Alternative::at_least_one, "At least one of"},
            std::pair{Alternative::at_most_one, "At most one of"}}) {
        std::string names;
        for (const Key& key : keys(scope)) {
          if (key.alternative == alternative) names += (names.empty() ? " `" : ", `") + std::string(key.name) + '`';
        }
        if (!names.empty()) out += paragraph(words + names + " is there.");
      }
    }
    std::string items;
    for (const Key& key : keys(scope)) {
      if (of_defaults && key.in_defaults) continue;  // described with the jobs
      items += key_item(key);
    }
    out += ".Bl -tag -width Ds\n" + items + ".El\n";
  }
  return out;
}

std::string part(std::string_view name) {
  if (name == "usage") return usage_lines();
  if (name == "commands") return commands_part();
  if (name == "environment") return environment_part();
  if (name == "exit") return exit_part();
  if (name == "codes") return codes_part();
  if (name == "events") return events_part();
  return name == "keys" ? keys_part() : std::string();
}

}  // namespace

std::string manual_page(std::string_view page) {
  constexpr std::string_view kInsert = ".\\\" insert ";
  std::string out;
  while (!page.empty()) {
    const std::string_view line = page.substr(0, page.find('\n'));
    page.remove_prefix(std::min(page.size(), line.size() + 1));
    out += line.starts_with(kInsert) ? part(line.substr(kInsert.size())) : std::string(line) + '\n';
  }
  return out;
}

}  // namespace corun
