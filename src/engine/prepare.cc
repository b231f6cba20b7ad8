// Renders every text of an action. Knows nothing of execution.
#include "engine/prepare.h"

#include <algorithm>

#include "base/http_methods.h"
#include "base/text.h"
#include "graph/idempotency.h"

namespace corun {
namespace {

std::vector<std::pair<std::string, std::string>> rendered(const std::vector<NamedText>& texts, std::string_view key,
                                                          Renderer& renderer) {
  std::vector<std::pair<std::string, std::string>> out;
  out.reserve(texts.size());
  for (const NamedText& each : texts) out.emplace_back(each.name, renderer.in(key, each.name).text(each.text));
  return out;
}

std::string form_body(const std::vector<NamedText>& fields, Renderer& renderer) {
  std::string body;
  for (const auto& [name, value] : rendered(fields, "form", renderer)) {
    if (!body.empty()) body += '&';
    body += percent_encode(name) + '=' + percent_encode(value);
  }
  return body;
}

// `url` behind `base`, unless it has a scheme itself.
std::string joined(std::string base, std::string url) {
  const std::size_t scheme = url.find("://");
  if (url.find_first_of("/?#") > scheme) return url;
  if (base.ends_with('/')) base.pop_back();
  if (!url.empty() && url.front() != '/' && url.front() != '?') base += '/';
  return base + url;
}

HttpCredentials prepare_auth(const HttpAuth& auth, Renderer& renderer) {
  HttpCredentials credentials;
  credentials.kind = auth.kind;
  credentials.user = renderer.in("auth").text(auth.user);
  credentials.password = renderer.text(auth.password);
  if (auth.whole_pair) {
    const std::size_t colon = std::min(credentials.user.find(':'), credentials.user.size());
    credentials.password = credentials.user.substr(std::min(colon + 1, credentials.user.size()));
    credentials.user.resize(colon);
  }
  credentials.region = renderer.text(auth.region);
  credentials.service = renderer.text(auth.service);
  if (auth.session_token) credentials.session_token = renderer.text(*auth.session_token);
  credentials.netrc_file = renderer.text(auth.netrc_file);
  return credentials;
}

HttpPartData prepare_part(const HttpPart& part, Renderer& renderer) {
  HttpPartData data;
  data.name = part.name;
  data.is_file = part.is_file;
  data.value = renderer.in("multipart", part.name).text(part.value);
  if (part.filename) data.filename = renderer.text(*part.filename);
  if (part.content_type) data.content_type = renderer.text(*part.content_type);
  return data;
}

SaveTarget prepare_save(const HttpSpec& spec, const Job& job, Renderer& renderer) {
  const SaveSpec& save = *spec.options->save;
  SaveTarget target;
  target.file = renderer.in("save").text(save.file);
  target.resume = save.resume;
  if (save.checksum) target.checksum = renderer.text(*save.checksum);
  target.if_exists = save.if_exists;
  // What the job expects of its own action says nothing of its fallback's.
  const auto* own = std::get_if<std::unique_ptr<HttpSpec>>(&job.written().action);
  if (own != nullptr && own->get() == &spec) target.status = job.policies->expect.status;
  return target;
}

SshLogin prepare_ssh(const SshSpec& ssh, Renderer& renderer) {
  const auto text = [&](const std::optional<Text>& written) { return written ? renderer.text(*written) : std::string(); };
  SshLogin login;
  login.user = text(ssh.user);
  login.key_file = text(ssh.key);
  login.host_key = text(ssh.host_key);
  login.known_hosts = text(ssh.known_hosts);
  return login;
}

std::unique_ptr<HttpRequestOptions> prepare_options(const HttpSpec& spec, const Job& job, Renderer& renderer) {
  const HttpOptions& options = *spec.options;
  auto out = std::make_unique<HttpRequestOptions>();
  if (options.auth) out->auth = prepare_auth(*options.auth, renderer);
  if (options.tls) {
    if (options.tls->cert) out->tls_cert = renderer.in("tls").text(*options.tls->cert);
    if (options.tls->key) out->tls_key = renderer.text(*options.tls->key);
    if (options.tls->pin) out->tls_pin = renderer.text(*options.tls->pin);
  }
  if (options.proxy) out->proxy = renderer.in("proxy").address(*options.proxy);
  if (options.idempotency_key) out->idempotency_key = renderer.in("idempotency_key").text(*options.idempotency_key);
  for (const HttpPart& part : options.multipart) out->multipart.push_back(prepare_part(part, renderer));
  out->cookies = options.cookies;
  out->cookie_session = options.cookie_session;
  out->deny_private = options.deny_private;
  if (options.save) out->save = prepare_save(spec, job, renderer);
  if (options.ssh) out->ssh = prepare_ssh(*options.ssh, renderer);
  out->protocols = options.protocols;
  out->max_messages = options.max_messages;
  return out;
}

}  // namespace

std::unique_ptr<ProcessCommand> prepare_process(const RunSpec& spec, const Job& job, Renderer& renderer) {
  auto command = std::make_unique<ProcessCommand>();
  static const ProcessOptions kNoOptions;
  const ProcessOptions& options = job.process ? *job.process : kNoOptions;
  if (spec.argv.empty()) {
    ShellCommand shell = renderer.in("run").shell(spec.script, options.shell);
    command->argv = std::move(shell.argv);
    command->environment = std::move(shell.environment);
  } else {
    command->argv.reserve(spec.argv.size());
    for (const Text& argument : spec.argv) command->argv.push_back(renderer.in("run").text(argument));
  }
  for (const auto& [name, value] : options.dotenv_values) command->environment.push_back(name + '=' + value);
  for (const auto& [name, value] : rendered(options.env, "env", renderer)) command->environment.push_back(name + '=' + value);
  if (options.working_dir) command->working_dir = renderer.in("working_dir").text(*options.working_dir);
  if (options.stdin_text) command->stdin_text = renderer.in("stdin").text(*options.stdin_text);
  if (options.output_file) command->output_file = renderer.in("output").text(*options.output_file);
  command->wants_terminal = options.tty;
  command->output_max = options.output_max;
  command->idle_timeout = job.policies->idle_timeout;
  command->stop = job.policies->stop;
  return command;
}

std::unique_ptr<HttpRequest> prepare_http(const HttpSpec& spec, const Job& job, Renderer& renderer) {
  auto request = std::make_unique<HttpRequest>();
  request->method = spec.method;
  request->url = renderer.in("url").url(spec.url);
  if (spec.options) {
    if (spec.options->base_url)
      request->url = joined(renderer.in("base_url").url(*spec.options->base_url), std::move(request->url));
    request->options = prepare_options(spec, job, renderer);
  }
  request->query = rendered(spec.query, "query", renderer);
  request->headers = rendered(spec.headers, "headers", renderer);
  switch (spec.body_kind) {
    case HttpSpec::Body::none: break;
    case HttpSpec::Body::json:
      request->body = renderer.in("json").json(spec.json);
      request->content_type = "application/json";
      break;
    case HttpSpec::Body::form:
      request->body = form_body(spec.form, renderer);
      request->content_type = "application/x-www-form-urlencoded";
      break;
    case HttpSpec::Body::text: request->body = renderer.in("body").text(spec.body); break;
    case HttpSpec::Body::file: request->body_file = renderer.in("body_file").text(spec.body); break;
    case HttpSpec::Body::multipart: break;  // among the options
  }
  request->follow_redirects = spec.follow_redirects;
  request->redirects_same_origin = spec.redirects_same_origin;
  request->max_redirects = spec.max_redirects;
  request->version = spec.version;
  request->tls_verify = spec.tls_verify;
  if (spec.tls_ca) request->tls_ca = renderer.in("tls").text(*spec.tls_ca);
  request->max_body = spec.max_body;
  request->connect_timeout = job.policies->connect_timeout;
  request->idle_timeout = job.policies->idle_timeout;
  request->at_most_once = !job.policies->retry.idempotent.value_or(has_idempotency_key(spec) || is_idempotent(spec.method));
  return request;
}

std::unique_ptr<SqlStatement> prepare_sql(const SqlSpec& spec, const Job& job, Renderer& renderer) {
  auto statement = std::make_unique<SqlStatement>();
  statement->dsn = renderer.in("dsn").address(spec.dsn);
  statement->query = spec.query;
  statement->params.reserve(spec.params.size());
  for (const Value& value : spec.params) statement->params.push_back(renderer.in("params").json(value));
  statement->max_rows = spec.max_rows;
  statement->connect_timeout = job.policies->connect_timeout;
  return statement;
}

std::pair<std::string_view, bool> request_nature(const Action& action) {
  if (std::holds_alternative<std::unique_ptr<SqlSpec>>(action)) return {"SQL", false};  // idempotent only if its job says so
  const auto* http = std::get_if<std::unique_ptr<HttpSpec>>(&action);
  if (http == nullptr) return {std::string_view(), false};
  return {(*http)->method, has_idempotency_key(**http)};
}

Pool pool_of(const Action& action, const Job& job) {
  if (std::holds_alternative<std::unique_ptr<RunSpec>>(action)) {
    return job.process && job.process->tty ? Pool::terminal : Pool::process;
  }
  if (std::holds_alternative<std::unique_ptr<HttpSpec>>(action)) return Pool::network;
  if (std::holds_alternative<std::unique_ptr<SqlSpec>>(action)) return Pool::network;
  return Pool::none;
}

}  // namespace corun
