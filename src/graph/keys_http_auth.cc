// The key tables of a request's `auth`, and how it is read. Knows nothing of how anything is signed or sent.
#include <array>

#include "graph/error_codes.h"
#include "graph/http_reader.h"
#include "graph/read_values.h"
#include "graph/scalar.h"

namespace corun {
namespace {

std::optional<Text> read_user(Reader& reader, NodeId node) {
  auto user = read_line(reader, node);
  if (!user || without_expressions(user->text).find(':') == std::string::npos) return user;
  reader.error(node, code::kBadFormat, reader.where() + " can't hold a `:`");
  return std::nullopt;
}

// A map of user and password, or both as one text.
template <HttpAuth::Kind kind>
void set_credentials(Reader& reader, NodeId node, void* target) {
  auto& auth = *static_cast<HttpAuth*>(target);
  auth.kind = kind;
  if (reader.is_map(node)) return reader.read_map(node, Scope::credentials, target);
  if (!reader.is_string(node)) return reader.wrong_type(node, "a map, or `user:password`");
  auto pair = read_line(reader, node);
  if (!pair) return;
  auth.whole_pair = true;
  auth.user = *std::move(pair);
  if (auth.user.has_expression() || auth.user.text.find(':') != std::string::npos) return;
  reader.error(node, code::kBadFormat, reader.where() + " has no password", "write `user:password`");
}

void set_bearer(Reader& reader, NodeId node, void* target) {
  static_cast<HttpAuth*>(target)->kind = HttpAuth::Kind::bearer;
  set<&HttpAuth::password, read_line>(reader, node, target);
}

void set_aws_sigv4(Reader& reader, NodeId node, void* target) {
  static_cast<HttpAuth*>(target)->kind = HttpAuth::Kind::aws_sigv4;
  reader.read_map(node, Scope::aws_sigv4, target);
}

void set_netrc(Reader& reader, NodeId node, void* target) {
  static_cast<HttpAuth*>(target)->kind = HttpAuth::Kind::netrc;
  if (!reader.is_scalar(node) || !reader.is_boolean(node)) return set<&HttpAuth::netrc_file, read_line>(reader, node, target);
  if (!read_boolean(reader, node).value_or(true))
    reader.wrong_type(node, "true or a path", "write `auth: none` for no credentials");
}

constexpr std::array kAuthKeys{
    Key{.name = "basic",
        .shapes = kMap | kText,
        .accepts = "a map, or `user:password`",
        .description = "User name and password, as they are.",
        .example = "basic: {username: me, password: secret}",
        .decode = set_credentials<HttpAuth::Kind::basic>,
        .fields = Scope::credentials,
        .alternative = Alternative::exactly_one},
    Key{.name = "digest",
        .shapes = kMap | kText,
        .accepts = "a map, or `user:password`",
        .description = "User name and password, as the answer to the server's challenge.",
        .example = "digest: {username: me, password: secret}",
        .decode = set_credentials<HttpAuth::Kind::digest>,
        .fields = Scope::credentials,
        .alternative = Alternative::exactly_one},
    Key{.name = "bearer",
        .shapes = kText,
        .accepts = "a token",
        .description = "A token.",
        .example = "bearer: \"${{ .env.API_TOKEN }}\"",
        .decode = set_bearer,
        .alternative = Alternative::exactly_one},
    Key{.name = "aws_sigv4",
        .shapes = kMap,
        .accepts = "a map",
        .description = "A signature as services of AWS want it (version 4).",
        .example = "aws_sigv4: {region: eu-west-1, service: s3, access_key: AK, secret_key: SK}",
        .decode = set_aws_sigv4,
        .fields = Scope::aws_sigv4,
        .alternative = Alternative::exactly_one},
    Key{.name = "netrc",
        .shapes = kChoice | kText,
        .accepts = "true or a path",
        .description = "User name and password of the host, from ~/.netrc or another file of this kind.",
        .example = "netrc: true",
        .decode = set_netrc,
        .choices = "true",
        .alternative = Alternative::exactly_one},
};

constexpr std::array kCredentialsKeys{
    Key{.name = "username",
        .shapes = kText,
        .accepts = "a string",
        .description = "The user's name.",
        .example = "username: me",
        .decode = set<&HttpAuth::user, read_user>,
        .required = true},
    Key{.name = "password",
        .shapes = kText,
        .accepts = "a string",
        .description = "The password.",
        .example = "password: \"${{ .env.PASSWORD }}\"",
        .decode = set<&HttpAuth::password, read_text>,
        .required = true},
};

constexpr std::array kAwsSigv4Keys{
    Key{.name = "region",
        .shapes = kText,
        .accepts = "a region",
        .description = "The region.",
        .example = "region: eu-west-1",
        .decode = set<&HttpAuth::region, read_user>,
        .required = true},
    Key{.name = "service",
        .shapes = kText,
        .accepts = "a service",
        .description = "The service.",
        .example = "service: s3",
        .decode = set<&HttpAuth::service, read_user>,
        .required = true},
    Key{.name = "access_key",
        .shapes = kText,
        .accepts = "a key",
        .description = "The access key's id.",
        .example = "access_key: \"${{ .env.AWS_ACCESS_KEY_ID }}\"",
        .decode = set<&HttpAuth::user, read_user>,
        .required = true},
    Key{.name = "secret_key",
        .shapes = kText,
        .accepts = "a key",
        .description = "The secret access key.",
        .example = "secret_key: \"${{ .env.AWS_SECRET_ACCESS_KEY }}\"",
        .decode = set<&HttpAuth::password, read_line>,
        .required = true},
    Key{.name = "session_token",
        .shapes = kText,
        .accepts = "a token",
        .description = "The token of temporary credentials.",
        .example = "session_token: \"${{ .env.AWS_SESSION_TOKEN }}\"",
        .decode = set<&HttpAuth::session_token, read_line>},
};

}  // namespace

void set_auth(Reader& reader, NodeId node, void* target) {
  auto auth = std::make_shared<HttpAuth>();
  if (reader.is_map(node)) {
    const std::vector<Pair> pairs = reader.pairs(node);
    reader.read_map(node, Scope::auth, auth.get());
    if (pairs.empty()) {
      reader.error(node, code::kEmptyValue, reader.where() + " is empty", "one of: basic, digest, bearer, aws_sigv4, netrc");
    } else if (pairs.size() > 1) {
      Diagnostic diagnostic = reader.finding(
          pairs[1].key, code::kConflict, quoted(pairs[1].name) + " and " + quoted(pairs[0].name) + " are both " + reader.where());
      diagnostic.label = "a request proves who it is from in one way";
      diagnostic.notes.push_back(reader.note(pairs[0].key, quoted(pairs[0].name) + " is here"));
      reader.report(std::move(diagnostic));
    }
  } else if (!reader.is_scalar(node) || reader.text(node) != "none") {
    return reader.wrong_type(node, "a map, or none");
  }
  options_of(*static_cast<HttpSpec*>(target)).auth = std::move(auth);
}

void check_signed_body(Reader& reader, NodeId node, const HttpSpec& spec) {
  using Body = HttpSpec::Body;
  if (!spec.options || !spec.options->auth || spec.options->auth->kind != HttpAuth::Kind::aws_sigv4) return;
  const Text& service = spec.options->auth->service;
  if ((spec.body_kind != Body::file && spec.body_kind != Body::multipart) || service.has_expression() || service.text == "s3")
    return;
  reader.error(node, code::kConflict, "`aws_sigv4` needs a body in memory in " + reader.where(), {},
               "write it as `json`, `form` or `body`; only the service `s3` takes files");
}

std::span<const Key> auth_keys() { return kAuthKeys; }
std::span<const Key> credentials_keys() { return kCredentialsKeys; }
std::span<const Key> aws_sigv4_keys() { return kAwsSigv4Keys; }

}  // namespace corun
