// Feeds arbitrary bytes to the reader of output files. Knows nothing of what is right.
//
// With libFuzzer: clang++ -fsanitize=fuzzer,address. With -DCORUN_FUZZ_DRIVER: a program that reads the files it is given.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_check.h"
#include "io/output_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const corun::Result<std::string> json = corun::parse_output_file(text);
  if (json ? !json->starts_with('{') || corun::json_problem(*json).has_value() : !json.error().message.starts_with("line "))
    __builtin_trap();
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
