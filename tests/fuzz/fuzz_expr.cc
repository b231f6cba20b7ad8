// Feeds arbitrary bytes to templates, URLs and the scanner of shell scripts. Knows nothing of what is right.
//
// With libFuzzer: clang++ -fsanitize=fuzzer,address. With -DCORUN_FUZZ_DRIVER: a program that reads the files it is given.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "expr/render.h"
#include "expr/shell.h"

namespace {

using corun::Value;

// Values of every kind; the strings hold what would be code or syntax if it were ever read again.
corun::Variables make_variables() {
  Value text;
  text.kind = Value::Kind::string;
  text.text.text = "SECRET'\"`$(x)${{ .vars.t }}\n;SECRET";
  Value list;
  list.kind = Value::Kind::list;
  list.items = {text, Value()};
  Value map;
  map.kind = Value::Kind::map;
  map.fields.push_back({"t", text});
  map.fields.push_back({"l", list});
  return corun::Variables({{"t", text}, {"l", list}, {"m", map}, {"n", Value()}}, {{"HOME", "/SECRET"}});
}

void render_all(std::string_view bytes, const corun::Variables& variables) {
  const corun::Text text{std::string(bytes), {}};
  corun::render_text(text, variables);
  corun::render_url(text, variables);
  Value value;
  value.kind = Value::Kind::string;
  value.text = text;
  corun::render_json(value, variables);
}

// A value may be an argument of its own or in the environment, never in what a shell reads.
void check_shell(std::string_view bytes, const corun::Variables& variables) {
  if (bytes.find("SECRET") != std::string_view::npos) return;
  const auto command = corun::shell_command(corun::Text{std::string(bytes), {}}, {"bash"}, variables);
  if (!std::holds_alternative<corun::ShellCommand>(command)) return;
  if (std::get<corun::ShellCommand>(command).argv.back().find("SECRET") != std::string::npos) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const corun::Variables variables = make_variables();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  render_all(text, variables);
  corun::shell_command(corun::Text{std::string(text), {}}, {}, variables);
  check_shell(text, variables);
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
