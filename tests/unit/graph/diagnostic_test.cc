// How findings are shown. Knows nothing of how they are found.
#include "graph/diagnostic.h"

#include "catch.h"
#include "graph/error_codes.h"
#include "load_helpers.h"

using namespace corun;

namespace {

Diagnostic example() {
  Diagnostic diagnostic;
  diagnostic.code = "E101";
  diagnostic.message = "unknown key `retires` in job `fetch`";
  diagnostic.place = {7, 5};
  diagnostic.length = 7;
  diagnostic.label = "did you mean `retry`?";
  diagnostic.help = "valid here: run, http";
  return diagnostic;
}

constexpr std::string_view kText = "1\n2\n3\n4\n5\n  fetch:\n    retires: 3\n8\n9\n10: x\n";

}  // namespace

TEST_CASE("rustc's shape") {
  CHECK(render(example(), "jobs.yml", kText) ==
        "error[E101]: unknown key `retires` in job `fetch`\n"
        " --> jobs.yml:7:5\n"
        "  |\n"
        "7 |     retires: 3\n"
        "  |     ^^^^^^^ did you mean `retry`?\n"
        "  = help: valid here: run, http\n");
}

TEST_CASE("notes share the widest gutter") {
  Diagnostic diagnostic = example();
  diagnostic.severity = Severity::warning;
  diagnostic.notes.push_back({"it is here", {10, 1}, 2});
  diagnostic.notes.push_back({"nowhere", {}, 1});
  CHECK(render(diagnostic, "jobs.yml", kText) ==
        "warning[E101]: unknown key `retires` in job `fetch`\n"
        "  --> jobs.yml:7:5\n"
        "   |\n"
        " 7 |     retires: 3\n"
        "   |     ^^^^^^^ did you mean `retry`?\n"
        "   = help: valid here: run, http\n"
        "note: it is here\n"
        "  --> jobs.yml:10:1\n"
        "   |\n"
        "10 | 10: x\n"
        "   | ^^\n"
        "note: nowhere\n");
}

TEST_CASE("colour") {
  Diagnostic diagnostic = example();
  diagnostic.label.clear();
  diagnostic.help.clear();
  CHECK(render(diagnostic, "j", kText, DiagnosticFormat::text, true) ==
        "\x1b[1;31merror[E101]\x1b[0m\x1b[1m: unknown key `retires` in job `fetch`\x1b[0m\n"
        "\x1b[1;34m -->\x1b[0m j:7:5\n"
        "\x1b[1;34m  |\x1b[0m\n"
        "\x1b[1;34m7 |\x1b[0m     retires: 3\n"
        "\x1b[1;34m  |\x1b[0m     \x1b[1;31m^^^^^^^\x1b[0m\n");
  CHECK(render(diagnostic, "j", kText, DiagnosticFormat::brief, true).find('\x1b') == std::string::npos);
}

TEST_CASE("formats for programs") {
  Diagnostic diagnostic = example();
  diagnostic.message += " 100%\n\x1b[31m";
  diagnostic.notes.push_back({"here", {6, 3}, 5});
  CHECK(render(diagnostic, "a,b:c.yml", kText, DiagnosticFormat::brief) ==
        "a,b:c.yml:7:5: error[E101]: unknown key `retires` in job `fetch` 100% \\x1b[31m (did you mean `retry`?)\n");
  CHECK(
      render(diagnostic, "a\"b.yml", kText, DiagnosticFormat::json) ==
      R"({"severity":"error","code":"E101","message":"unknown key `retires` in job `fetch` 100%\n\u001b[31m","path":"a\"b.yml",)"
      R"("line":7,"column":5,"length":7,"label":"did you mean `retry`?","help":"valid here: run, http",)"
      R"("notes":[{"message":"here","line":6,"column":3,"length":5}]})"
      "\n");
  CHECK(render(diagnostic, "a,b:c%.yml", kText, DiagnosticFormat::github) ==
        "::error file=a%2Cb%3Ac%25.yml,line=7,col=5,title=E101::unknown key `retires` in job `fetch` 100%25%0A\x1b[31m; did you "
        "mean "
        "`retry`?%0Ahelp: valid here: run, http\n");
}

TEST_CASE("a finding without a place shows no line") {
  Diagnostic diagnostic = example();
  diagnostic.place = {};
  diagnostic.help.clear();
  CHECK(render(diagnostic, "jobs.yml", kText) == "error[E101]: unknown key `retires` in job `fetch`\n --> jobs.yml\n");
  CHECK(render(diagnostic, "jobs.yml", kText, DiagnosticFormat::brief) ==
        "jobs.yml: error[E101]: unknown key `retires` in job `fetch` (did you mean `retry`?)\n");
}

TEST_CASE("carets stand under what they mean") {
  const auto carets = [](std::string_view line, Place place, std::uint32_t length) {
    Diagnostic diagnostic;
    diagnostic.code = "E1";
    diagnostic.place = place;
    diagnostic.length = length;
    const std::string text = render(diagnostic, "p", line);
    const std::size_t start = text.find("  |\n") + 4;
    return text.substr(start);
  };
  CHECK(carets("äöü: x", {1, 6}, 1) == "1 | äöü: x\n  |      ^\n");
  CHECK(carets("日本: x", {1, 5}, 1) == "1 | 日本: x\n  |       ^\n");
  CHECK(carets("日本: x", {1, 1}, 2) == "1 | 日本: x\n  | ^^^^\n");
  CHECK(carets("e\u0301a: x", {1, 5}, 1) == "1 | e\u0301a: x\n  |    ^\n");
  CHECK(carets("a\tb", {1, 3}, 1) == "1 | a    b\n  |      ^\n");
  CHECK(carets("a\x1b[31mb", {1, 1}, 1) == "1 | a\uFFFD[31mb\n  | ^\n");
  CHECK(carets("a\u009b31mb", {1, 1}, 1) == "1 | a\uFFFD31mb\n  | ^\n");
  CHECK(carets("a: ", {1, 4}, 1) == "1 | a: \n  |    ^\n");
  CHECK(carets("x", {1, 1}, 50) == "1 | x\n  | ^\n");
}

TEST_CASE("long lines are clipped around the place") {
  Diagnostic diagnostic;
  diagnostic.code = "E1";
  diagnostic.length = 3;
  diagnostic.place = {1, 5001};
  const std::string line = std::string(5000, 'a') + "bad" + std::string(5000, 'c');
  CHECK(render(diagnostic, "p", line) == "error[E1]: \n --> p:1:5001\n  |\n1 | …" + std::string(60, 'a') + "bad" +
                                             std::string(56, 'c') + "…\n  | " + std::string(61, ' ') + "^^^\n");
  diagnostic.place = {1, 1};
  CHECK(render(diagnostic, "p", line) == "error[E1]: \n --> p:1:1\n  |\n1 | " + std::string(120, 'a') + "…\n  | ^^^\n");
}

TEST_CASE("many findings: empty lines between, the rest counted") {
  const std::vector<Diagnostic> two{example(), example()};
  const SourceTexts sources{{"p", std::string(kText)}};
  const std::string one = render(example(), "p", kText);
  CHECK(render_all(two, 3, sources) == one + '\n' + one + "\n… and 3 more\n");
  CHECK(render_all(two, 0, sources) == one + '\n' + one);
  CHECK(render_all(two, 1, sources, DiagnosticFormat::json).find("more") == std::string::npos);
  CHECK(render_all({}, 0, sources).empty());
}

TEST_CASE("a long help is said to people once, to programs each time") {
  Diagnostic long_help = example();
  long_help.help = "valid here: " + std::string(100, 'x');
  const std::vector<Diagnostic> two{long_help, long_help};
  const SourceTexts sources{{"p", std::string(kText)}};
  Diagnostic without = long_help;
  without.help.clear();
  CHECK(render_all(two, 0, sources) == render(long_help, "p", kText) + '\n' + render(without, "p", kText));
  const std::string json = render(long_help, "p", kText, DiagnosticFormat::json);
  CHECK(render_all(two, 0, sources, DiagnosticFormat::json) == json + json);
}

TEST_CASE("too many findings: errors stay rather than warnings, by place") {
  std::vector<Diagnostic> many(4);
  for (std::uint32_t i = 0; i < 4; ++i) {
    many[i].place = {4 - i, 1};
    many[i].severity = i == 0 || i == 2 ? Severity::error : Severity::warning;
  }
  CHECK(keep_most(many, 3) == 1);
  REQUIRE(many.size() == 3);
  CHECK(many[0].place.line == 1);
  CHECK(many[0].severity == Severity::warning);
  CHECK(many[1].place.line == 2);
  CHECK(many[2].place.line == 4);
  CHECK(keep_most(many, 2) == 1);
  CHECK(many[0].severity == Severity::error);
  CHECK(many[1].place.line == 4);
  CHECK(keep_most(many) == 0);
}

TEST_CASE("error codes are in order and each once") {
  std::string_view last;
  for (const ErrorCode& code : error_codes()) {
    CHECK(last < code.code);
    CHECK_FALSE(code.title.empty());
    last = code.code;
  }
}
