// Templates, paths and what they render to.
#include "catch.h"
#include "expr/render.h"
#include "support.h"

using namespace corun;

namespace {

using test::number;
using test::text;

const Evaluator& variables() {
  static const test::Checked checked(test::json(R"({
    "api": "https://api.example.com", "name": "O'Neil & \"sons\"; rm -rf / ../x?y#z", "big": 9007199254740993,
    "cfg": {"hosts": [1, "zwei"], "a b": "odd"}, "host": "127.0.0.1:80", "dots": "..", "path": "/items"})"),
                                     {{"HOME", "/root"}});
  return checked;
}

std::string rendered(const std::string& source) {
  const Evaluated<std::string> out = render_text(Text{source, {}}, variables());
  return std::holds_alternative<std::string>(out) ? std::get<std::string>(out)
                                                  : "error: " + std::get<ExpressionError>(out).message;
}

std::string url(const std::string& source) {
  const Evaluated<std::string> out = render_url(Text{source, {}}, variables());
  return std::holds_alternative<std::string>(out) ? std::get<std::string>(out)
                                                  : "error: " + std::get<ExpressionError>(out).message;
}

}  // namespace

TEST_CASE("paths give what jq gives") {
  CHECK(rendered("plain") == "plain");
  CHECK(rendered("") == "");
  CHECK(rendered("<${{ .vars.api }}>") == "<https://api.example.com>");
  CHECK(rendered("${{ .vars.big # it isn't \"closed ( }}!") == "0!");
  CHECK(rendered("${{\n  # it's \"odd {\n  .vars.big }}!") == "0!");
  CHECK(rendered("${{.vars.big}}") == "9007199254740993");
  CHECK(rendered("${{ .vars.cfg.hosts[0] }}${{ .vars.cfg.hosts[-1] }}") == "1zwei");
  CHECK(rendered("${{ .vars.cfg.hosts[7] }}") == "null");
  CHECK(rendered("${{ .vars.cfg.nothing.below }}") == "null");
  CHECK(rendered("${{ .vars.cfg[\"a b\"] }} ${{ .vars.cfg.\"a b\" }} ${{ .[\"vars\"].big }}") == "odd odd 9007199254740993");
  CHECK(rendered("${{ .vars.cfg.hosts }}") == "[1,\"zwei\"]");
  CHECK(rendered("${{ .env.HOME }}/x") == "/root/x");
  CHECK(rendered("$HOME ${HOME} {{ .vars.api }} $${{ .vars.big }}") == "$HOME ${HOME} {{ .vars.api }} $9007199254740993");
}

TEST_CASE("what can't be evaluated says why") {
  CHECK(rendered("${{ .vars.apy }}") == "error: undefined variable `apy`");
  CHECK(rendered("${{ .env.HOMER }}") == "error: undefined environment variable `HOMER`");
  CHECK(rendered("${{ .vars.api.x }}") == "error: `.vars.api` is \"https://api.example.com\": can't index string with \"x\"");
  CHECK(rendered("${{ .vars.cfg[0] }}") ==
        "error: `.vars.cfg` is {\"hosts\":[1,\"zwei\"],\"a b\":\"odd\"}: can't index object with a number");
  CHECK(rendered("${{ vars.api }}") == "error: `vars.api` isn't a path");
  CHECK(rendered("${{ }}") == "error: empty expression");
  CHECK(rendered("${{ .vars.api") == "error: unclosed expression");
  CHECK(rendered("${{ .jobs.a }}") == "error: unknown name `.jobs` in expression");
  const Evaluated<std::string> out = render_text(Text{"ab ${{ .vars.apy }}", {}}, variables());
  CHECK(std::get<ExpressionError>(out).offset == 3);
  CHECK(std::get<ExpressionError>(out).length == 16);
  CHECK(std::get<ExpressionError>(out).label == "did you mean `.vars.api`?");
}

TEST_CASE("no value becomes another part of a URL") {
  CHECK(url("${{ .vars.api }}/items") == "https://api.example.com/items");
  CHECK(url("http://h/${{ .vars.name }}/x") == "http://h/O%27Neil%20%26%20%22sons%22%3B%20rm%20-rf%20%2F%20..%2Fx%3Fy%23z/x");
  CHECK(url("http://h/?q=${{ .vars.name }}&r=1") ==
        "http://h/?q=O%27Neil%20%26%20%22sons%22%3B%20rm%20-rf%20%2F%20..%2Fx%3Fy%23z&r=1");
  CHECK(url("http://${{ .vars.host }}/x") == "http://127.0.0.1:80/x");
  CHECK(url("http://${{ .vars.name }}/x").starts_with("error: "));
  CHECK(url("http://h${{ .vars.name }}").starts_with("error: "));
  CHECK(url("${{ .vars.api }}${{ .vars.path }}") ==
        "error: `/items` isn't a host name: a path right behind the host takes `| raw`");
  CHECK(url("${{ .vars.api }}${{ .vars.path | raw }}") == "https://api.example.com/items");
  CHECK(url("http://h/${{ .vars.dots }}/x") == "error: `..` can't be a segment of a URL's path");
  CHECK(url("http://h/${{ .vars.api | raw }}") == "http://h/https://api.example.com");
}

TEST_CASE("no value becomes another part of a connection string") {
  const auto dsn = [](const std::string& source) { return std::get<std::string>(render_address(Text{source, {}}, variables())); };
  CHECK(dsn("postgresql://u:${{ .vars.name }}@${{ .vars.host }}/db") ==
        "postgresql://u:O%27Neil%20%26%20%22sons%22%3B%20rm%20-rf%20%2F%20..%2Fx%3Fy%23z@127.0.0.1:80/db");
  CHECK(dsn("postgresql://u@h/${{ .vars.host }}") == "postgresql://u@h/127.0.0.1%3A80");
  CHECK(dsn("host=h password=${{ .vars.name }} user=u") ==
        "host=h password=O\\'Neil\\ &\\ \"sons\";\\ rm\\ -rf\\ /\\ ../x?y#z user=u");
  CHECK(dsn("socks5h://u:${{ .vars.dots }}/@h:1") == "socks5h://u:../@h:1");
  CHECK(dsn("password='${{ .vars.name }}'") == "password='O\\'Neil\\ &\\ \"sons\";\\ rm\\ -rf\\ /\\ ../x?y#z'");
  CHECK(dsn("${{ .vars.name }} user=u") == "O'Neil & \"sons\"; rm -rf / ../x?y#z user=u");
}

TEST_CASE("JSON keeps the type of a lone expression and escapes inside text") {
  Value body;
  body.kind = Value::Kind::map;
  body.fields.emplace_back("n", text("${{ .vars.cfg.hosts[0] }}"));
  body.fields.emplace_back("big", text("${{ .vars.big }}"));
  body.fields.emplace_back("list", text("${{ .vars.cfg.hosts }}"));
  body.fields.emplace_back("s", text("<${{ .vars.name }}>"));
  body.fields.emplace_back("plain", number("1.50"));
  const Evaluated<std::string> out = render_json(body, variables());
  CHECK(std::get<std::string>(out) ==
        R"({"n":1,"big":"9007199254740993","list":[1,"zwei"],"s":"<O'Neil & \"sons\"; rm -rf / ../x?y#z>","plain":1.50})");
}
