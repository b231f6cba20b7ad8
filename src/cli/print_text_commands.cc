// The commands that print what the program knows of itself. Know nothing of running.
#include "cli/print_text_commands.h"

#include <unistd.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "cli/completions.h"
#include "cli/exit_code.h"
#include "cli/manual.h"
#include "cli/read_file.h"
#include "cli/setup_error.h"
#include "graph/error_codes.h"
#include "graph/explanations.h"
#include "graph/schema.h"
#include "report/event_schema.h"
#include "report/output_stream.h"

namespace corun {
namespace {

int print(std::string_view text) {
  OutputStream out(STDOUT_FILENO);
  out.append(text);
  out.flush();
  return out.error() == 0 ? kExitSuccess : kExitCantWrite;
}

// Each line behind four blanks.
std::string indented(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!line.empty()) out += "    " + std::string(line);
    out += '\n';
  }
  return out;
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out;
}

}  // namespace

int schema_command(const Arguments& arguments) { return print(arguments.words.empty() ? job_file_schema() : event_schema()); }

int completion_command(const Arguments& arguments) { return print(completions_for(arguments.words.front())); }

int manual_command(const Arguments& arguments) {
  if (arguments.words.size() != 1) return kExitUsage;
  return print(manual_page(read_file(arguments.words.front())));
}

int explain_command(const Arguments& arguments) {
  std::string text;
  if (arguments.words.empty()) {
    for (const ErrorCode& code : error_codes()) text += std::string(code.code) + "  " + std::string(code.title) + '\n';
    return print(text);
  }
  // `error[E101]` is what people copy.
  std::string name = upper(arguments.words.front());
  if (const std::size_t bracket = name.find('['); bracket != std::string::npos && name.ends_with(']')) {
    name = name.substr(bracket + 1, name.size() - bracket - 2);
  }
  std::vector<std::string_view> names;
  for (const ErrorCode& code : error_codes()) {
    names.push_back(code.code);
    if (code.code != name) continue;
    const Explanation& explanation = explanation_of(code.code);
    text = name + ": " + std::string(code.title) + "\n\n" + std::string(explanation.text);
    text += "\nWrong:\n\n" + indented(explanation.wrong) + "\nRight:\n\n" + indented(explanation.right);
    return print(text);
  }
  std::string message = "there is no code `" + escape_control(arguments.words.front()) + '`';
  if (const std::string_view similar = most_similar(name, names); !similar.empty()) {
    message += "; did you mean `" + std::string(similar) + "`?";
  }
  throw SetupError(kExitUsage, message + " (`corun explain` lists them)");
}

}  // namespace corun
