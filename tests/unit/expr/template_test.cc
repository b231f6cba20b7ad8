// Templates, paths and what they render to.
#include "catch.h"
#include "expr/render.h"

using namespace corun;

namespace {

Value text(std::string value) {
  Value out;
  out.kind = Value::Kind::string;
  out.text.text = std::move(value);
  return out;
}

Value number(std::string digits) {
  Value out;
  out.kind = Value::Kind::number;
  out.text.text = std::move(digits);
  return out;
}

Variables variables() {
  Value list;
  list.kind = Value::Kind::list;
  list.items = {number("1"), text("zwei")};
  Value map;
  map.kind = Value::Kind::map;
  map.fields = {{"hosts", list}, {"a b", text("odd")}};
  Variables::Vars vars{{"api", text("https://api.example.com")}, {"name", text("O'Neil & \"sons\"; rm -rf / ../x?y#z")},
                       {"big", number("9007199254740993")},      {"cfg", map},
                       {"host", text("127.0.0.1:80")},           {"dots", text("..")}};
  return Variables(std::move(vars), {{"HOME", "/root"}});
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
  CHECK(rendered("${{ .vars.api.x }}") == "error: `.vars.api` is a string: `.vars.api.x` can't be taken from it");
  CHECK(rendered("${{ .vars.cfg[0] }}") == "error: `.vars.cfg` is a map: `.vars.cfg[0]` can't be taken from it");
  CHECK(rendered("${{ vars.api }}") == "error: `vars.api` isn't a path");
  CHECK(rendered("${{ }}") == "error: empty expression");
  CHECK(rendered("${{ .vars.api") == "error: unclosed expression");
  CHECK(rendered("${{ .vars.api | length }}") == "error: `.vars.api | length` isn't a plain path");
  CHECK(rendered("${{ .jobs.a }}") == "error: unknown name `.jobs` in expression");
  CHECK(rendered("${{ .vars }}") == "error: `.vars` needs a name");
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
  CHECK(url("http://h/${{ .vars.dots }}/x") == "error: `..` can't be a segment of a URL's path");
  CHECK(url("http://h/${{ .vars.api | raw }}") == "http://h/https://api.example.com");
}

TEST_CASE("JSON keeps the type of a lone expression and escapes inside text") {
  Value body;
  body.kind = Value::Kind::map;
  body.fields = {{"n", text("${{ .vars.big }}")},
                 {"list", text("${{ .vars.cfg.hosts }}")},
                 {"s", text("<${{ .vars.name }}>")},
                 {"plain", number("1.50")}};
  const Evaluated<std::string> out = render_json(body, variables());
  CHECK(std::get<std::string>(out) ==
        R"({"n":9007199254740993,"list":[1,"zwei"],"s":"<O'Neil & \"sons\"; rm -rf / ../x?y#z>","plain":1.50})");
}
