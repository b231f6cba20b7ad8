// Random files of outputs: valid ones are read as they were meant, random bytes give JSON or an error with its line.
#include "io/output_file.h"

#include <map>
#include <random>
#include <string>

#include "base/json_check.h"
#include "base/text.h"
#include "catch.h"

using namespace corun;

namespace {

class Random {
 public:
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(engine_); }
  std::string text(std::string_view alphabet, std::size_t most) {
    std::string text;
    for (std::size_t length = below(most + 1); length > 0; --length) text += alphabet[below(alphabet.size())];
    return text;
  }

 private:
  std::mt19937 engine_{20260917};
};

}  // namespace

TEST_CASE("random bytes give a JSON object or an error with its line") {
  constexpr std::string_view kAlphabet = "a=<E\n\r{}[]\":, 1.e-\\u\xC3\xA4\xFF\0t";
  Random random;
  int objects = 0;
  for (int round = 0; round < 200'000; ++round) {
    const std::string start = random.below(3) == 0 ? "{\"a\":" : "";
    const std::string text = start + random.text(kAlphabet, 12) + (start.empty() ? "" : "}");
    const Result<std::string> json = parse_output_file(text);
    INFO(json_string(text));
    if (json) {
      ++objects;
      if (json->front() != '{' || json_problem(*json)) FAIL(*json);
    } else if (!json.error().message.starts_with("line ")) {
      FAIL(json.error().message);
    }
  }
  CHECK(objects > 10'000);
}

TEST_CASE("a file of lines says what it was made of") {
  Random random;
  for (int round = 0; round < 5'000; ++round) {
    const std::string end = random.below(2) == 0 ? "\n" : "\r\n";
    std::map<std::string, std::string> expected;
    std::string text;
    for (std::size_t count = random.below(6); count > 0; --count) {
      const std::string key = "k" + random.text("ab-_1", 2);
      std::string value = random.text("ab=< \"{", 6);
      if (random.below(2) == 0) {
        text += key + "=" + value + end;
      } else {
        text += key + "<<E D" + end + value + end;
        for (std::size_t lines = random.below(3); lines > 0; --lines) {
          const std::string line = random.text("x= {E", 4);
          value += "\n" + line;
          text += line + end;
        }
        text += "E D" + end;
      }
      expected[key] = value;
    }
    const Result<std::string> json = parse_output_file(text);
    INFO(json_string(text));
    REQUIRE(json);
    std::size_t size = 2;
    for (const auto& [key, value] : expected) {
      const std::string field = json_string(key) + ":" + json_string(value);
      REQUIRE(json->find(field) != std::string::npos);
      size += field.size() + 1;
    }
    REQUIRE(json->size() == (expected.empty() ? size : size - 1));
  }
}
