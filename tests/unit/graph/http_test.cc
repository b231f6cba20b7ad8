// What the keys of requests come to. Knows nothing of how requests are sent.
#include "load_helpers.h"

using namespace corun;
using namespace corun::test;

namespace {

HttpSpec http(std::string_view spec) {
  return std::move(*std::get<std::unique_ptr<HttpSpec>>(job("{http: " + std::string(spec) + "}").action));
}

// The findings of a POST with these fields.
Lines http_findings(std::string_view fields) {
  return job_findings("{http: {method: POST, url: 'https://h/', " + std::string(fields) + "}}");
}

}  // namespace

TEST_CASE("a URL alone") {
  const HttpSpec spec = http("https://h/x");
  CHECK(spec.method == "GET");
  CHECK(spec.url.text == "https://h/x");
  CHECK(spec.url.place.line == 3);
  CHECK(spec.url.place.column == 13);
  CHECK(spec.body_kind == HttpSpec::Body::none);
  CHECK_FALSE(spec.follow_redirects);
  CHECK(spec.tls_verify);
  CHECK(spec.max_body == 16U << 20);
}

TEST_CASE("a request with everything") {
  const HttpSpec spec = http(
      "{method: PUT, url: '${{ .vars.api }}/x', query: {page: 2, tag: [a, 'b c']}, headers: {Accept: text/plain, X-Id: 1}, "
      "follow_redirects: {max: 3, same_origin: true}, http_version: 2, tls: {ca: ca.pem}, max_body: 64KiB, json: {a: [1, "
      "null]}}");
  CHECK(spec.method == "PUT");
  REQUIRE(spec.query.size() == 3);
  CHECK(spec.query[1].name == "tag");
  CHECK(spec.query[2].name == "tag");
  CHECK(spec.query[2].text.text == "b c");
  REQUIRE(spec.headers.size() == 2);
  CHECK(spec.headers[1].text.text == "1");
  CHECK(spec.follow_redirects);
  CHECK(spec.redirects_same_origin);
  CHECK(spec.max_redirects == 3);
  CHECK(spec.version == HttpSpec::Version::http_2);
  CHECK(spec.tls_ca->text == "ca.pem");
  CHECK(spec.max_body == 65536);
  CHECK(spec.body_kind == HttpSpec::Body::json);
  CHECK(to_json(spec.json) == "{\"a\":[1,null]}");
}

TEST_CASE("bodies") {
  CHECK(http("{url: 'https://h', method: POST, json: ~}").body_kind == HttpSpec::Body::json);
  const HttpSpec form = http("{url: 'https://h', method: POST, form: {a: b, n: 1}}");
  CHECK(form.body_kind == HttpSpec::Body::form);
  CHECK(form.form.at(1).text.text == "1");
  const HttpSpec text = http("{url: 'https://h', method: POST, body: hello}");
  CHECK(text.body_kind == HttpSpec::Body::text);
  CHECK(text.body.text == "hello");
  const HttpSpec file = http("{url: 'https://h', method: POST, body_file: data.bin}");
  CHECK(file.body_kind == HttpSpec::Body::file);
  CHECK(file.body.text == "data.bin");

  CHECK(shown(file_with("{http: {method: POST, url: 'https://h/', json: 1, body: x}}")) ==
        "error[E109]: `body` and `json` are both the body in `http` of job `a`\n"
        " --> jobs.yml:3:56\n"
        "  |\n"
        "3 |   a: {http: {method: POST, url: 'https://h/', json: 1, body: x}}\n"
        "  |                                                        ^^^^ a request has one body\n"
        "note: `json` is here\n"
        " --> jobs.yml:3:47\n"
        "  |\n"
        "3 |   a: {http: {method: POST, url: 'https://h/', json: 1, body: x}}\n"
        "  |                                               ^^^^\n");
  CHECK(job_findings("{http: {url: 'https://h/', json: 1}}") ==
        Lines{"3:33 W001 a GET request with a body in `http` of job `a`"});
  CHECK(job_findings("{http: {url: 'https://h/', method: GET, json: 1}}").empty());
  CHECK(http_findings("json: {a: '${{ .x'}").size() == 1);
}

TEST_CASE("redirects, versions, TLS") {
  CHECK(http("{url: 'https://h', follow_redirects: true}").follow_redirects);
  CHECK(http("{url: 'https://h', follow_redirects: {}}").max_redirects == 10);
  CHECK(http("{url: 'https://h', http_version: 1.1}").version == HttpSpec::Version::http_1_1);
  CHECK(http("{url: 'https://h', http_version: '2'}").version == HttpSpec::Version::http_2);
  CHECK(http_findings("http_version: 3").size() == 1);
  CHECK(http_findings("follow_redirects: 3").size() == 1);
  CHECK(http_findings("follow_redirects: {max: 0}").size() == 1);
  CHECK(http_findings("tls: {verify: false}") ==
        Lines{"3:61 W002 certificates aren't verified: anybody on the way can read and change the request"});
  CHECK(http_findings("max_body: 5 MB").size() == 1);
}

TEST_CASE("methods that can't be sent") {
  CHECK(job_findings("{http: {url: 'https://h/', method: 'G ET'}}") == Lines{"3:41 E116 a method that can't be sent"});
  CHECK(job_findings("{http: {url: 'https://h/', method: \"GET\\r\\nX: y\"}}").size() == 1);
  CHECK(job_findings("{http: {url: 'https://h/', method: CONNECT}}") == Lines{"3:41 E116 a method that can't be sent"});
  CHECK(job_findings("{http: {url: 'https://h/', method: post}}") == Lines{"3:41 E116 methods are written in capitals"});
  CHECK(job_findings("{http: {url: 'https://h/', method: '${{ .m }}'}}").size() == 1);
  CHECK(job_findings("{http: {url: 'https://h/', method: PROPFIND}}").empty());
}

TEST_CASE("headers that can't be sent") {
  CHECK(http_findings("headers: {content-length: 3, Transfer-Encoding: chunked}") ==
        Lines{"3:57 E116 the header `content-length` can't be set", "3:76 E116 the header `Transfer-Encoding` can't be set"});
  CHECK(http_findings("headers: {'A B': c}") == Lines{"3:57 E116 `A B` can't be the name of a header"});
  CHECK(http_findings("headers: {A: \"b\\r\\nC: d\"}") == Lines{"3:60 E116 the header `A` has more than one line"});
  CHECK(http_findings("headers: {A: \"b\\0\"}") ==
        Lines{"3:60 E106 `A` of `headers` of `http` of job `a` holds a NUL character"});
  CHECK(http_findings("headers: {A: \"${{ .b |\\n .c }}\"}").empty());
  CHECK(http_findings("headers: {A: [b]}").size() == 1);
  CHECK(http_findings("headers: [A]").size() == 1);
}

TEST_CASE("URLs that can't be used") {
  CHECK(job_findings("{http: h/x}") == Lines{"3:13 E117 a URL starts with https:// or http://"});
  CHECK(job_findings("{http: ftp://h/x}") == Lines{"3:13 E117 only http and https URLs are allowed"});
  CHECK(job_findings("{http: 'http://me:secret@h/x'}") == Lines{"3:13 E117 a URL can't hold a user name or password"});
  CHECK(job_findings("{http: ''}") == Lines{"3:13 E114 a URL starts with https:// or http://"});
  CHECK(job_findings("{http: [x]}").size() == 1);
  CHECK(job_findings("{http: '${{ .vars.api }}/x'}").empty());
}

TEST_CASE("query values") {
  CHECK(http_findings("query: {a: {b: c}}").size() == 1);
  CHECK(http_findings("query: {a: [[b]]}").size() == 1);
  CHECK(http_findings("query: {a: []}").empty());
}

TEST_CASE("thousands of warnings are no error and hide none") {
  std::string text = "version: 1\njobs:\n";
  for (int i = 0; i < 3000; ++i) text += "  j" + std::to_string(i) + ": {http: {url: 'https://h/', body: x}}\n";
  const LoadResult warned = load_job_file("jobs.yml", text);
  CHECK(warned.file.has_value());
  CHECK(warned.diagnostics.size() + warned.omitted == 3000);
  text += "  last: {rum: x}\n";
  const LoadResult wrong = load_job_file("jobs.yml", text, LoadOptions{100});
  CHECK_FALSE(wrong.file.has_value());
  CHECK(wrong.diagnostics.back().severity == Severity::error);
}
