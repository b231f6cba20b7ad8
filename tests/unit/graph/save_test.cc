// What `save`, `protocols` and `ssh` come to, and what they don't go together with. Knows nothing of how requests are sent.
#include "load_helpers.h"

using namespace corun;
using namespace corun::test;

namespace {

HttpSpec http(std::string_view fields) {
  return std::move(*std::get<std::unique_ptr<HttpSpec>>(job("{http: {url: 'https://h/', " + std::string(fields) + "}}").action));
}

Lines http_findings(std::string_view fields) { return job_findings("{http: {" + std::string(fields) + "}}"); }

std::string only_message(std::string_view fields) {
  const Lines found = http_findings(fields);
  REQUIRE(found.size() == 1);
  return found[0].substr(found[0].find(' ') + 1);
}

}  // namespace

TEST_CASE("a request without them has no options") { CHECK(http("max_body: 1").options == nullptr); }

TEST_CASE("save as a path and as a map") {
  const HttpSpec path = http("save: out.bin");
  CHECK(path.options->save->file.text == "out.bin");
  CHECK_FALSE(path.options->save->resume);
  CHECK(path.options->save->if_exists == SaveSpec::IfExists::fail);
  const HttpSpec map =
      http("save: {file: 'a/${{ .vars.b }}', resume: true, checksum: 'md5:00112233445566778899aabbccddeeff', if_exists: skip}");
  CHECK(map.options->save->file.text == "a/${{ .vars.b }}");
  CHECK(map.options->save->resume);
  CHECK(map.options->save->checksum->text == "md5:00112233445566778899aabbccddeeff");
  CHECK(map.options->save->if_exists == SaveSpec::IfExists::skip);
  CHECK(http("save: {file: f, checksum: '${{ .vars.sum }}'}").options->save->checksum->text == "${{ .vars.sum }}");
}

TEST_CASE("wrong values of save") {
  CHECK(only_message("url: 'https://h/', save: 7").starts_with("E104"));
  CHECK(only_message("url: 'https://h/', save: ''").starts_with("E114"));
  CHECK(only_message("url: 'https://h/', save: {resume: true}").starts_with("E103"));
  CHECK(only_message("url: 'https://h/', save: {file: f, checksum: 'sha256:abc'}") == "E106 `sha256:abc` isn't a checksum");
  CHECK(only_message("url: 'https://h/', save: {file: f, if_exists: overwrite}").starts_with("E108"));
}

TEST_CASE("what save doesn't go with") {
  CHECK(only_message("url: 'https://h/', method: HEAD, save: f") == "E109 `save` with a HEAD request in `http` of job `a`");
  CHECK(only_message("url: 'https://h/', method: POST, body: x, save: {file: f, resume: true}") ==
        "E109 `resume` with a POST request in `http` of job `a`");
  CHECK(http_findings("url: 'https://h/', method: POST, body: x, save: f").empty());
  for (const char* header : {"Range", "if-range", "Accept-Encoding"}) {
    const std::string headers = "url: 'https://h/', headers: {" + std::string(header) + ": x}, save: ";
    CHECK(only_message(headers + "{file: f, resume: true}").starts_with("E109"));
    CHECK(http_findings(headers + "f").empty());
  }
}

TEST_CASE("protocols") {
  CHECK(http("protocols: https").options->protocols == as_set(Protocol::https));
  CHECK(http("protocols: [https, sftp]").options->protocols == (as_set(Protocol::https) | as_set(Protocol::sftp)));
  CHECK(only_message("url: 'https://h/', protocols: file").starts_with("E108"));
  CHECK(only_message("url: 'https://h/', protocols: []").starts_with("E114"));
  CHECK(only_message("url: 'ftp://h/x'") == "E117 only http and https URLs are allowed");
  CHECK(only_message("url: 'ftp://h/x', protocols: sftp") == "E117 `protocols` doesn't list ftp");
  CHECK(only_message("url: 'https://h/x', protocols: ftp") == "E117 `protocols` doesn't list https");
  CHECK(only_message("url: 'file:///x', protocols: ftp") == "E117 only http and https URLs are allowed");
  CHECK(http_findings("url: 'FTP://h/x', protocols: ftp").empty());
  CHECK(http_findings("url: '${{ .vars.base }}/x', protocols: ftp").empty());
}

TEST_CASE("keys that mean nothing to a protocol") {
  for (const char* key : {"query: {a: b}", "headers: {A: b}", "follow_redirects: true", "http_version: 2", "ssh: {user: me}",
                          "max_messages: 2", "method: DELETE", "cookies: job", "idempotency_key: k"}) {
    INFO(key);
    CHECK(only_message("url: 'ftp://h/x', protocols: ftp, " + std::string(key)).starts_with("E109"));
  }
  CHECK(only_message("url: 'https://h/x', ssh: {user: me}").starts_with("E109"));
  CHECK(only_message("url: 'mqtt://h/t', protocols: mqtt, method: PUT, body: x").starts_with("E109"));
  CHECK(only_message("url: 'mqtt://h/t', protocols: mqtt, method: POST").starts_with("E109"));
  CHECK(only_message("url: 'mqtt://h/t', protocols: mqtt, method: POST, body_file: x").starts_with("E109"));
  CHECK(only_message("url: 'mqtt://h/t', protocols: mqtt, save: {file: f, resume: true}").starts_with("E109"));
  CHECK(http_findings("url: 'mqtt://h/t', protocols: mqtt, method: POST, json: {a: 1}").empty());
  CHECK(http_findings("url: 'mqtt://h/t', protocols: mqtt, max_messages: 3").empty());
  CHECK(http_findings("url: 'sftp://h/t', protocols: sftp, save: {file: f, resume: true}, ssh: {user: me}").empty());
}

TEST_CASE("ssh") {
  const std::string sftp = "url: 'sftp://h/x', protocols: sftp, ssh: ";
  CHECK(http_findings(sftp + "{host_key: 'SHA256:uNiVztksCsDhcc0u9e8BrrJXVGHUWdZAFLzmKJxDMgM'}").empty());
  CHECK(only_message(sftp + "{host_key: 'SHA256:short'}") == "E106 `SHA256:short` isn't the fingerprint of a host key");
  CHECK(only_message(sftp + "{host_key: '${{ .vars.h }}', known_hosts: k}").starts_with("E109"));
  CHECK(only_message(sftp + "me").starts_with("E104"));
}

TEST_CASE("who logs in to a server that isn't one of HTTP") {
  const std::string ftp = "url: 'ftp://h/x', protocols: ftp, ";
  const std::string sftp = "url: 'sftp://h/x', protocols: sftp, ";
  CHECK(http_findings(ftp + "auth: {basic: 'me:secret'}").empty());
  CHECK(http_findings(sftp + "auth: {basic: 'me:secret'}, ssh: {known_hosts: k}").empty());
  CHECK(http_findings(sftp + "auth: none, ssh: {user: me}").empty());
  CHECK(only_message(sftp + "auth: {basic: 'me:secret'}, ssh: {user: me}") ==
        "E109 `auth` and the `user` of `ssh` in `http` of job `a`");
  CHECK(only_message(ftp + "auth: {bearer: t}").starts_with("E109 this `auth` with a URL of ftp"));
  CHECK(only_message(ftp + "proxy: 'http://p:1'").starts_with("E109 a proxy with a URL of ftp"));
}

TEST_CASE("defaults and what isn't HTTP") {
  const auto with_defaults = [](const std::string& defaults, const std::string& fields) {
    return findings("version: 1\ndefaults: {http: {" + defaults + "}}\njobs:\n  a: {http: {" + fields + "}}\n");
  };
  const std::string ftp = "url: 'ftp://h/x', protocols: ftp";
  CHECK(with_defaults("proxy: 'http://p:1'", ftp) == Lines{"4:13 E109 a proxy with a URL of ftp in `http` of job `a`"});
  CHECK(with_defaults("proxy: 'http://p:1'", ftp + ", proxy: none").empty());
  CHECK(with_defaults("auth: {bearer: t}", ftp) == Lines{"4:13 E109 this `auth` with a URL of ftp in `http` of job `a`"});
  CHECK(with_defaults("auth: {bearer: t}", ftp + ", auth: none").empty());
  CHECK(with_defaults("base_url: 'ftp://h'", "url: 'https://h/'") == Lines{"2:29 E117 only http and https URLs are allowed"});
  CHECK(with_defaults("headers: {accept-encoding: gzip}", "url: 'https://h/', save: {file: f, resume: true}") ==
        Lines{"4:39 E109 the header `Accept-Encoding` with `resume` in `http` of job `a`"});
}
