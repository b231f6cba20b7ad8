// Which texts give a secret away. The encoded ones were made by other programs.
#include "base/secret_forms.h"

#include <algorithm>

#include "base/secret_mask.h"
#include "catch.h"

using namespace corun;

namespace {

using Forms = std::vector<std::string>;

bool has(const Forms& forms, std::string_view form) { return std::find(forms.begin(), forms.end(), form) != forms.end(); }

// Whether one of the forms is inside `text`, leaving at most `rest` bytes of it.
bool gives_away(std::string_view secret, std::string_view text, std::size_t rest) {
  const Forms forms = secret_forms(secret);
  return std::any_of(forms.begin(), forms.end(), [&](const std::string& form) {
    return text.find(form) != std::string_view::npos && text.size() - form.size() <= rest;
  });
}

}  // namespace

TEST_CASE("What can't be hidden sensibly has no forms") {
  CHECK(secret_forms("").empty());
  CHECK(secret_forms("abc").empty());
  CHECK(secret_forms("  abc\n").empty());
  CHECK(secret_forms(std::string(100, ' ')).empty());
  CHECK(secret_forms(std::string(kMaxSecretSize + 1, 'x')).empty());
  CHECK_FALSE(secret_forms("abcd").empty());
  CHECK_FALSE(secret_forms(std::string(kMaxSecretSize, 'x')).empty());
}

TEST_CASE("Every form is long enough and there once") {
  for (const std::string_view secret : {"abcd", "a\nb\nc\nd", "p@ss w0rd!", "\xFF\xFE\x01\x02"}) {
    const Forms forms = secret_forms(secret);
    CHECK(has(forms, secret));
    CHECK(std::adjacent_find(forms.begin(), forms.end()) == forms.end());
    for (const std::string& form : forms) CHECK(form.size() >= kMinSecretSize);
  }
}

TEST_CASE("Blanks around a secret don't belong to it") {
  CHECK(secret_forms(" token\r\n") == secret_forms("token"));
  CHECK(has(secret_forms("token\n"), "token"));
}

TEST_CASE("Lines of a secret") {
  const Forms forms = secret_forms("-----BEGIN-----\r\n  first line\nabc\n\n-----END-----\n");
  CHECK(has(forms, "-----BEGIN-----"));
  CHECK(has(forms, "first line"));
  CHECK_FALSE(has(forms, "abc"));
  CHECK(has(forms, "-----END-----"));
}

TEST_CASE("Base64 wherever it stands") {
  // base64 of "hunter2", "xhunter2", "xxhunter2" and "user:hunter2 and more"
  CHECK(gives_away("hunter2", "aHVudGVyMg==", 3));
  CHECK(gives_away("hunter2", "eGh1bnRlcjI=", 4));
  CHECK(gives_away("hunter2", "eHhodW50ZXIy", 3));
  CHECK(has(secret_forms("hunter2"), "aHVudGVyM"));
  CHECK(has(secret_forms("hunter2"), "h1bnRlcj"));
  CHECK(has(secret_forms("hunter2"), "odW50ZXIy"));
  CHECK(gives_away("hunter2", "dXNlcjpodW50ZXIyIGFuZCBtb3Jl", 19));
  CHECK(has(secret_forms("?>?>?>?>"), "Pz4/Pj8+Pz"));
  CHECK(has(secret_forms("?>?>?>?>"), "Pz4_Pj8-Pz"));
}

TEST_CASE("Base64 of the secret alone, with its padding") {
  SecretMask mask;
  REQUIRE(mask.add("correct-horse"));
  CHECK(mask.masked("<Y29ycmVjdC1ob3JzZQ==>") == "<***>");
  CHECK(mask.masked("<Y29ycmVjdC1ob3JzZQ>") == "<***>");
}

TEST_CASE("Base64 in lines of 64 or 76") {
  // seq -s '' 1 60 | base64 -w 64, and without -w
  std::string secret;
  for (int i = 1; i <= 60; ++i) secret += std::to_string(i);
  const Forms forms = secret_forms(secret);
  CHECK(has(forms, "MTIzNDU2Nzg5MTAxMTEyMTMxNDE1MTYxNzE4MTkyMDIxMjIyMzI0MjUyNjI3Mjgy"));
  CHECK(has(forms, "OTMwMzEzMjMzMzQzNTM2MzczODM5NDA0MTQyNDM0NDQ1NDY0NzQ4NDk1MDUxNTI1"));
  CHECK(has(forms, "MTIzNDU2Nzg5MTAxMTEyMTMxNDE1MTYxNzE4MTkyMDIxMjIyMzI0MjUyNjI3MjgyOTMwMzEzMjMz"));
  CHECK(has(forms, "MzQzNTM2MzczODM5NDA0MTQyNDM0NDQ1NDY0NzQ4NDk1MDUxNTI1MzU0NTU1NjU3NTg1OTYw"));
}

TEST_CASE("Percent-encoded") {
  const Forms forms = secret_forms("a/b c~*?ö!'()");
  CHECK(has(forms, "a%2Fb%20c~%2A%3F%C3%B6%21%27%28%29"));  // RFC 3986
  CHECK(has(forms, "a%2fb%20c~%2a%3f%c3%b6%21%27%28%29"));
  CHECK(has(forms, "a%2Fb+c%7E*%3F%C3%B6%21%27%28%29"));  // a form
  CHECK(has(forms, "a%2fb+c%7e*%3f%c3%b6%21%27%28%29"));
  CHECK(has(forms, "a/b%20c~%2A%3F%C3%B6%21%27%28%29"));  // a path
  CHECK(has(forms, "a%2Fb%20c~*%3F%C3%B6!'()"));          // encodeURIComponent
  CHECK(has(secret_forms("100%20"), "100%2520"));
}

TEST_CASE("In JSON, in shells, on a terminal") {
  CHECK(has(secret_forms("say \"x\\y\"\n/z"), R"(say \"x\\y\"\n/z)"));
  CHECK(has(secret_forms("say \"x\\y\"\n/z"), R"(say \"x\\y\"\n\/z)"));
  CHECK(has(secret_forms("it's $5"), R"(it'\''s $5)"));
  CHECK(has(secret_forms("it's $5"), R"(it'"'"'s $5)"));
  CHECK(has(secret_forms("it's $5"), R"(it\'s\ \$5)"));
  CHECK(has(secret_forms("it's \"$5\""), R"(it's \"\$5\")"));
  CHECK(has(secret_forms("red\x1B[1m"), R"(red\x1b[1m)"));
}

TEST_CASE("JSON in ASCII, and as Go writes it") {
  // json.dumps of Python
  CHECK(has(secret_forms("pä\u20AC\U0001F600\b\f\x7F/x"), "p\\u00e4\\u20ac\\ud83d\\ude00\\b\\f\\u007f/x"));
  CHECK(has(secret_forms("pä\u20AC\U0001F600\b\f\x7F/x"), "pä\u20AC\U0001F600\\b\\f\\u007f/x"));
  CHECK(has(secret_forms("a<b>&c"), "a\\u003cb\\u003e\\u0026c"));
  CHECK(has(secret_forms("a\\u0008"), "a\\\\u0008"));  // no control character
}

TEST_CASE("In hexadecimal, in markup, between doubled quotes, as Python and bash show it") {
  CHECK(has(secret_forms("hunter2\xFF"), "68756e74657232ff"));
  CHECK(has(secret_forms("hunter2\xFF"), "68756E74657232FF"));
  CHECK(has(secret_forms("<a&\"b\"'c'>"), "&lt;a&amp;&quot;b&quot;&#39;c&#39;&gt;"));    // jq
  CHECK(has(secret_forms("<a&\"b\"'c'>"), "&lt;a&amp;&quot;b&quot;&#x27;c&#x27;&gt;"));  // Python
  CHECK(has(secret_forms("<a&\"b\"'c'>"), "&lt;a&amp;&#34;b&#34;&#39;c&#39;&gt;"));      // Go
  CHECK(has(secret_forms("a\"b'c"), "a\"\"b'c"));
  CHECK(has(secret_forms("a\"b'c"), "a\"b''c"));
  CHECK(has(secret_forms("it's a\t\"\\\"\n.."), R"(it\'s a\t"\\"\n..)"));
}

TEST_CASE("Lines of a secret, escaped") {
  const Forms forms = secret_forms("first \"line\"\nwith <b> & c\nit's $5");
  CHECK(has(forms, R"(first \"line\")"));
  CHECK(has(forms, "first%20%22line%22"));
  CHECK(has(forms, "with &lt;b&gt; &amp; c"));
  CHECK(has(forms, R"(it'\''s $5)"));
}
