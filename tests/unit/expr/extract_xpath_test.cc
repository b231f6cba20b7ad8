// What an XPath gives for HTML and XML, and what is refused.
#include <sys/mman.h>
#include <unistd.h>

#include "base/json_check.h"
#include "base/unique_fd.h"
#include "catch.h"
#include "expr/extract.h"

using namespace corun;

namespace {

std::string extracted(std::string_view body, bool is_xml, std::string_view xpath) {
  const Result<std::string> json = extract_xpath(body, is_xml, xpath);
  INFO(xpath);
  INFO((json ? "" : json.error().message));
  REQUIRE(json);
  CHECK_FALSE(json_problem(*json));
  return *json;
}
std::string from_html(std::string_view body, std::string_view xpath) { return extracted(body, false, xpath); }
std::string from_xml(std::string_view body, std::string_view xpath) { return extracted(body, true, xpath); }

std::string error_of(std::string_view body, bool is_xml, std::string_view xpath) {
  const Result<std::string> json = extract_xpath(body, is_xml, xpath);
  return json ? "gave " + *json : json.error().message;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

constexpr std::string_view kXml = R"(<?xml version="1.0"?>
<list xmlns:p="urn:p"><item id="1">one</item><item id="2">two <b>bold</b></item><p:item>other</p:item></list>)";

}  // namespace

TEST_CASE("Node sets are lists of strings in document order") {
  CHECK(from_xml(kXml, "//item") == R"(["one","two bold"])");
  CHECK(from_xml(kXml, "//b | //item[1]") == R"(["one","bold"])");
  CHECK(from_xml(kXml, "//item/@id") == R"(["1","2"])");
  CHECK(from_xml(kXml, "//item[2]/text()") == R"(["two "])");
  CHECK(from_xml(kXml, "//missing") == "[]");
  CHECK(from_xml(kXml, "//item[1]/preceding::*") == "[]");
  CHECK(from_xml(kXml, "/list/namespace::p") == R"(["urn:p"])");
  CHECK(from_xml("<a><![CDATA[<x> & \"]]><!-- no --></a>", "/a") == R"(["<x> & \""])");
}

TEST_CASE("Strings, numbers and booleans are themselves") {
  CHECK(from_xml(kXml, "string(//item[1])") == R"("one")");
  CHECK(from_xml(kXml, "count(//item)") == "2");
  CHECK(from_xml(kXml, "count(//item) div 4") == "0.5");
  CHECK(from_xml(kXml, "-7") == "-7");
  CHECK(from_xml(kXml, "-0") == "0");
  CHECK(from_xml(kXml, "10000000000000000000000") == "1e+22");
  CHECK(from_xml(kXml, "number('x')") == "null");
  CHECK(from_xml(kXml, "1 div 0") == "null");
  CHECK(from_xml(kXml, "count(//item) = 2") == "true");
  CHECK(from_xml(kXml, "boolean(//missing)") == "false");
}

TEST_CASE("Prefixes are those of the root element, `_` its default namespace") {
  CHECK(from_xml(kXml, "//p:item") == R"(["other"])");
  constexpr std::string_view feed = R"(<feed xmlns="urn:atom" xmlns:x="urn:x"><entry x:n="1">e</entry></feed>)";
  CHECK(from_xml(feed, "//entry") == "[]");
  CHECK(from_xml(feed, "//_:entry/@x:n") == R"(["1"])");
  CHECK(from_xml(feed, "//*[local-name()='entry']") == R"(["e"])");
  CHECK(error_of(feed, true, "//y:entry") ==
        "`//y:entry` can't be evaluated: the document's root element doesn't declare such a prefix");
  CHECK(from_xml(R"(<_:a xmlns:_="urn:1" xmlns="urn:2"><b/></_:a>)", "count(//_:a)") == "1");
}

TEST_CASE("HTML as found on the web") {
  CHECK(from_html("<ul><li>one<li>two <b>x</ul>", "//li") == R"(["one","two x"])");
  CHECK(from_html("<A HREF='/x?a=1&b=2'>y</A>", "//a/@href") == R"(["/x?a=1&b=2"])");
  CHECK(from_html("<p>5 &lt; 6 &copy; &nbsp;&bogus; &#x1F600;</p>", "string(//p)") == "\"5 < 6 © \u00A0&bogus; \U0001F600\"");
  CHECK(from_html("<!doctype html><title>t</title><nav><svg><path/></svg></nav><script>if (a<b) x</script>",
                  "//title | //script") == R"(["t","if (a<b) x"])");
  CHECK(from_html("plain text", "string(//body)") == R"("plain text")");
  CHECK(from_html("", "//p") == "[]");
  CHECK(from_html(" \n", "string(//p)") == R"("")");
  CHECK(from_html("</div></p><p>x", "string(//p[text()])") == R"("x")");
}

TEST_CASE("The encoding of HTML") {
  CHECK(from_html("<p>Größe", "string(//p)") == R"("Größe")");
  CHECK(from_html("<head><meta charset='ISO-8859-1'></head><p>Gr\xF6\xDF"
                  "e \x80",
                  "string(//p)") == R"("Größe €")");
  CHECK(from_html("<meta http-equiv=Content-Type content='text/html; charset=windows-1251'><p>\xE4\xE0", "string(//p)") ==
        R"("да")");
  CHECK(from_html("<meta charset=utf-8><p>Größe", "string(//p)") == R"("Größe")");
  CHECK(from_html("<meta charset=bogus><p>Größe", "string(//p)") == R"("Größe")");
  CHECK(from_html("\xEF\xBB\xBF<meta charset=latin1><p>Größe", "string(//p)") == R"("Größe")");
  CHECK(from_html("<p>a\xFF"
                  "b \xC3",
                  "string(//p)") == "\"a\uFFFDb \uFFFD\"");
  CHECK(from_html(std::string_view("<p>a\0b", 6), "string(//p)") == "\"a\uFFFDb\"");
  std::string wide = "\xFF\xFE";
  for (const char c : std::string_view("<p>wide")) wide += std::string{c, '\0'};
  CHECK(from_html(wide, "string(//p)") == R"("wide")");
}

TEST_CASE("XML must be well formed") {
  CHECK(error_of("<a>\n<b></a>", true, "//a") == "not XML: line 2: Opening and ending tag mismatch: b line 2 and a");
  CHECK(error_of("", true, "//a") == "not XML: line 1: Document is empty");
  CHECK(contains(error_of("{\"json\": 1}", true, "//a"), "not XML: line 1: Start tag expected"));
  CHECK(from_xml("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xF6</a>", "string(/a)") == R"("ö")");
  CHECK(contains(error_of("<a>\xF6</a>", true, "/a"), "not XML"));
}

TEST_CASE("Entities that a document declares aren't known") {
  const std::string laughs =
      R"(<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]><l x="%">%</l>)";
  for (const bool in_attribute : {true, false}) {
    std::string document = laughs;
    document.replace(document.find('%'), 1, in_attribute ? "&d;" : "");
    document.replace(document.find('%'), 1, in_attribute ? "" : "&d;");
    CHECK(error_of(document, true, "string(/l)") ==
          "not XML: line 2: Entity 'd' not defined (entities that a document declares itself aren't known)");
  }
  CHECK(contains(error_of(R"(<!DOCTYPE l [<!ENTITY f SYSTEM "file:///etc/passwd">]><l>&f;</l>)", true, "/l"),
                 "Entity 'f' not defined"));
  CHECK_FALSE(contains(error_of(R"(<!DOCTYPE l [<!ENTITY % f SYSTEM "file:///etc/passwd">%f;]><l>x</l>)", true, "/l"), "root:"));
  CHECK(from_xml(R"(<!DOCTYPE l SYSTEM "http://127.0.0.1:1/l.dtd"><l>&lt;&#65;&amp;</l>)", "string(/l)") == R"("<A&")");
  CHECK(from_xml(R"(<l xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd" parse="text"/></l>)",
                 "string(/l)") == "\"\"");
}

TEST_CASE("Depth is bounded") {
  const auto nested = [](int depth, const std::string& name) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += "<" + name + ">";
    text += "x";
    for (int i = 0; i < depth; ++i) text += "</" + name + ">";
    return text;
  };
  CHECK(from_xml(nested(250, "a"), "count(//a)") == "250");
  CHECK(contains(error_of(nested(300, "a"), true, "count(//a)"), "Excessive depth"));
  CHECK(from_html(nested(200, "div"), "count(//div)") == "200");
  CHECK(contains(error_of(nested(100'000, "div"), false, "count(//div)"), "Excessive depth"));
}

TEST_CASE("An XPath that doesn't compile") {
  CHECK_FALSE(xpath_problem("//a[@href]/text()"));
  CHECK_FALSE(xpath_problem("count(//p:item) > $x"));
  CHECK(xpath_problem("//a[") == "`//a[` isn't an XPath: something is missing at its end");
  CHECK(xpath_problem("//a]") == "`//a]` isn't an XPath: unexpected text (at byte 4)");
  CHECK(xpath_problem("") == "`` isn't an XPath: it is empty");
  CHECK(xpath_problem("'open") == "`'open` isn't an XPath: a quote isn't closed (at byte 6)");
  CHECK(contains(*xpath_problem(std::string_view("//a\0b", 5)), "NUL byte"));
  CHECK(contains(*xpath_problem("//\xFF"), "isn't UTF-8"));
  CHECK(xpath_problem(std::string(20'000, 'a')) == "an XPath may have at most 16 KiB");
  CHECK(xpath_problem(std::string(16'000, '(')));
  CHECK(error_of("<a/>", true, "//a[") == *xpath_problem("//a["));
}

TEST_CASE("An XPath that compiles but can't be evaluated") {
  CHECK(error_of("<a/>", true, "nothing()") == "`nothing()` can't be evaluated: there is no such function");
  CHECK(error_of("<a/>", true, "document('/etc/passwd')") ==
        "`document('/etc/passwd')` can't be evaluated: there is no such function");
  CHECK(error_of("<a/>", true, "contains('a')") ==
        "`contains('a')` can't be evaluated: a function has too many or too few arguments");
  CHECK(error_of("<a/>", true, "$x") == "`$x` can't be evaluated: there are no variables in it");
}

TEST_CASE("An XPath that takes too long or gives too much ends with an error") {
  std::string document = "<l>";
  for (int i = 0; i < 3'000; ++i) document += "<a/>";
  document += "</l>";
  const std::string slow = "count(//a[count(//a[count(//a) > 1]) > 1])";
  CHECK(error_of(document, true, slow) == "`" + slow + "` can't be evaluated: it takes too many steps on this document");
  std::string deep;
  for (int i = 0; i < 200; ++i) deep += "<a>";
  deep += std::string(1 << 20, 'x');
  for (int i = 0; i < 200; ++i) deep += "</a>";
  CHECK(error_of(deep, true, "//a") == "`//a` gives more than 64 MiB of text");
}

TEST_CASE("Nothing is written to stderr, whatever is wrong") {
  const UniqueFd saved(::dup(2));
  const UniqueFd file(::memfd_create("stderr", MFD_CLOEXEC));
  REQUIRE(::dup2(file.get(), 2) == 2);
  for (const std::string_view body : {"<p><bogus x=1 x=2></i>&nope;", "<a>&nope;", "", "\xFF", "<a><b></a>"}) {
    for (const std::string_view xpath : {"//a", "nothing()", "$x", "//y:a", "id(", "//a["}) {
      for (const bool is_xml : {true, false}) static_cast<void>(extract_xpath(body, is_xml, xpath));
    }
  }
  REQUIRE(::dup2(saved.get(), 2) == 2);
  CHECK(::lseek(file.get(), 0, SEEK_END) == 0);
}
