// Words and JSON for the rarer settings of a request. Knows nothing of how requests are sent.
#include "cli/plan_http.h"

#include "base/text.h"
#include "cli/policy_words.h"
#include "io/http_words.h"

namespace corun {
namespace {

using Kind = HttpAuth::Kind;

constexpr const char* kHidden = "***";

std::string auth_words(const HttpCredentials& auth) {
  std::string words = "auth " + std::string(to_word(auth.kind));
  if (auth.kind == Kind::basic || auth.kind == Kind::digest) words += " as " + auth.user;
  if (auth.kind == Kind::aws_sigv4) words += " for " + auth.service + " in " + auth.region;
  if (auth.kind == Kind::netrc && !auth.netrc_file.empty()) words += " " + auth.netrc_file;
  return words;
}

std::string_view cookies_word(const HttpRequestOptions& options) {
  return options.cookies == HttpOptions::Cookies::job ? "job" : std::string_view(options.cookie_session);
}

std::string part_words(const std::vector<HttpPartData>& parts) {
  std::string words;
  for (const HttpPartData& part : parts) {
    words += (words.empty() ? "multipart " : ", ") + part.name;
    if (part.is_file) words += " from " + part.value;
  }
  return words;
}

void append_auth(JsonObject& object, const HttpCredentials& auth) {
  JsonObject entry(object.field("auth"));
  if (auth.kind == Kind::bearer) {
    entry.text("bearer", kHidden);
  } else if (auth.kind == Kind::netrc) {
    if (auth.netrc_file.empty()) {
      entry.boolean("netrc", true);
    } else {
      entry.text("netrc", auth.netrc_file);
    }
  } else {
    JsonObject fields(entry.field(to_word(auth.kind)));
    if (auth.kind == Kind::aws_sigv4) {
      fields.text("region", auth.region);
      fields.text("service", auth.service);
      fields.text("access_key", kHidden);
      fields.text("secret_key", kHidden);
      if (!auth.session_token.empty()) fields.text("session_token", kHidden);
    } else {
      fields.text("username", auth.user);
      fields.text("password", kHidden);
    }
    fields.end();
  }
  entry.end();
}

void append_parts(JsonObject& object, const std::vector<HttpPartData>& parts) {
  std::string& out = object.field("multipart");
  append_list(out, parts, [&out](const HttpPartData& part) {
    JsonObject entry(out);
    entry.text("name", part.name);
    entry.text(part.is_file ? "file" : "value", part.value);
    if (part.filename) entry.text("filename", *part.filename);
    if (!part.content_type.empty()) entry.text("content_type", part.content_type);
    entry.end();
  });
}

std::string save_words(const SaveTarget& save) {
  std::string words = "saved to " + save.file;
  if (save.resume) words += ", resumed";
  if (!save.checksum.empty()) words += ", " + save.checksum;
  if (save.if_exists != SaveSpec::IfExists::fail) words += ", if it exists " + std::string(to_word(save.if_exists));
  return words;
}

void append_save(JsonObject& object, const SaveTarget& save) {
  JsonObject entry(object.field("save"));
  entry.text("file", save.file);
  entry.boolean("resume", save.resume);
  if (!save.checksum.empty()) entry.text("checksum", save.checksum);
  entry.text("if_exists", to_word(save.if_exists));
  entry.end();
}

void append_ssh(JsonObject& object, const SshLogin& ssh) {
  JsonObject entry(object.field("ssh"));
  if (!ssh.user.empty()) entry.text("user", ssh.user);
  if (!ssh.key_file.empty()) entry.text("key", ssh.key_file);
  if (!ssh.host_key.empty()) entry.text("host_key", ssh.host_key);
  if (!ssh.known_hosts.empty()) entry.text("known_hosts", ssh.known_hosts);
  entry.end();
}

}  // namespace

std::vector<std::string> http_option_words(const HttpRequestOptions& options) {
  std::vector<std::string> words;
  if (options.auth.kind != Kind::none) words.push_back(auth_words(options.auth));
  if (!options.multipart.empty()) words.push_back(part_words(options.multipart));
  if (options.tls_cert) words.push_back("client certificate " + *options.tls_cert);
  if (options.tls_pin) words.push_back("pinned to " + *options.tls_pin);
  if (options.idempotency_key) words.push_back("idempotency key " + *options.idempotency_key);
  if (options.cookies == HttpOptions::Cookies::job) words.emplace_back("keeps cookies");
  if (options.cookies == HttpOptions::Cookies::session) words.push_back("cookies of session " + options.cookie_session);
  if (options.proxy) words.push_back("through " + without_password(*options.proxy));
  if (options.deny_private) words.emplace_back("not to private addresses");
  if (!options.ssh.user.empty()) words.push_back("logs in as " + options.ssh.user);
  if (!options.ssh.key_file.empty()) words.push_back("key " + options.ssh.key_file);
  if (!options.ssh.host_key.empty()) words.push_back("host key " + options.ssh.host_key);
  if (!options.ssh.known_hosts.empty()) words.push_back("hosts known by " + options.ssh.known_hosts);
  if (options.max_messages > 1) words.push_back(std::to_string(options.max_messages) + " messages");
  if (options.save) words.push_back(save_words(*options.save));
  return words;
}

bool has_tls_options(const HttpRequest& request) {
  return request.options && (request.options->tls_cert || request.options->tls_key || request.options->tls_pin);
}

void append_http_tls(JsonObject& object, const HttpRequest& request) {
  JsonObject tls(object.field("tls"));
  tls.boolean("verify", request.tls_verify);
  if (!request.tls_ca.empty()) tls.text("ca", request.tls_ca);
  if (request.options) {
    if (request.options->tls_cert) tls.text("cert", *request.options->tls_cert);
    if (request.options->tls_key) tls.text("key", *request.options->tls_key);
    if (request.options->tls_pin) tls.text("pin", *request.options->tls_pin);
  }
  tls.end();
}

void append_http_options(JsonObject& object, const HttpRequestOptions& options) {
  if (options.auth.kind != Kind::none) append_auth(object, options.auth);
  if (!options.multipart.empty()) append_parts(object, options.multipart);
  if (options.idempotency_key) object.text("idempotency_key", *options.idempotency_key);
  if (options.cookies != HttpOptions::Cookies::none) object.text("cookies", cookies_word(options));
  if (options.proxy) object.text("proxy", without_password(*options.proxy));
  if (options.deny_private) {
    JsonObject network(object.field("network"));
    network.text("deny", "private");
    network.end();
  }
  if (options.save) append_save(object, *options.save);
  if (contains(options.protocols, Protocol::sftp)) append_ssh(object, options.ssh);
  if (options.max_messages > 1) object.number("max_messages", options.max_messages);
}

}  // namespace corun
