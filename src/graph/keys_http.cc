// The key tables of HTTP requests, and how requests are read. Knows nothing of jobs or of how requests are sent.
#include <algorithm>
#include <array>

#include "graph/error_codes.h"
#include "graph/http_defaults.h"
#include "graph/http_reader.h"
#include "graph/load_state.h"
#include "graph/read_values.h"
#include "graph/scalar.h"

namespace corun {
namespace {

constexpr std::array<Choice<HttpSpec::Version>, 3> kVersions{
    {{"auto", HttpSpec::Version::automatic}, {"1.1", HttpSpec::Version::http_1_1}, {"2", HttpSpec::Version::http_2}}};

std::optional<std::string> read_method(Reader& reader, NodeId node) {
  auto method = read_string(reader, node);
  if (!method) return std::nullopt;
  if (!is_http_token(*method) || *method == "CONNECT") {  // which is for proxies
    reader.error(node, code::kBadHeader, "a method that can't be sent", "a word such as `GET` or `POST`");
    return std::nullopt;
  }
  constexpr std::array<std::string_view, 8> kMethods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"};
  std::string upper = *method;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  if (upper != *method && std::find(kMethods.begin(), kMethods.end(), upper) != kMethods.end()) {
    reader.error(node, code::kBadHeader, "methods are written in capitals", "did you mean `" + upper + "`?");
    return std::nullopt;
  }
  return method;
}

void set_url(Reader& reader, NodeId node, void* target) {
  auto& spec = *static_cast<HttpSpec*>(target);
  auto url = read_text(reader, node);
  if (!url) return;
  const bool has_base = spec.options && spec.options->base_url;
  const std::string problem = url_problem(url->text, has_base);
  if (!problem.empty()) {
    reader.error(node, url->text.empty() ? code::kEmptyValue : code::kBadUrl, problem, {},
                 url->text.starts_with('/') ? "or say what it begins with: `defaults: {http: {base_url: …}}`" : "");
    return;
  }
  spec.url = *std::move(url);
}

void set_base_url(Reader& reader, NodeId node, void* target) {
  auto url = read_text(reader, node);
  if (!url) return;
  std::string problem = url_problem(url->text);
  if (problem.empty() && without_expressions(url->text).find_first_of("?#") != std::string::npos)
    problem = "a base URL has no query and no fragment";
  const std::optional<Protocol> protocol = protocol_named(scheme_of(url->text));
  if (problem.empty() && protocol && !is_web(*protocol)) problem = "only http and https URLs are allowed";
  if (!problem.empty()) return reader.error(node, url->text.empty() ? code::kEmptyValue : code::kBadUrl, problem);
  options_of(*static_cast<HttpSpec*>(target)).base_url = std::make_shared<const Text>(*std::move(url));
}

std::optional<std::vector<NamedText>> read_query(Reader& reader, NodeId node) {
  if (!reader.is_map(node)) {
    reader.wrong_type(node, "a map of names to texts or lists of texts");
    return std::nullopt;
  }
  std::vector<NamedText> query;
  for (const Pair& pair : reader.pairs(node)) {
    const Reader::Within within(reader, "", pair.name);
    std::vector<NodeId> nodes{pair.value};
    if (reader.is_list(pair.value)) nodes = reader.items(pair.value);
    for (const NodeId item : nodes) {
      if (auto text = read_scalar(reader, item)) query.push_back({std::string(pair.name), *std::move(text)});
    }
  }
  return query;
}

void set_redirects(Reader& reader, NodeId node, void* target) {
  auto& spec = *static_cast<HttpSpec*>(target);
  if (reader.is_scalar(node) && reader.is_boolean(node)) {
    spec.follow_redirects = read_boolean(reader, node).value_or(false);
    return;
  }
  if (!reader.is_map(node)) return reader.wrong_type(node, "true, false or a map");
  spec.follow_redirects = true;
  reader.read_map(node, Scope::redirects, &spec);
}

void set_json(Reader& reader, NodeId node, void* target) {
  set<&HttpSpec::json, read_value>(reader, node, target);
  static_cast<HttpSpec*>(target)->body_kind = HttpSpec::Body::json;
}

template <auto member, auto read, HttpSpec::Body kind>
void set_body(Reader& reader, NodeId node, void* target) {
  if (kind == HttpSpec::Body::text && reader.is_map(node))
    return reader.wrong_type(node, "a string", "write it as `json` or `form`");
  set<member, read>(reader, node, target);
  static_cast<HttpSpec*>(target)->body_kind = kind;
}

constexpr std::array kHttpKeys{
    Key{.name = "method",
        .shapes = kString,
        .accepts = "a method",
        .default_text = "GET",
        .description = "The request's method.",
        .example = "method: POST",
        .decode = set<&HttpSpec::method, read_method>},
    Key{.name = "url",
        .shapes = kText,
        .accepts = "a URL",
        .description = "Where the request goes; http or https, or what `protocols` lists.",
        .example = "url: https://example.com/items",
        .decode = set_url,
        .required = true},
    Key{.name = "query",
        .shapes = kMapOfTextLists,
        .accepts = "a map of names to texts or lists of texts",
        .description = "Added to the URL, encoded; a list repeats its name.",
        .example = "query: {page: 2, tag: [a, b]}",
        .decode = set<&HttpSpec::query, read_query>,
        .in_defaults = true},
    Key{.name = "headers",
        .shapes = kMapOfTexts,
        .accepts = "a map of names to texts",
        .description = "The request's headers.",
        .example = "headers: {Accept: application/json}",
        .decode = set<&HttpSpec::headers, read_headers>,
        .names = Names::headers,
        .in_defaults = true},
    Key{.name = "json",
        .shapes = kAnyValue,
        .accepts = "any value",
        .description = "The body, as JSON.",
        .example = "json: {name: x}",
        .decode = set_json,
        .alternative = Alternative::at_most_one},
    Key{.name = "form",
        .shapes = kMapOfTexts,
        .accepts = "a map of names to texts",
        .description = "The body, as a form.",
        .example = "form: {user: me}",
        .decode = set_body<&HttpSpec::form, read_named_texts, HttpSpec::Body::form>,
        .alternative = Alternative::at_most_one},
    Key{.name = "body",
        .shapes = kText,
        .accepts = "a string",
        .description = "The body, as it is.",
        .example = "body: hello",
        .decode = set_body<&HttpSpec::body, read_text, HttpSpec::Body::text>,
        .alternative = Alternative::at_most_one},
    Key{.name = "body_file",
        .shapes = kText,
        .accepts = "a path",
        .description = "The file that is the body.",
        .example = "body_file: data.bin",
        .decode = set_body<&HttpSpec::body, read_text, HttpSpec::Body::file>,
        .alternative = Alternative::at_most_one},
    Key{.name = "multipart",
        .shapes = kMapOfMaps | kMapOfTexts | kMapOfMapLists | kListOfMaps,
        .accepts = "a map of names to parts, or a list of parts",
        .description = "The body, as a form of several parts: texts and files.",
        .example = "multipart: {title: Sunset, photo: {file: photo.jpg}}",
        .decode = set_multipart,
        .fields = Scope::part,
        .alternative = Alternative::at_most_one},
    Key{.name = "auth",
        .shapes = kMap | kChoice,
        .accepts = "a map, or none",
        .description = "How the request proves who it is from; never sent to another origin.",
        .example = "auth: {bearer: \"${{ .env.API_TOKEN }}\"}",
        .decode = set_auth,
        .choices = "none",
        .fields = Scope::auth,
        .in_defaults = true},
    Key{.name = "follow_redirects",
        .shapes = kBoolean | kMap,
        .accepts = "true, false or a map",
        .default_text = "false",
        .description = "Whether redirects are followed.",
        .example = "follow_redirects: {max: 5, same_origin: true}",
        .decode = set_redirects,
        .fields = Scope::redirects,
        .in_defaults = true},
    Key{.name = "http_version",
        .shapes = kChoice,
        .accepts = "a version",
        .default_text = "auto",
        .description = "The version of HTTP to speak.",
        .example = "http_version: 1.1",
        .decode = set<&HttpSpec::version, read_choice<kVersions>>,
        .choices = words_of<kVersions>,
        .in_defaults = true},
    Key{.name = "tls",
        .shapes = kMap,
        .accepts = "a map",
        .description = "How the server is verified, and the client's own certificate.",
        .example = "tls: {ca: ca.pem}",
        .decode = set_tls,
        .fields = Scope::tls,
        .in_defaults = true},
    Key{.name = "idempotency_key",
        .shapes = kText,
        .accepts = "auto, or a key",
        .description =
            "The header Idempotency-Key, the same in all attempts; `auto` makes one up. POST and PATCH are then retried.",
        .example = "idempotency_key: auto",
        .decode = set_idempotency_key,
        .in_defaults = true},
    Key{.name = "cookies",
        .shapes = kString,
        .accepts = "none, job, or a session's name",
        .default_text = "none",
        .description = "Which cookies are kept and sent: those of this job, or of a session that jobs share.",
        .example = "cookies: job",
        .decode = set_cookies,
        .in_defaults = true},
    Key{.name = "proxy",
        .shapes = kText,
        .accepts = "a URL, or none",
        .default_text = "none",
        .description = "The proxy the request goes through: http://, https:// or socks5h://.",
        .example = "proxy: http://proxy.example.com:3128",
        .decode = set_proxy,
        .in_defaults = true},
    Key{.name = "network",
        .shapes = kMap,
        .accepts = "a map",
        .description = "Which addresses the request may go to.",
        .example = "network: {deny: private}",
        .decode = set_network,
        .fields = Scope::network,
        .in_defaults = true},
    Key{.name = "max_body",
        .shapes = kSize,
        .accepts = "a size",
        .default_text = "16MiB",
        .description = "A response with a longer body, decoded, is an error.",
        .example = "max_body: 64KiB",
        .decode = set<&HttpSpec::max_body, read_size>,
        .in_defaults = true},
    Key{.name = "save",
        .shapes = kText | kMap,
        .accepts = "a path, or a map",
        .description = "The file the body goes to, of any size; else it is kept in memory.",
        .example = "save: out.bin",
        .decode = set_save,
        .fields = Scope::save},
    Key{.name = "protocols",
        .shapes = kChoice | kChoiceList,
        .accepts = "a protocol, or a list",
        .default_text = "[http, https]",
        .description = "What the URL may begin with.",
        .example = "protocols: [https, sftp]",
        .decode = set_protocols,
        .choices = words_of<kProtocolChoices>},
    Key{.name = "ssh",
        .shapes = kMap,
        .accepts = "a map",
        .description = "How SFTP logs in and knows the server.",
        .example = "ssh: {user: backup, key: id_ed25519}",
        .decode = set_ssh,
        .fields = Scope::ssh},
    Key{.name = "max_messages",
        .shapes = kInteger,
        .accepts = "a whole number from 1",
        .default_text = "1",
        .description = "How many messages an MQTT subscription waits for.",
        .example = "max_messages: 3",
        .decode = set_max_messages,
        .range = {1, kMostCount}},
};

constexpr std::array kRedirectsKeys{
    Key{.name = "max",
        .shapes = kInteger,
        .accepts = "a whole number from 1",
        .default_text = "10",
        .description = "More redirects are an error.",
        .example = "max: 5",
        .decode = set<&HttpSpec::max_redirects, read_count>,
        .range = {1, kMostCount}},
    Key{.name = "same_origin",
        .shapes = kBoolean,
        .accepts = "true or false",
        .default_text = "false",
        .description = "Whether redirects to other origins are an error.",
        .example = "same_origin: true",
        .decode = set<&HttpSpec::redirects_same_origin, read_boolean>},
};

constexpr Key kBaseUrl{.name = "base_url",
                       .shapes = kText,
                       .accepts = "a URL",
                       .description = "What a `url` that begins with `/`, or has no scheme, is appended to.",
                       .example = "base_url: https://api.example.com/v1",
                       .decode = set_base_url};

}  // namespace

std::optional<std::vector<NamedText>> read_headers(Reader& reader, NodeId node) {
  auto headers = read_named_texts(reader, node);
  if (!headers) return std::nullopt;
  for (const Pair& pair : reader.pairs(node)) {
    if (!is_http_token(pair.name)) {
      reader.error(pair.key, code::kBadHeader, quoted(pair.name) + " can't be the name of a header", "letters, digits and `-`");
    }
    if (same_header(pair.name, "Content-Length") || same_header(pair.name, "Transfer-Encoding")) {
      reader.error(pair.key, code::kBadHeader, "the header `" + std::string(pair.name) + "` can't be set",
                   "it follows from the body");
    }
    if (reader.is_scalar(pair.value) && without_expressions(reader.text(pair.value)).find_first_of("\r\n") != std::string::npos) {
      reader.error(pair.value, code::kBadHeader, "the header `" + std::string(pair.name) + "` has more than one line",
                   "a header's value is one line", "a block text `|` ends with a newline; `>-` doesn't");
    }
  }
  return headers;
}

std::unique_ptr<HttpSpec> read_http(Reader& reader, NodeId node, const HttpSpec* defaults) {
  auto spec = defaults != nullptr ? start_with(*defaults) : std::make_unique<HttpSpec>();
  if (reader.is_map(node)) {
    reader.read_map(node, Scope::http, spec.get());
    check_bodies(reader, node);
    check_headers_of_keys(reader, node);
  } else if (reader.is_string(node)) {
    set_url(reader, node, spec.get());
  } else {
    reader.wrong_type(node, "a URL, or a map");
  }
  if (defaults != nullptr) complete(*spec, *defaults);
  check_options(reader, node, *spec);
  check_signed_body(reader, node, *spec);
  return spec;
}

void decode_default_http(Reader& reader, NodeId node, void* target) {
  auto spec = std::make_shared<HttpSpec>();
  reader.read_map(node, Scope::default_http, spec.get());
  if (reader.is_map(node)) check_headers_of_keys(reader, node);
  static_cast<JobSettings*>(target)->http = std::move(spec);
}

std::span<const Key> http_keys() { return kHttpKeys; }
std::span<const Key> redirects_keys() { return kRedirectsKeys; }

std::span<const Key> default_http_keys() {
  static const std::vector<Key> table = [] {
    std::vector<Key> keys{kBaseUrl};
    for (const Key& key : kHttpKeys) {
      if (key.in_defaults) keys.push_back(key);
    }
    return keys;
  }();
  return table;
}

}  // namespace corun
