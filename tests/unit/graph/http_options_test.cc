// What the rarer keys of requests come to, and how defaults reach requests. Knows nothing of how requests are sent.
#include "load_helpers.h"

using namespace corun;
using namespace corun::test;

namespace {

HttpSpec http(std::string_view fields) {
  return std::move(
      *std::get<std::unique_ptr<HttpSpec>>(job("{http: {method: POST, url: 'https://h/', " + std::string(fields) + "}}").action));
}

Lines http_findings(std::string_view fields) {
  return job_findings("{http: {method: POST, url: 'https://h/', " + std::string(fields) + "}}");
}

// The requests of a file with these defaults and jobs.
std::vector<HttpSpec> requests(std::string_view defaults, std::string_view jobs) {
  JobFile file = load("version: 1\ndefaults: {http: " + std::string(defaults) + "}\njobs:\n" + std::string(jobs));
  std::vector<HttpSpec> specs;
  for (Job& each : file.top.jobs) specs.push_back(std::move(*std::get<std::unique_ptr<HttpSpec>>(each.action)));
  return specs;
}

Lines default_findings(std::string_view defaults) {
  return findings("version: 1\ndefaults: {http: " + std::string(defaults) + "}\njobs: {a: {run: x}}\n");
}

}  // namespace

TEST_CASE("a request without rare settings has none") { CHECK_FALSE(http("query: {a: b}").options); }

TEST_CASE("authentication") {
  const HttpSpec basic = http("auth: {basic: {username: me, password: 'a:b'}}");
  CHECK(basic.options->auth->kind == HttpAuth::Kind::basic);
  CHECK(basic.options->auth->user.text == "me");
  CHECK(basic.options->auth->password.text == "a:b");
  const HttpSpec pair = http("auth: {digest: 'me:secret'}");
  CHECK(pair.options->auth->kind == HttpAuth::Kind::digest);
  CHECK(pair.options->auth->whole_pair);
  CHECK(http("auth: {basic: '${{ .env.LOGIN }}'}").options->auth->whole_pair);
  CHECK(http("auth: {bearer: t}").options->auth->password.text == "t");
  const HttpSpec aws = http("auth: {aws_sigv4: {region: r, service: s, access_key: a, secret_key: k, session_token: t}}");
  CHECK(aws.options->auth->kind == HttpAuth::Kind::aws_sigv4);
  CHECK(aws.options->auth->user.text == "a");
  CHECK(aws.options->auth->password.text == "k");
  CHECK(aws.options->auth->session_token->text == "t");
  CHECK(http("auth: {netrc: true}").options->auth->netrc_file.text.empty());
  CHECK(http("auth: {netrc: my.netrc}").options->auth->netrc_file.text == "my.netrc");
  CHECK(http("auth: none").options->auth->kind == HttpAuth::Kind::none);
}

TEST_CASE("authentication that can't be meant") {
  CHECK(http_findings("auth: {bearer: t, basic: 'a:b'}") ==
        Lines{"3:65 E109 `basic` and `bearer` are both `auth` of `http` of job `a`"});
  CHECK(http_findings("auth: {}") == Lines{"3:53 E114 `auth` of `http` of job `a` is empty"});
  CHECK(http_findings("auth: some") ==
        Lines{"3:53 E104 expected a map, or none for `auth` of `http` of job `a`, found a string"});
  CHECK(http_findings("auth: {basic: me}") == Lines{"3:61 E106 `basic` of `auth` of `http` of job `a` has no password"});
  CHECK(http_findings("auth: {basic: {username: 'a:b', password: c}}") ==
        Lines{"3:72 E106 `username` of `basic` of `auth` of `http` of job `a` can't hold a `:`"});
  CHECK(http_findings("auth: {basic: {username: a}}") ==
        Lines{"3:61 E103 missing key `password` in `basic` of `auth` of `http` of job `a`"});
  CHECK(http_findings("auth: {bearer: \"a\\nb\"}") ==
        Lines{"3:62 E106 `bearer` of `auth` of `http` of job `a` has more than one line or a control character"});
  CHECK(http_findings("auth: {bearer: ''}") == Lines{"3:62 E114 `bearer` of `auth` of `http` of job `a` is empty"});
  CHECK(http_findings("auth: {netrc: false}").size() == 1);
  CHECK(http_findings("auth: {aws_sigv4: {region: r}}").size() == 3);
  CHECK(shown(file_with("{http: {url: 'https://h/', auth: {bearer: t}, headers: {authorization: x}}}")) ==
        "error[E109]: the header `Authorization` is what `auth` sends\n"
        " --> jobs.yml:3:62\n"
        "  |\n"
        "3 |   a: {http: {url: 'https://h/', auth: {bearer: t}, headers: {authorization: x}}}\n"
        "  |                                                              ^^^^^^^^^^^^^ write one of both\n"
        "note: `auth` is here\n"
        " --> jobs.yml:3:33\n"
        "  |\n"
        "3 |   a: {http: {url: 'https://h/', auth: {bearer: t}, headers: {authorization: x}}}\n"
        "  |                                 ^^^^\n");
}

TEST_CASE("a signature covers the body, so that it must be in memory") {
  const auto signed_by = [](const std::string& service, const std::string& body) {
    return http_findings("auth: {aws_sigv4: {region: r, service: " + service + ", access_key: a, secret_key: k}}, " + body);
  };
  CHECK(signed_by("sqs", "body_file: f") == Lines{"3:13 E109 `aws_sigv4` needs a body in memory in `http` of job `a`"});
  CHECK(signed_by("sqs", "multipart: {a: b}").size() == 1);
  CHECK(signed_by("sqs", "json: 1").empty());
  CHECK(signed_by("s3", "body_file: f").empty());
}

TEST_CASE("multipart") {
  const HttpSpec map = http(
      "multipart: {title: Sunset, n: 1, photo: {file: 'p/${{ .vars.x }}.jpg', filename: s.jpg, content_type: image/jpeg}, "
      "tag: [a, {value: b}]}");
  CHECK(map.body_kind == HttpSpec::Body::multipart);
  const std::vector<HttpPart>& parts = map.options->multipart;
  REQUIRE(parts.size() == 5);
  CHECK(parts[0].name == "title");
  CHECK(parts[0].value.text == "Sunset");
  CHECK(parts[1].value.text == "1");
  CHECK(parts[2].is_file);
  CHECK(parts[2].filename->text == "s.jpg");
  CHECK(parts[2].content_type->text == "image/jpeg");
  CHECK(parts[3].name == "tag");
  CHECK(parts[4].name == "tag");
  CHECK(parts[4].value.text == "b");
  const HttpSpec list = http("multipart: [{name: a, value: x}, {name: a, file: f}]");
  REQUIRE(list.options->multipart.size() == 2);
  CHECK(list.options->multipart[1].name == "a");

  CHECK(http_findings("multipart: {a: x}, json: 1") ==
        Lines{"3:66 E109 `json` and `multipart` are both the body in `http` of job `a`"});
  CHECK(http_findings("multipart: {a: {file: f, value: x}}") ==
        Lines{"3:62 E109 a part has one of `value` and `file` in part `a`"});
  CHECK(http_findings("multipart: {a: {content_type: x}}").size() == 1);
  CHECK(http_findings("multipart: {a: {name: b, value: x}}") == Lines{"3:63 E109 the part has its name already in part `a`"});
  CHECK(http_findings("multipart: [{value: x}]").size() == 1);
  CHECK(http_findings("multipart: {}") == Lines{"3:58 E114 `multipart` of `http` of job `a` is empty"});
  CHECK(job_findings("{http: {url: 'https://h/', multipart: {a: b}}}") ==
        Lines{"3:33 W001 a GET request with a body in `http` of job `a`"});
}

TEST_CASE("a client's certificate, and a server's key") {
  const HttpSpec spec = http("tls: {ca: ca.pem, cert: c.pem, key: k.pem, pin: 'sha256//abc='}");
  CHECK(spec.tls_ca->text == "ca.pem");
  CHECK(spec.options->tls->cert->text == "c.pem");
  CHECK(spec.options->tls->key->text == "k.pem");
  CHECK(spec.options->tls->pin->text == "sha256//abc=");
  CHECK(http_findings("tls: {key: k.pem}") == Lines{"3:52 E103 `key` without `cert` in `tls` of `http` of job `a`"});
  CHECK(http_findings("tls: {pin: abc}") == Lines{"3:58 E106 `abc` isn't a pin"});
}

TEST_CASE("certificates that aren't verified are told once a file") {
  CHECK(
      findings("version: 1\njobs:\n  a: {http: {url: 'https://h/', tls: {verify: false}}}\n  b: {http: {url: 'https://h/', tls: "
               "{verify: false}}}\n") ==
      Lines{"3:47 W002 certificates aren't verified: anybody on the way can read and change the request"});
}

TEST_CASE("cookies, proxies, networks, idempotency keys") {
  CHECK(http("cookies: none").options->cookies == HttpOptions::Cookies::none);
  CHECK(http("cookies: job").options->cookies == HttpOptions::Cookies::job);
  CHECK(http("cookies: shop").options->cookies == HttpOptions::Cookies::session);
  CHECK(http("cookies: shop").options->cookie_session == "shop");
  CHECK(http_findings("cookies: 'a b'") == Lines{"3:56 E112 `a b` can't be the name of a session"});
  CHECK(http_findings("cookies: job, headers: {Cookie: a=b}").size() == 1);
  CHECK(http_findings("cookies: none, headers: {Cookie: a=b}").empty());
  CHECK(http("proxy: 'socks5h://me:x@p:1080'").options->proxy->text == "socks5h://me:x@p:1080");
  CHECK_FALSE(http("proxy: none").options->proxy);
  CHECK(http_findings("proxy: p:3128") == Lines{"3:54 E117 a proxy's URL starts with http://, https:// or socks5h://"});
  CHECK(http_findings("proxy: socks5://p").size() == 1);
  CHECK(http("network: {deny: private}").options->deny_private);
  CHECK(http_findings("network: {deny: all}").size() == 1);
  CHECK(http("idempotency_key: auto").options->idempotency_key->text == "auto");
  CHECK(http("idempotency_key: 'order-${{ .vars.n }}'").options->idempotency_key->text == "order-${{ .vars.n }}");
  CHECK(http_findings("idempotency_key: ''").size() == 1);
  CHECK(http_findings("idempotency_key: auto, headers: {Idempotency-Key: x}") ==
        Lines{"3:80 E109 the header `Idempotency-Key` is what `idempotency_key` sends"});
}

TEST_CASE("defaults reach every request that doesn't set them itself") {
  const std::vector<HttpSpec> all = requests(
      "{query: {key: k, page: 1}, auth: {bearer: t}, follow_redirects: {max: 3}, http_version: 1.1, tls: {ca: ca.pem, pin: "
      "'sha256//x'}, "
      "cookies: job, proxy: 'http://p:1', network: {deny: private}, max_body: 1KiB, idempotency_key: auto}",
      "  a: {http: 'https://h/'}\n"
      "  b: {http: {url: 'https://h/', query: {page: 2}, auth: none, follow_redirects: false, http_version: auto, tls: {ca: "
      "b.pem}, "
      "cookies: none, proxy: none, network: {deny: none}, max_body: 2KiB, idempotency_key: mine}}\n");
  const HttpSpec& a = all.at(0);
  CHECK(a.query.size() == 2);
  CHECK(a.options->auth->password.text == "t");
  CHECK(a.follow_redirects);
  CHECK(a.max_redirects == 3);
  CHECK(a.version == HttpSpec::Version::http_1_1);
  CHECK(a.tls_ca->text == "ca.pem");
  CHECK(a.options->cookies == HttpOptions::Cookies::job);
  CHECK(a.options->proxy->text == "http://p:1");
  CHECK(a.options->deny_private);
  CHECK(a.max_body == 1024);
  CHECK(a.options->idempotency_key->text == "auto");
  const HttpSpec& b = all.at(1);
  REQUIRE(b.query.size() == 2);
  CHECK(b.query[0].text.text == "2");
  CHECK(b.query[1].name == "key");
  CHECK(b.options->auth->kind == HttpAuth::Kind::none);
  CHECK_FALSE(b.follow_redirects);
  CHECK(b.version == HttpSpec::Version::automatic);
  CHECK(b.tls_ca->text == "b.pem");
  CHECK(b.options->tls->pin->text == "sha256//x");
  CHECK(b.options->cookies == HttpOptions::Cookies::none);
  CHECK_FALSE(b.options->proxy);
  CHECK_FALSE(b.options->deny_private);
  CHECK(b.max_body == 2048);
  CHECK(b.options->idempotency_key->text == "mine");
}

TEST_CASE("a request's own header counts more than a default key for it, and the other way round") {
  const std::vector<HttpSpec> keys =
      requests("{auth: {bearer: t}, idempotency_key: auto, cookies: job}",
               "  a: {http: {url: 'https://h/', headers: {authorization: x, idempotency-key: y, cookie: z}}}\n");
  CHECK_FALSE(keys.at(0).options->auth);
  CHECK_FALSE(keys.at(0).options->idempotency_key);
  CHECK(keys.at(0).options->cookies == HttpOptions::Cookies::none);
  const std::vector<HttpSpec> headers =
      requests("{headers: {Authorization: x, Accept: y}}", "  a: {http: {url: 'https://h/', auth: {bearer: t}}}\n");
  REQUIRE(headers.at(0).headers.size() == 1);
  CHECK(headers.at(0).headers[0].name == "Accept");
}

TEST_CASE("a base URL") {
  const std::vector<HttpSpec> all =
      requests("{base_url: 'https://h/v1'}", "  a: {http: /items}\n  b: {http: {url: 'items?u=x://y'}}\n");
  CHECK(all.at(0).url.text == "/items");
  CHECK(all.at(0).options->base_url->text == "https://h/v1");
  CHECK(all.at(1).url.text == "items?u=x://y");
  CHECK(default_findings("{base_url: /v1}") == Lines{"2:29 E117 a URL starts with https:// or http://"});
  CHECK(default_findings("{base_url: 'https://h/?a=b'}") == Lines{"2:29 E117 a base URL has no query and no fragment"});
  CHECK(findings("version: 1\ndefaults: {http: {base_url: 'https://h'}}\njobs: {a: {http: 'ftp://h/'}, b: {http: '/a b'}}\n")
            .size() == 2);
  CHECK(job_findings("{http: /items}") == Lines{"3:13 E117 a URL starts with https:// or http://"});
  CHECK(http_findings("base_url: 'https://h'").size() == 1);
}

TEST_CASE("defaults that can't be meant") {
  CHECK(default_findings("{idempotency_key: one}") ==
        Lines{"2:36 E109 one `idempotency_key` for all jobs: the server would take them for one request"});
  CHECK(default_findings("{auth: {bearer: x}, headers: {Authorization: y}}").size() == 1);
  CHECK(default_findings("{json: 1}") == Lines{"2:19 E101 unknown key `json` in `http` of `defaults`"});
}
