// The key tables of what few requests have: TLS, multipart, network, cookies, proxy. Knows nothing of how requests are sent.
#include <algorithm>
#include <array>

#include "graph/error_codes.h"
#include "graph/http_reader.h"
#include "graph/load_state.h"
#include "graph/read_values.h"
#include "graph/scalar.h"

namespace corun {
namespace {

void set_verify(Reader& reader, NodeId node, void* target) {
  set<&HttpSpec::tls_verify, read_boolean>(reader, node, target);
  if (static_cast<HttpSpec*>(target)->tls_verify || std::exchange(reader.state().has_no_verification, true)) return;
  reader.error(node, code::kNoVerification, "certificates aren't verified: anybody on the way can read and change the request",
               {}, "to trust a certificate of your own, name its file: `tls: {ca: ca.pem}`");
}

std::optional<Text> read_pin(Reader& reader, NodeId node) {
  auto pin = read_line(reader, node);
  if (!pin || pin->has_expression() || pin->text.starts_with("sha256//")) return pin;
  reader.error(node, code::kBadFormat, quoted(pin->text) + " isn't a pin",
               "write `sha256//` and the hash of the public key, in Base64");
  return std::nullopt;
}

template <auto member, auto read>
void set_tls_text(Reader& reader, NodeId node, void* target) {
  HttpOptions& options = options_of(*static_cast<HttpSpec*>(target));
  auto tls = options.tls ? std::make_shared<HttpTls>(*options.tls) : std::make_shared<HttpTls>();
  set<member, read>(reader, node, tls.get());
  options.tls = std::move(tls);
}

// `{file, …}`, `{value, …}`, or a text.
HttpPart read_part(Reader& reader, NodeId node, std::string_view name) {
  HttpPart part;
  part.name = name;
  if (!reader.is_map(node)) {
    if (auto text = read_scalar(reader, node)) part.value = *std::move(text);
    return part;
  }
  reader.read_map(node, Scope::part, &part);
  NodeId value = kNoNode;
  NodeId file = kNoNode;
  NodeId own_name = kNoNode;
  for (const Pair& pair : reader.pairs(node)) {
    if (pair.name == "value") value = pair.key;
    if (pair.name == "file") file = pair.key;
    if (pair.name == "name") own_name = pair.key;
  }
  if ((value == kNoNode) == (file == kNoNode)) {
    reader.error(node, code::kConflict, "a part has one of `value` and `file` in " + reader.where());
  }
  if (!name.empty() && own_name != kNoNode) {
    reader.error(own_name, code::kConflict, "the part has its name already in " + reader.where(), {},
                 "`name` is for a list of parts");
  }
  return part;
}

void set_file(Reader& reader, NodeId node, void* target) {
  static_cast<HttpPart*>(target)->is_file = true;
  set<&HttpPart::value, read_line>(reader, node, target);
}

constexpr std::array<Choice<bool>, 2> kDeny{{{"private", true}, {"none", false}}};

void set_deny(Reader& reader, NodeId node, void* target) {
  set<&HttpOptions::deny_private, read_choice<kDeny>>(reader, node, target);
}

constexpr std::array kTlsKeys{
    Key{.name = "verify",
        .shapes = kBoolean,
        .accepts = "true or false",
        .default_text = "true",
        .description = "Whether the server's certificate must be trusted.",
        .example = "verify: true",
        .decode = set_verify},
    Key{.name = "ca",
        .shapes = kText,
        .accepts = "a path",
        .description = "PEM file of the certificates trusted instead of the system's.",
        .example = "ca: ca.pem",
        .decode = set<&HttpSpec::tls_ca, read_text>},
    Key{.name = "cert",
        .shapes = kText,
        .accepts = "a path",
        .description = "PEM file of the client's own certificate.",
        .example = "cert: client.pem",
        .decode = set_tls_text<&HttpTls::cert, read_line>},
    Key{.name = "key",
        .shapes = kText,
        .accepts = "a path",
        .description = "PEM file of its private key, if that isn't in the same file.",
        .example = "key: client.key",
        .decode = set_tls_text<&HttpTls::key, read_line>},
    Key{.name = "pin",
        .shapes = kText,
        .accepts = "a pin",
        .description = "Hash of the server's public key, which must be this one; several with `;` between.",
        .example = "pin: sha256//YhKJKSzoTt2b5FP18fvpHo7fJYqQCjAa3HWY3tvRMwE=",
        .decode = set_tls_text<&HttpTls::pin, read_pin>},
};

constexpr std::array kPartKeys{
    Key{.name = "name",
        .shapes = kText,
        .accepts = "a name",
        .description = "The part's name, in a list of parts.",
        .example = "name: photo",
        .decode = set<&HttpPart::name, read_string>},
    Key{.name = "value",
        .shapes = kText,
        .accepts = "a text",
        .description = "The part's text.",
        .example = "value: hello",
        .decode = set<&HttpPart::value, read_text>,
        .alternative = Alternative::exactly_one},
    Key{.name = "file",
        .shapes = kText,
        .accepts = "a path",
        .description = "The file that is the part.",
        .example = "file: photo.jpg",
        .decode = set_file,
        .alternative = Alternative::exactly_one},
    Key{.name = "filename",
        .shapes = kText,
        .accepts = "a file name",
        .description = "The name told to the server; of a file, else its own.",
        .example = "filename: photo.jpg",
        .decode = set<&HttpPart::filename, read_line>},
    Key{.name = "content_type",
        .shapes = kText,
        .accepts = "a content type",
        .description = "The part's content type.",
        .example = "content_type: image/jpeg",
        .decode = set<&HttpPart::content_type, read_line>},
};

constexpr std::array kNetworkKeys{
    Key{.name = "deny",
        .shapes = kChoice,
        .accepts = "a choice",
        .default_text = "none",
        .description = "Addresses that aren't connected to: `private` are those of this machine and of local networks.",
        .example = "deny: private",
        .decode = set_deny,
        .choices = words_of<kDeny>},
};

}  // namespace

std::optional<Text> read_line(Reader& reader, NodeId node) {
  auto text = read_text(reader, node);
  if (!text) return std::nullopt;
  if (text->text.empty()) {
    reader.error(node, code::kEmptyValue, reader.where() + " is empty");
    return std::nullopt;
  }
  const std::string literal = without_expressions(text->text);
  if (std::none_of(literal.begin(), literal.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
    return text;
  reader.error(node, code::kBadFormat, reader.where() + " has more than one line or a control character", {},
               "a block text `|` ends with a newline; `>-` doesn't");
  return std::nullopt;
}

HttpOptions& options_of(HttpSpec& spec) {
  if (!spec.options) spec.options = std::make_unique<HttpOptions>();
  return *spec.options;
}

void set_tls(Reader& reader, NodeId node, void* target) {
  reader.read_map(node, Scope::tls, target);
  const auto& spec = *static_cast<const HttpSpec*>(target);
  if (spec.options && spec.options->tls && spec.options->tls->key && !spec.options->tls->cert)
    reader.error(node, code::kMissingKey, "`key` without `cert` in " + reader.where());
}

void set_multipart(Reader& reader, NodeId node, void* target) {
  auto& spec = *static_cast<HttpSpec*>(target);
  spec.body_kind = HttpSpec::Body::multipart;
  std::vector<HttpPart>& parts = options_of(spec).multipart;
  if (reader.is_map(node)) {
    for (const Pair& pair : reader.pairs(node)) {
      const Reader::Within within(reader, "part", pair.name);
      std::vector<NodeId> nodes{pair.value};
      if (reader.is_list(pair.value)) nodes = reader.items(pair.value);
      for (const NodeId item : nodes) parts.push_back(read_part(reader, item, pair.name));
    }
  } else if (reader.is_list(node)) {
    for (const NodeId item : reader.items(node)) {
      if (!reader.is_map(item)) {
        reader.wrong_type(item, "a map with `name`", "write it like `{name: photo, file: photo.jpg}`");
        continue;
      }
      parts.push_back(read_part(reader, item, ""));
      if (parts.back().name.empty()) reader.error(item, code::kMissingKey, "missing key `name` in a part of " + reader.where());
    }
  } else {
    return reader.wrong_type(node, "a map of names to parts, or a list of parts");
  }
  if (reader.document().size(node) == 0) reader.error(node, code::kEmptyValue, reader.where() + " is empty", "name a part");
}

void set_cookies(Reader& reader, NodeId node, void* target) {
  const auto name = read_string(reader, node);
  if (!name) return;
  HttpOptions& options = options_of(*static_cast<HttpSpec*>(target));
  using Cookies = HttpOptions::Cookies;
  options.cookies = *name == "none" ? Cookies::none : *name == "job" ? Cookies::job : Cookies::session;
  options.cookie_session = options.cookies == Cookies::session ? *name : "";
  if (is_job_name(*name)) return;
  reader.error(node, code::kBadName, quoted(*name) + " can't be the name of a session",
               "letters, digits, `_`, `.` and `-`, a letter or `_` first, at most 200", "or `job`, or `none`");
}

void set_proxy(Reader& reader, NodeId node, void* target) {
  auto proxy = read_line(reader, node);
  if (!proxy) return;
  constexpr std::array<std::string_view, 4> kBeginnings{"http://", "https://", "socks5h://", "${{"};
  const bool known =
      proxy->text == "none" || std::any_of(kBeginnings.begin(), kBeginnings.end(),
                                           [&](std::string_view beginning) { return proxy->text.starts_with(beginning); });
  if (!known) {
    reader.error(node, code::kBadUrl, "a proxy's URL starts with http://, https:// or socks5h://");
  } else if (without_expressions(proxy->text).find(' ') != std::string::npos) {
    reader.error(node, code::kBadUrl, "a URL can't hold spaces or control characters");
  }
  options_of(*static_cast<HttpSpec*>(target)).proxy =
      proxy->text == "none" ? nullptr : std::make_shared<const Text>(*std::move(proxy));
}

void set_idempotency_key(Reader& reader, NodeId node, void* target) {
  auto key = read_line(reader, node);
  if (!key) return;
  if (reader.reading_defaults() && key->text != "auto") {
    reader.error(node, code::kConflict, "one `idempotency_key` for all jobs: the server would take them for one request",
                 "write `idempotency_key: auto`");
  }
  options_of(*static_cast<HttpSpec*>(target)).idempotency_key = std::make_shared<const Text>(*std::move(key));
}

void set_network(Reader& reader, NodeId node, void* target) {
  reader.read_map(node, Scope::network, &options_of(*static_cast<HttpSpec*>(target)));
}

std::span<const Key> tls_keys() { return kTlsKeys; }
std::span<const Key> part_keys() { return kPartKeys; }
std::span<const Key> network_keys() { return kNetworkKeys; }

}  // namespace corun
