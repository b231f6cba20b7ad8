// Takes the parts of a job that its result depends on, one after another. Knows nothing of where results are kept.
#include "engine/cache_key.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "engine/outputs.h"
#include "engine/prepare.h"
#include "expr/references.h"
#include "expr/template.h"

namespace corun {
namespace {

constexpr std::string_view kForm = "corun cache 2";  // another one makes all earlier entries useless

/// Adds parts, each with its length, so that "ab" + "c" differs from "a" + "bc".
class Parts {
 public:
  explicit Parts(ByteDigest& digest) : digest_(digest) {}

  Parts& add(std::string_view text) {
    digest_.update(std::to_string(text.size()) + ':');
    digest_.update(text);
    return *this;
  }
  Parts& add(std::uint64_t number) { return add(std::to_string(number)); }
  Parts& add(const std::vector<std::string>& texts) {
    add(texts.size());
    for (const std::string& text : texts) add(text);
    return *this;
  }
  Parts& add(const std::vector<std::pair<std::string, std::string>>& pairs) {
    add(pairs.size());
    for (const auto& [name, value] : pairs) add(name).add(value);
    return *this;
  }
  Parts& maybe(const std::optional<std::string>& text) { return add(std::uint64_t{text.has_value()}).add(text.value_or("")); }

 private:
  ByteDigest& digest_;
};

std::string absolute(const std::string& path) {
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::weakly_canonical(path.empty() ? "." : path, error);
  return error ? path : whole.string();
}

// What the files around and the command line say about the environment of processes; what corun itself was started with isn't
// part of it.
void add_environment(Parts& parts, const RunningFile& outermost, const RunningFile& running) {
  const Variables::Environment& environment = outermost.variables.environment();
  const std::vector<std::string>& named = outermost.variables.named_environment();
  parts.add(named.size());
  for (const std::string& name : named) {
    const auto value = environment.find(name);
    parts.add(name).add(value == environment.end() ? std::string_view() : std::string_view(value->second));
  }
  parts.add(running.environment);
}

void add_process(Parts& parts, const ProcessCommand& command, const std::string& directory) {
  parts.add("run").add(command.argv).add(command.environment).add(directory).maybe(command.stdin_text).add(command.output_max);
}

void add_options(Parts& parts, const HttpRequestOptions& options, std::vector<std::string>& files) {
  const HttpCredentials& auth = options.auth;
  parts.add(static_cast<std::uint64_t>(auth.kind)).add(auth.user).add(auth.password).add(auth.region).add(auth.service);
  parts.add(auth.session_token).add(auth.netrc_file).maybe(options.tls_cert).maybe(options.tls_key).maybe(options.tls_pin);
  parts.maybe(options.proxy).add(static_cast<std::uint64_t>(options.cookies)).add(std::uint64_t{options.deny_private});
  for (const HttpPartData& part : options.multipart) {
    parts.add(part.name).add(part.value).maybe(part.filename).add(part.content_type);
    if (part.is_file) files.push_back(part.value);
  }
  // One that corun makes up is another each time.
  parts.maybe(options.idempotency_key == "auto" ? std::nullopt : options.idempotency_key);
  parts.add(options.ssh.user).add(options.ssh.host_key).add(options.protocols).add(options.max_messages);
}

void add_request(Parts& parts, const HttpRequest& request, std::vector<std::string>& files) {
  parts.add("http").add(request.method).add(request.url).add(request.query).add(request.headers).maybe(request.body);
  parts.add(request.body_file).add(request.content_type).add(std::uint64_t{request.follow_redirects});
  parts.add(std::uint64_t{request.redirects_same_origin}).add(request.max_redirects);
  parts.add(static_cast<std::uint64_t>(request.version)).add(std::uint64_t{request.tls_verify}).add(request.tls_ca);
  if (!request.body_file.empty()) files.push_back(request.body_file);
  if (request.options) add_options(parts, *request.options, files);
}

/// Adds texts as written, with the values that their expressions find around the job.
class Looks {
 public:
  Looks(Parts& parts, const Context& context) : parts_(parts), context_(context) {}

  void expression(const Text& text) {
    parts_.add(text.text);
    const Evaluated<Expression> parsed = parse_bare_expression(text.text);
    if (const auto* found = std::get_if<Expression>(&parsed)) program(found->source);
  }
  void in_text(const Text& text) {
    parts_.add(text.text);
    const Evaluated<std::vector<Segment>> parsed = parse_template(text.text);
    const auto* segments = std::get_if<std::vector<Segment>>(&parsed);
    if (segments == nullptr) return;
    for (const Segment& segment : *segments) {
      if (const auto* found = std::get_if<Expression>(&segment)) program(found->source);
    }
  }

 private:
  void program(const std::string& source) {
    for (const Reference& each : find_references(source)) {
      const bool whole = each.root.empty();
      if (whole || each.root == "vars") add("vars", each.name, "", "");
      if (each.root == "env") add("env", each.name, "", "");
      if (whole || each.root == "jobs") add("jobs", each.name, each.part, each.field);
    }
    for (const std::string& name : context_.names_in(source)) {
      constexpr std::string_view kOthers = " vars env jobs secrets attempt error ";
      if (kOthers.find(' ' + name + ' ') == std::string_view::npos) add(name, "", "", "");
    }
  }

  void add(std::string_view root, std::string_view name, std::string_view part, std::string_view field) {
    const Context::Found found = context_.find(root);
    Json value = found && *found ? **found : Json();
    for (const std::string_view each : {name, part, field}) {
      if (each.empty()) break;
      value = value.get(each);
    }
    parts_.add(root).add(name).add(part).add(field).add(value.dump());
  }

  Parts& parts_;
  const Context& context_;
};

// What is taken of the result, and what it must be like.
void add_uses(Parts& parts, const Job& job, const Context& context) {
  Looks looks(parts, context);
  const auto add_ranges = [&](const std::vector<CodeRange>& ranges) {
    parts.add(ranges.size());
    for (const CodeRange& range : ranges) parts.add(std::to_string(range.first)).add(std::to_string(range.last));
  };
  const Expect& expect = job.policies->expect;
  add_ranges(expect.status);
  add_ranges(expect.exit_codes);
  if (expect.json) looks.expression(*expect.json);
  for (const auto* patterns : {&expect.headers, &expect.body}) {
    parts.add(patterns->size());
    for (const Pattern& pattern : *patterns) {
      parts.add(pattern.name).add(static_cast<std::uint64_t>(pattern.kind));
      looks.in_text(pattern.text);
    }
  }
  const JobFlow* flow = job.written().flow.get();
  if (flow == nullptr) return;
  for (const OutputRule& rule : flow->outputs) {
    parts.add(rule.name).add(static_cast<std::uint64_t>(rule.kind));
    if (rule.kind == OutputRule::Kind::expression) {
      looks.expression(rule.text);
    } else {
      parts.add(rule.text.text);
    }
  }
  if (flow->repeat) looks.expression(flow->repeat->until);
}

}  // namespace

Result<CacheKeyDraft> begin_cache_key(const Expressions& expressions, const RunningFile& outermost, const Member& member,
                                      const JobNames& names, std::optional<Outcome>& problem) {
  Result<ByteDigest> digest = ByteDigest::create("sha256");
  if (!digest) return digest.error();
  CacheKeyDraft draft{std::move(*digest), {}, {}, {}};
  const Job& job = member.job();
  const CacheSpec& cache = *job.policies->cache;
  const Action& action = job.written().action;
  Renderer renderer(names);
  Parts parts(draft.digest);
  parts.add(kForm);

  const auto* run = std::get_if<std::unique_ptr<RunSpec>>(&action);
  std::unique_ptr<ProcessCommand> command;
  if (run != nullptr) {
    command = prepare_process(**run, job, renderer);
    draft.directory = absolute(command->working_dir);
  } else {
    draft.directory = absolute("");
  }
  if (cache.key) {
    parts.add("key").add(absolute(member.file().file.path)).add(job.name).add(renderer.in("key").text(*cache.key));
  } else if (command != nullptr) {
    add_process(parts, *command, draft.directory);
    add_environment(parts, outermost, member.file());
  } else {
    add_request(parts, *prepare_http(*std::get<std::unique_ptr<HttpSpec>>(action), job, renderer), draft.files);
  }
  add_uses(parts, job, names.context());
  for (const Text& glob : cache.inputs) draft.globs.push_back(renderer.in("inputs").text(glob));
  if (!renderer.errors().empty()) {
    problem = failure_of(expressions, renderer.errors().front());
    return Error{problem->message};
  }
  return draft;
}

}  // namespace corun
