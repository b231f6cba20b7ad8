// The key tables of `save` and `ssh`, and what goes together with them and with `protocols`. Knows nothing of how requests
// are sent.
#include <algorithm>
#include <array>

#include "base/checksum.h"
#include "graph/error_codes.h"
#include "graph/http_defaults.h"
#include "graph/http_reader.h"
#include "graph/read_values.h"
#include "graph/scalar.h"

namespace corun {
namespace {

constexpr std::array<Choice<SaveSpec::IfExists>, 3> kIfExists{
    {{"fail", SaveSpec::IfExists::fail}, {"skip", SaveSpec::IfExists::skip}, {"replace", SaveSpec::IfExists::replace}}};

std::optional<Text> read_checksum(Reader& reader, NodeId node) {
  auto text = read_text(reader, node);
  if (!text || text->has_expression()) return text;
  const Result<Checksum> checksum = parse_checksum(text->text);
  if (checksum) return text;
  reader.error(node, code::kBadFormat, quoted(text->text) + " isn't a checksum", checksum.error().message);
  return std::nullopt;
}

// OpenSSH's own notation.
bool is_fingerprint(std::string_view text) {
  const auto is_base64 = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  };
  if (!text.starts_with("SHA256:") && !text.starts_with("sha256:")) return false;
  text.remove_prefix(7);
  if (text.ends_with('=')) text.remove_suffix(1);
  constexpr std::size_t kDigits = 43;
  return text.size() == kDigits && std::ranges::all_of(text, is_base64);
}

std::optional<Text> read_host_key(Reader& reader, NodeId node) {
  auto text = read_text(reader, node);
  if (!text || text->has_expression() || is_fingerprint(text->text)) return text;
  reader.error(node, code::kBadFormat, quoted(text->text) + " isn't the fingerprint of a host key",
               "`SHA256:` and 43 characters, as `ssh-keygen -l` shows them");
  return std::nullopt;
}

constexpr std::array kSaveKeys{
    Key{.name = "file",
        .shapes = kText,
        .accepts = "a path",
        .description = "The file the body goes to, below the working directory; it appears only when it is whole.",
        .example = "file: out.bin",
        .decode = set<&SaveSpec::file, read_line>,
        .required = true},
    Key{.name = "resume",
        .shapes = kBoolean,
        .accepts = "true or false",
        .default_text = "false",
        .description = "Whether a transfer that broke goes on where it stopped, be it in another run.",
        .example = "resume: true",
        .decode = set<&SaveSpec::resume, read_boolean>},
    Key{.name = "checksum",
        .shapes = kText,
        .accepts = "a checksum",
        .description = "What the file must come to: md5, sha1, sha256 or sha512.",
        .example = "checksum: sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        .decode = set<&SaveSpec::checksum, read_checksum>},
    Key{.name = "if_exists",
        .shapes = kChoice,
        .accepts = "a choice",
        .default_text = "fail",
        .description = "What happens if the file is there already.",
        .example = "if_exists: skip",
        .decode = set<&SaveSpec::if_exists, read_choice<kIfExists>>,
        .choices = words_of<kIfExists>},
};

constexpr std::array kSshKeys{
    Key{.name = "user",
        .shapes = kText,
        .accepts = "a name",
        .description = "Who logs in by key.",
        .example = "user: backup",
        .decode = set<&SshSpec::user, read_line>},
    Key{.name = "key",
        .shapes = kText,
        .accepts = "a path",
        .description = "File of the private key; else the agent's and ~/.ssh/id_rsa.",
        .example = "key: id_ed25519",
        .decode = set<&SshSpec::key, read_line>},
    Key{.name = "host_key",
        .shapes = kText,
        .accepts = "a fingerprint",
        .description = "The one key the server may have, instead of those of known_hosts.",
        .example = "host_key: SHA256:uNiVztksCsDhcc0u9e8BrrJXVGHUWdZAFLzmKJxDMgM",
        .decode = set<&SshSpec::host_key, read_host_key>},
    Key{.name = "known_hosts",
        .shapes = kText,
        .accepts = "a path",
        .default_text = "~/.ssh/known_hosts",
        .description = "File of the keys servers may have.",
        .example = "known_hosts: known_hosts",
        .decode = set<&SshSpec::known_hosts, read_line>},
};

NodeId value_of(const std::vector<Pair>& pairs, std::string_view name) {
  const auto found = std::ranges::find(pairs, name, &Pair::name);
  return found == pairs.end() ? kNoNode : found->value;
}

void conflict(Reader& reader, NodeId node, const std::string& message, const std::string& label, const std::string& help = "") {
  reader.error(node, code::kConflict, message + " in " + reader.where(), label, help);
}

void check_save(Reader& reader, const std::vector<Pair>& pairs, const HttpSpec& spec) {
  const NodeId node = value_of(pairs, "save");
  if (spec.method == "HEAD") conflict(reader, node, "`save` with a HEAD request", "its response has no body");
  if (!spec.options->save->resume) return;
  if (spec.method != "GET") {
    conflict(reader, node, "`resume` with a " + spec.method + " request", "only a GET can be continued");
  }
  const NodeId headers = value_of(pairs, "headers");
  for (const std::string own : {"Range", "If-Range", "Accept-Encoding"}) {
    const auto is_own = [&](std::string_view name) { return same_header(name, own); };
    if (std::ranges::none_of(spec.headers, is_own, &NamedText::name)) continue;
    NodeId place = node;  // of a header that the defaults add
    if (headers != kNoNode && reader.is_map(headers)) {
      const std::vector<Pair> named = reader.pairs(headers);
      if (const auto found = std::ranges::find_if(named, is_own, &Pair::name); found != named.end()) place = found->key;
    }
    conflict(reader, place, "the header `" + own + "` with `resume`", "corun sets it itself");
  }
}

// What proves to a server that isn't one of HTTP who asks: a password or a key.
void check_login(Reader& reader, NodeId map, const HttpSpec& spec, Protocol protocol) {
  const auto place = [&](std::string_view key) {  // the whole request, if the defaults say it
    const NodeId own = value_of(reader.pairs(map), key);
    return own != kNoNode ? own : map;
  };
  const HttpOptions& options = *spec.options;
  const std::string name = to_string(protocol);
  if (options.proxy) conflict(reader, place("proxy"), "a proxy with a URL of " + name, "write `proxy: none`");
  if (!options.auth || options.auth->kind == HttpAuth::Kind::none) return;
  if (options.auth->kind != HttpAuth::Kind::basic) {
    conflict(reader, place("auth"), "this `auth` with a URL of " + name, "write `auth: {basic: …}`, or `auth: none`");
  } else if (options.ssh && options.ssh->user) {
    conflict(reader, place("auth"), "`auth` and the `user` of `ssh`", "who logs in, by password or by key? write `auth: none`");
  }
}

// The keys that mean nothing to the protocol the URL names.
void check_protocol_keys(Reader& reader, NodeId map, const HttpSpec& spec, Protocol protocol) {
  const std::vector<Pair> pairs = reader.pairs(map);
  const std::string name = to_string(protocol);
  const auto refuse = [&](std::string_view key, const std::string& label) {
    const auto found = std::ranges::find(pairs, key, &Pair::name);
    if (found != pairs.end()) conflict(reader, found->key, quoted(key) + " with a URL of " + name, label);
  };
  if (protocol != Protocol::sftp) refuse("ssh", "only SFTP uses SSH");
  if (protocol != Protocol::mqtt) refuse("max_messages", "only MQTT has messages");
  if (is_web(protocol)) return;
  for (const std::string_view key :
       {"query", "headers", "follow_redirects", "http_version", "body_file", "multipart", "cookies", "idempotency_key"}) {
    refuse(key, "only HTTP has that");
  }
  check_login(reader, map, spec, protocol);
  if (protocol == Protocol::mqtt) {
    if (spec.method != "GET" && spec.method != "POST") {
      refuse("method", "GET subscribes, POST publishes");
    } else if (spec.method == "POST" && spec.body_kind == HttpSpec::Body::none) {
      refuse("method", "what is published? say `body` or `json`");
    }
    if (spec.options->save && spec.options->save->resume) refuse("save", "messages can't be resumed");
    return;
  }
  if (spec.method != "GET") refuse("method", "files are only fetched");
  for (const std::string_view key : {"json", "form", "body"}) refuse(key, "files are only fetched");
}

void report_scheme(Reader& reader, NodeId url, Protocol protocol, Protocols allowed) {
  const std::string name = to_string(protocol);
  if (allowed != kWebProtocols) return reader.error(url, code::kBadUrl, "`protocols` doesn't list " + name);
  reader.error(url, code::kBadUrl, "only http and https URLs are allowed", {},
               "where it is meant: `http: {url: …, protocols: [" + name + "]}`");
}

}  // namespace

void set_protocols(Reader& reader, NodeId node, void* target) {
  std::vector<NodeId> nodes{node};
  if (reader.is_list(node)) nodes = reader.items(node);
  if (nodes.empty()) return reader.error(node, code::kEmptyValue, reader.where() + " is empty");
  Protocols protocols = 0;
  for (const NodeId item : nodes) {
    if (const auto protocol = read_choice<kProtocolChoices>(reader, item)) protocols |= as_set(*protocol);
  }
  if (protocols != 0) options_of(*static_cast<HttpSpec*>(target)).protocols = protocols;
}

void set_max_messages(Reader& reader, NodeId node, void* target) {
  set<&HttpOptions::max_messages, read_count>(reader, node, &options_of(*static_cast<HttpSpec*>(target)));
}

void set_save(Reader& reader, NodeId node, void* target) {
  auto save = std::make_shared<SaveSpec>();
  if (reader.is_string(node)) {
    set<&SaveSpec::file, read_line>(reader, node, save.get());
  } else if (reader.is_map(node)) {
    reader.read_map(node, Scope::save, save.get());
  } else {
    return reader.wrong_type(node, "a path, or a map");
  }
  options_of(*static_cast<HttpSpec*>(target)).save = std::move(save);
}

void set_ssh(Reader& reader, NodeId node, void* target) {
  auto ssh = std::make_shared<SshSpec>();
  reader.read_map(node, Scope::ssh, ssh.get());
  if (ssh->host_key && ssh->known_hosts) {
    conflict(reader, node, "`host_key` and `known_hosts`", "one of them says which key the server may have");
  }
  options_of(*static_cast<HttpSpec*>(target)).ssh = std::move(ssh);
}

void check_options(Reader& reader, NodeId node, const HttpSpec& spec) {
  const bool is_map = reader.is_map(node);
  const std::vector<Pair> pairs = is_map ? reader.pairs(node) : std::vector<Pair>();
  const NodeId url = is_map ? value_of(pairs, "url") : node;
  const std::optional<Protocol> protocol = protocol_named(scheme_of(spec.url.text));
  const Protocols allowed = spec.options ? spec.options->protocols : kWebProtocols;
  if (url != kNoNode && protocol && !contains(allowed, *protocol)) report_scheme(reader, url, *protocol, allowed);
  if (!is_map || !spec.options) return;
  if (value_of(pairs, "save") != kNoNode && spec.options->save) check_save(reader, pairs, spec);
  if (protocol) check_protocol_keys(reader, node, spec, *protocol);
}

std::span<const Key> save_keys() { return kSaveKeys; }
std::span<const Key> ssh_keys() { return kSshKeys; }

}  // namespace corun
