// Renders every text of an action. Knows nothing of execution.
#include "engine/prepare.h"

#include "base/text.h"
#include "policy/retry.h"

namespace corun {
namespace {

std::vector<std::pair<std::string, std::string>> rendered(const std::vector<NamedText>& texts, Renderer& renderer) {
  std::vector<std::pair<std::string, std::string>> out;
  out.reserve(texts.size());
  for (const NamedText& each : texts) out.emplace_back(each.name, renderer.text(each.text));
  return out;
}

std::string form_body(const std::vector<NamedText>& fields, Renderer& renderer) {
  std::string body;
  for (const auto& [name, value] : rendered(fields, renderer)) {
    if (!body.empty()) body += '&';
    body += percent_encode(name) + '=' + percent_encode(value);
  }
  return body;
}

}  // namespace

std::unique_ptr<ProcessCommand> prepare_process(const RunSpec& spec, const Job& job, Renderer& renderer) {
  auto command = std::make_unique<ProcessCommand>();
  static const ProcessOptions kNoOptions;
  const ProcessOptions& options = job.process ? *job.process : kNoOptions;
  if (spec.argv.empty()) {
    ShellCommand shell = renderer.shell(spec.script, options.shell);
    command->argv = std::move(shell.argv);
    command->environment = std::move(shell.environment);
  } else {
    command->argv.reserve(spec.argv.size());
    for (const Text& argument : spec.argv) command->argv.push_back(renderer.text(argument));
  }
  for (const auto& [name, value] : rendered(options.env, renderer)) command->environment.push_back(name + '=' + value);
  if (options.working_dir) command->working_dir = renderer.text(*options.working_dir);
  if (options.stdin_text) command->stdin_text = renderer.text(*options.stdin_text);
  if (options.output_file) command->output_file = renderer.text(*options.output_file);
  command->output_max = options.output_max;
  command->idle_timeout = job.policies->idle_timeout;
  command->stop = job.policies->stop;
  return command;
}

std::unique_ptr<HttpRequest> prepare_http(const HttpSpec& spec, const Job& job, Renderer& renderer) {
  auto request = std::make_unique<HttpRequest>();
  request->method = spec.method;
  request->url = renderer.url(spec.url);
  request->query = rendered(spec.query, renderer);
  request->headers = rendered(spec.headers, renderer);
  switch (spec.body_kind) {
    case HttpSpec::Body::none: break;
    case HttpSpec::Body::json:
      request->body = renderer.json(spec.json);
      request->content_type = "application/json";
      break;
    case HttpSpec::Body::form:
      request->body = form_body(spec.form, renderer);
      request->content_type = "application/x-www-form-urlencoded";
      break;
    case HttpSpec::Body::text: request->body = renderer.text(spec.body); break;
    case HttpSpec::Body::file: request->body_file = renderer.text(spec.body); break;
  }
  request->follow_redirects = spec.follow_redirects;
  request->redirects_same_origin = spec.redirects_same_origin;
  request->max_redirects = spec.max_redirects;
  request->version = spec.version;
  request->tls_verify = spec.tls_verify;
  if (spec.tls_ca) request->tls_ca = renderer.text(*spec.tls_ca);
  request->max_body = spec.max_body;
  request->connect_timeout = job.policies->connect_timeout;
  request->idle_timeout = job.policies->idle_timeout;
  request->at_most_once = !job.policies->retry.idempotent.value_or(is_idempotent(spec.method));
  return request;
}

Pool pool_of(const Action& action) {
  if (std::holds_alternative<std::unique_ptr<RunSpec>>(action)) return Pool::process;
  if (std::holds_alternative<std::unique_ptr<HttpSpec>>(action)) return Pool::http;
  return Pool::none;
}

}  // namespace corun
