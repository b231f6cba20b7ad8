// What of YAML is accepted, and within which bounds. Knows nothing of single keys.
#include "load_helpers.h"

using namespace corun;
using namespace corun::test;

namespace {

// A file whose variable `x` is `value`.
std::string file_with_var(std::string_view value) {
  return "version: 1\njobs: {a: {run: b}}\nvars:\n  x: " + std::string(value) + "\n";
}

std::string var(std::string_view value) { return to_json(load(file_with_var(value)).vars.at("x")); }

}  // namespace

TEST_CASE("values follow YAML 1.2's JSON schema") {
  CHECK(var("1") == "1");
  CHECK(var("12345678901234567890123") == "12345678901234567890123");
  CHECK(var("1.50") == "1.50");
  CHECK(var("007") == "\"007\"");
  CHECK(var("yes") == "\"yes\"");
  CHECK(var("on") == "\"on\"");
  CHECK(var("12:30:00") == "\"12:30:00\"");
  CHECK(var("true") == "true");
  CHECK(var("False") == "false");
  CHECK(var("'true'") == "\"true\"");
  CHECK(var("\"1\"") == "\"1\"");
  CHECK(var("!!str 1") == "\"1\"");
  CHECK(var("~") == "null");
  CHECK(var("null") == "null");
  CHECK(var("") == "null");
  CHECK(var("\"\"") == "\"\"");
  CHECK(var("[1, [], {}, {a: b, c: null}]") == "[1,[],{},{\"a\":\"b\",\"c\":null}]");
  CHECK(var("\"a\\tb\\u00e9\"") == "\"a\\tbé\"");
  CHECK(var("'it''s'") == "\"it's\"");
  CHECK(var("|\n    a\n    b") == "\"a\\nb\\n\"");
  CHECK(var(">-\n    a\n    b") == "\"a b\"");
  CHECK(var("a\n    b") == "\"a b\"");
}

TEST_CASE("texts know where they are written") {
  const JobFile file = load(
      "version: 1\njobs:\n  a:\n    run: [\"é\", b, \"${{ .x }}\"]\n    env: {Ä: 'q', B: &anchor plain, C: *anchor}\n"
      "  b:\n    run: |\n      script\n");
  const Job& a = file.top.jobs.at(0);
  const auto place = [](const Text& text) { return std::pair(text.place.line, text.place.column); };
  using Pair = std::pair<std::uint32_t, std::uint32_t>;
  CHECK(std::pair(a.place.line, a.place.column) == Pair(3, 3));
  const std::vector<Text>& argv = std::get<std::unique_ptr<RunSpec>>(a.action)->argv;
  CHECK(place(argv.at(0)) == Pair(4, 12));
  CHECK(place(argv.at(1)) == Pair(4, 16));
  CHECK(place(argv.at(2)) == Pair(4, 20));
  CHECK(place(a.process->env.at(0).text) == Pair(5, 15));
  CHECK(place(a.process->env.at(1).text) == Pair(5, 30));
  CHECK(place(a.process->env.at(2).text) == Pair(5, 30));
  CHECK(place(std::get<std::unique_ptr<RunSpec>>(file.top.jobs.at(1).action)->script) == Pair(7, 10));
}

TEST_CASE("a byte order mark and CRLF lines are fine") {
  const JobFile file = load("\xEF\xBB\xBFversion: 1\r\njobs:\r\n  a:\r\n    run: [x, 'y']\r\n");
  CHECK(std::get<std::unique_ptr<RunSpec>>(file.top.jobs.at(0).action)->argv.at(1).text == "y");
  CHECK(shown("\xEF\xBB\xBFversion: 2\r\njobs: {a: {run: x}}\r\n") ==
        "error[E115]: version 2 of the format is unknown\n"
        " --> jobs.yml:1:10\n"
        "  |\n"
        "1 | version: 2\n"
        "  |          ^ this corun reads `version: 1`\n");
}

TEST_CASE("anchors, aliases and merge keys") {
  const JobFile file = load(R"(version: 1
vars:
  base: &base {LANG: C, A: one}
jobs:
  a: &a
    run: &argv [x, y]
    env: {<<: *base, A: two}
  b:
    <<: *a
    timeout: 5s
  c: {run: *argv, env: {B: three, <<: [{A: first}, *base]}}
)");
  const std::vector<Job>& jobs = file.top.jobs;
  const auto env = [](const Job& it) {
    std::string text;
    for (const NamedText& entry : it.process->env) text += entry.name + '=' + entry.text.text + ' ';
    return text;
  };
  CHECK(env(jobs.at(0)) == "A=two LANG=C ");
  CHECK(env(jobs.at(1)) == "A=two LANG=C ");
  CHECK(env(jobs.at(2)) == "B=three A=first LANG=C ");
  CHECK(jobs.at(1).policies->timeout == 5s);
  CHECK(std::get<std::unique_ptr<RunSpec>>(jobs.at(2).action)->argv.size() == 2);
}

TEST_CASE("merge keys need maps") {
  CHECK(job_findings("{<<: 1, run: x}") == Lines{"3:11 E009 `<<` takes a map, or a list of maps"});
  CHECK(job_findings("{<<: [{}, x], run: x}") == Lines{"3:16 E009 `<<` takes a map, or a list of maps"});
  CHECK(job_findings("{'<<': {}, run: x}") == Lines{"3:7 E101 unknown key `<<` in job `a`"});
}

TEST_CASE("aliases that can't be resolved") {
  CHECK(findings("a: *b\n") == Lines{"1:4 E007 an alias without an anchor before it"});
  CHECK(findings("a: &b [*b]\n") == Lines{"1:8 E007 an alias inside what it stands for"});
}

TEST_CASE("aliases can't make a file explode") {
  std::string text = "version: 1\njobs: {a: {run: b}}\nvars:\n  v0: &v0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 8; ++i) {
    const std::string below = "*v" + std::to_string(i - 1);
    text += "  v" + std::to_string(i) + ": &v" + std::to_string(i) + " [" + below;
    for (int k = 1; k < 10; ++k) text += ", " + below;
    text += "]\n";
  }
  const Lines lines = findings(text);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find("E005 aliases expand to more than 1000000 values") != std::string::npos);

  // Depth counts through aliases: each of these is shallow as written.
  text = "version: 1\njobs: {a: {run: b}}\nvars:\n  v0: &v0 [[[[[[[[[[x]]]]]]]]]]\n";
  for (int i = 1; i < 8; ++i) {
    text += "  v" + std::to_string(i) + ": &v" + std::to_string(i) + " [[[[[[[[[[*v" + std::to_string(i - 1) + "]]]]]]]]]]\n";
  }
  const Lines deep = findings(text);
  REQUIRE(deep.size() == 1);
  CHECK(deep[0].find("E005 lists and maps more than 64 deep") != std::string::npos);
}

TEST_CASE("depth is bounded, however it is written") {
  const std::string inner = std::string(61, '[') + std::string(61, ']');
  CHECK(findings(file_with_var(inner)).empty());
  CHECK(findings(file_with_var("[[[" + inner + "]]]")) == Lines{"4:68 E005 lists and maps more than 64 deep"});
  for (const std::string_view piece : {"[", "{", "- ", "? ", "[a: ", "{a: ", "a: {", "&a [", "!!str ", "((", "\"", "- - "}) {
    INFO(piece);
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += piece;
    CHECK(findings(text).size() == 1);
  }
}

TEST_CASE("what isn't one YAML text in UTF-8 is refused") {
  CHECK(findings("") == Lines{"1:1 E008 the job file is empty"});
  CHECK(findings("# nothing\n") == Lines{"1:1 E008 the job file is empty"});
  CHECK(findings("---\n").at(0).find("E008") != std::string::npos);
  CHECK(findings("a: \xFF\n") == Lines{"1:4 E003 the file isn't UTF-8"});
  CHECK(findings("a: é\nb: \xED\xA0\x80\n") == Lines{"2:4 E003 the file isn't UTF-8"});
  CHECK(findings(std::string_view("a: b\0c\n", 7)) == Lines{"1:5 E003 the file holds a NUL byte"});
  CHECK(findings("version: 1\njobs: {a: {run: x}}\n---\nb: c\n") == Lines{"3:1 E004 a second YAML document"});
  CHECK(findings("[a] b\n") == Lines{"1:5 E001 unexpected text after the end of the document"});
  CHECK(findings(std::string((std::size_t{64} << 20) + 1, ' ')) == Lines{"0:0 E005 the file is larger than 64 MiB"});
  CHECK(findings("--- \nversion: 1\njobs: {a: {run: x}}\n...\n").empty());
}

TEST_CASE("a quote inside of a quoted text is told, wherever the text stands") {
  CHECK(shown("a:\n  b: \"echo ${{ .vars[\"x\"] }}\"\n") ==
        "error[E001]: a text goes on behind the quote that ends it\n"
        " --> jobs.yml:2:23\n"
        "  |\n"
        "2 |   b: \"echo ${{ .vars[\"x\"] }}\"\n"
        "  |                       ^^\n"
        "  = help: a `\"` inside of a text in `\"` is written `\\\"`; or write the text below a `|`, without quotes\n");
  for (const char* text : {"a: {b: \"c \"d\"\"}\n", "a: [b, 'it's']\n", "- 'it's'\n- b\n", "a: 'x' + 'y'\n"}) {
    INFO(text);
    CHECK(findings(text).at(0).find("E001 a text goes on behind the quote that ends it") != std::string::npos);
  }
  // Quotes that begin no text.
  for (const char* text : {"a: {b: echo \"c\" [d]}\n", "a: {b: \"c\", d: it's {e}\n"}) {
    INFO(text);
    CHECK(findings(text).at(0).find("behind the quote") == std::string::npos);
  }
}

TEST_CASE("broken YAML is reported where it breaks") {
  CHECK(findings("a: [1\nb: 2\n").at(0).substr(4) == "E001 a `[` that isn't closed by `]`");
  CHECK(findings("a: {b: 1\n").at(0) == "1:4 E001 a `{` that isn't closed by `}`");
  CHECK(shown("a: {b: [x] y}\n") ==
        "error[E001]: a `{` that isn't closed by `}`\n"
        " --> jobs.yml:1:12\n"
        "  |\n"
        "1 | a: {b: [x] y}\n"
        "  |            ^\n"
        "note: the `{` is here\n"
        " --> jobs.yml:1:4\n"
        "  |\n"
        "1 | a: {b: [x] y}\n"
        "  |    ^\n");
  CHECK(shown("a: {b: echo x: y}\n").find("= help: between brackets a text that holds `: ` must be quoted\n") !=
        std::string::npos);
  for (const char* text : {"a: {b: ${{ .vars.x }}}\n", "a: [b, ${{ .vars.x }}]\n", "a: {b: c ${{ .vars.x }}}\n"}) {
    INFO(text);
    CHECK(findings(text).at(0).find("E001 an expression without quotes") != std::string::npos);
  }
  CHECK(shown("a: {b: .rows[0]}\n").find("= help: between brackets a text that holds one must be quoted\n") != std::string::npos);
  CHECK(shown("a: {b: [c}\n").find("help") == std::string::npos);
  CHECK(findings("a: b: c\n") == Lines{"1:5 E001 a `:` that can't be here"});
  CHECK(findings("a: \"open\n") == Lines{"1:4 E001 a quoted text that isn't closed"});
  CHECK(findings("a: 'it''s\n") == Lines{"1:4 E001 a quoted text that isn't closed"});
  CHECK(findings("a: \"x\\\"\n") == Lines{"1:4 E001 a quoted text that isn't closed"});
  CHECK(findings("a: @b\n").at(0).substr(4) == "E001 a character that can't start a value");
  CHECK(findings("a: !!int 5\n").at(0).find("E006 the YAML tag") != std::string::npos);
  CHECK(findings("a: !x [1]\n").at(0).find("E006 the YAML tag") != std::string::npos);
  CHECK(findings("[a, b]\n") == Lines{"1:1 E104 expected a map for the file, found a list"});
  CHECK(job_findings("{run: x, ? [b] : c}") == Lines{"3:17 E104 a key that isn't text"});
}

TEST_CASE("a tab in the indentation is called by its name") {
  CHECK(shown("version: 1\njobs:\n\ta: {run: x}\n") ==
        "error[E002]: a tab in the indentation\n"
        " --> jobs.yml:3:1\n"
        "  |\n"
        "3 |     a: {run: x}\n"
        "  | ^^^^ indent with spaces\n");
}

TEST_CASE("keys written twice are reported with both places") {
  CHECK(shown("version: 1\njobs:\n  a: {run: x}\n  b: {run: x}\n  a: {run: y}\n") ==
        "error[E102]: `a` is written twice in `jobs`\n"
        " --> jobs.yml:5:3\n"
        "  |\n"
        "5 |   a: {run: y}\n"
        "  |   ^\n"
        "note: it is first written here\n"
        " --> jobs.yml:3:3\n"
        "  |\n"
        "3 |   a: {run: x}\n"
        "  |   ^\n");
  CHECK(findings(file_with_var("{k: 1, l: 2, k: 3}")).size() == 1);
  // Also in maps too large for comparing each with each.
  std::string text = "version: 1\njobs:\n";
  for (int i = 0; i < 100; ++i) text += "  j" + std::to_string(i % 99) + ": {run: x}\n";
  CHECK(findings(text) == Lines{"102:3 E102 `j0` is written twice in `jobs`"});
}
