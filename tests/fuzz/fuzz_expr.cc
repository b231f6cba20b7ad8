// Feeds arbitrary bytes to templates, URLs and the scanner of shell scripts. Knows nothing of what is right.
//
// With libFuzzer: clang++ -fsanitize=fuzzer,address. With -DCORUN_FUZZ_DRIVER: a program that reads the files it is given.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "expr/references.h"
#include "expr/render.h"
#include "expr/shell.h"

namespace {

using corun::Json;
using corun::Value;

// Values of every kind; the strings hold what would be code or syntax if it were ever read again.
void set_values(corun::Context& context) {
  const Json text = Json::string("SECRET'\"`$(x)${{ .vars.t }}\n;SECRET");
  Json list = Json::list();
  list.append(text);
  list.append(Json());
  Json vars = Json::map();
  vars.set("t", text);
  vars.set("l", list);
  vars.set("n", Json());
  Json nested = vars;
  vars.set("m", nested);
  context.set("vars", vars);
}

void render_all(std::string_view bytes, const corun::Evaluator& evaluator) {
  const corun::Text text{std::string(bytes), {}};
  corun::render_text(text, evaluator);
  corun::render_url(text, evaluator);
  corun::parse_bare_expression(bytes);
  corun::find_references(bytes);
  std::size_t offset = 0;
  corun::unbalanced(bytes, offset);
  Value value;
  value.kind = Value::Kind::string;
  value.text = text;
  corun::render_json(value, evaluator);
  corun::resolve_value(value, evaluator);
}

// A value may be an argument of its own or in the environment, never in what a shell reads.
void check_shell(std::string_view bytes, const corun::Evaluator& evaluator) {
  if (bytes.find("SECRET") != std::string_view::npos) return;
  const auto command = corun::shell_command(corun::Text{std::string(bytes), {}}, {"bash"}, evaluator);
  if (!std::holds_alternative<corun::ShellCommand>(command)) return;
  if (std::get<corun::ShellCommand>(command).argv.back().find("SECRET") != std::string::npos) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static corun::Context context;
  static const corun::Programs programs;
  static const corun::ContextEvaluator evaluator(context, programs);
  if (static bool set = false; !std::exchange(set, true)) set_values(context);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  render_all(text, evaluator);
  corun::shell_command(corun::Text{std::string(text), {}}, {}, evaluator);
  check_shell(text, evaluator);
  return 0;
}

#ifdef CORUN_FUZZ_DRIVER
#include <fstream>
#include <iterator>

int main(int count, char** arguments) {
  for (int i = 1; i < count; ++i) {
    std::ifstream file(arguments[i], std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  }
  return 0;
}
#endif
