// Feeds arbitrary bytes to the loader of job files and renders what it finds. Knows nothing of what is right.
//
// With libFuzzer: clang++ -fsanitize=fuzzer,address. With -DCORUN_FUZZ_DRIVER: a program that reads the files it is given.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "graph/load.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const corun::LoadResult result = corun::load_job_file("fuzz.yml", text);
  bool errors = false;
  for (const corun::Diagnostic& diagnostic : result.diagnostics) errors = errors || diagnostic.severity == corun::Severity::error;
  if (result.file.has_value() == errors && result.omitted == 0) __builtin_trap();
  for (const auto format : {corun::DiagnosticFormat::text, corun::DiagnosticFormat::brief, corun::DiagnosticFormat::json,
                            corun::DiagnosticFormat::github}) {
    if (corun::render_all(result.diagnostics, result.omitted, result.sources, format).empty() != result.diagnostics.empty())
      __builtin_trap();
  }
  return 0;
}

#ifdef CORUN_FUZZ_DRIVER
#include <fstream>
#include <iterator>
#include <string>

int main(int count, char** arguments) {
  for (int i = 1; i < count; ++i) {
    std::ifstream file(arguments[i], std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  }
  return 0;
}
#endif
