// The key tables of HTTP requests, and how requests are read. Knows nothing of jobs or of how requests are sent.
#include <algorithm>
#include <array>

#include "graph/error_codes.h"
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
  if (!is_http_token(*method)) {
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

std::optional<Text> read_url(Reader& reader, NodeId node) {
  auto url = read_text(reader, node);
  if (!url) return std::nullopt;
  const std::string problem = url_problem(url->text);
  if (problem.empty()) return url;
  reader.error(node, url->text.empty() ? code::kEmptyValue : code::kBadUrl, problem);
  return std::nullopt;
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

void set_tls(Reader& reader, NodeId node, void* target) { reader.read_map(node, Scope::tls, target); }

void set_verify(Reader& reader, NodeId node, void* target) {
  set<&HttpSpec::tls_verify, read_boolean>(reader, node, target);
  if (static_cast<HttpSpec*>(target)->tls_verify) return;
  reader.error(node, code::kNoVerification, "certificates aren't verified: anybody on the way can read and change the request",
               {}, "to trust a certificate of your own, name its file: `tls: {ca: ca.pem}`");
}

void set_json(Reader& reader, NodeId node, void* target) {
  set<&HttpSpec::json, read_value>(reader, node, target);
  static_cast<HttpSpec*>(target)->body_kind = HttpSpec::Body::json;
}

template <auto member, auto read, HttpSpec::Body kind>
void set_body(Reader& reader, NodeId node, void* target) {
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
        .description = "Where the request goes; http or https.",
        .example = "url: https://example.com/items",
        .decode = set<&HttpSpec::url, read_url>,
        .required = true},
    Key{.name = "query",
        .shapes = kMapOfTexts,
        .accepts = "a map of names to texts or lists of texts",
        .description = "Added to the URL, encoded; a list repeats its name.",
        .example = "query: {page: 2, tag: [a, b]}",
        .decode = set<&HttpSpec::query, read_query>},
    Key{.name = "headers",
        .shapes = kMapOfTexts,
        .accepts = "a map of names to texts",
        .description = "The request's headers.",
        .example = "headers: {Accept: application/json}",
        .decode = set<&HttpSpec::headers, read_headers>},
    Key{.name = "json",
        .shapes = kAnyValue,
        .accepts = "any value",
        .description = "The body, as JSON.",
        .example = "json: {name: x}",
        .decode = set_json},
    Key{.name = "form",
        .shapes = kMapOfTexts,
        .accepts = "a map of names to texts",
        .description = "The body, as a form.",
        .example = "form: {user: me}",
        .decode = set_body<&HttpSpec::form, read_named_texts, HttpSpec::Body::form>},
    Key{.name = "body",
        .shapes = kText,
        .accepts = "a string",
        .description = "The body, as it is.",
        .example = "body: hello",
        .decode = set_body<&HttpSpec::body, read_text, HttpSpec::Body::text>},
    Key{.name = "body_file",
        .shapes = kText,
        .accepts = "a path",
        .description = "The file that is the body.",
        .example = "body_file: data.bin",
        .decode = set_body<&HttpSpec::body, read_text, HttpSpec::Body::file>},
    Key{.name = "follow_redirects",
        .shapes = kBoolean | kMap,
        .accepts = "true, false or a map",
        .default_text = "false",
        .description = "Whether redirects are followed.",
        .example = "follow_redirects: {max: 5, same_origin: true}",
        .decode = set_redirects,
        .fields = Scope::redirects},
    Key{.name = "http_version",
        .shapes = kChoice,
        .accepts = "a version",
        .default_text = "auto",
        .description = "The version of HTTP to speak.",
        .example = "http_version: 1.1",
        .decode = set<&HttpSpec::version, read_choice<kVersions>>,
        .choices = "auto|1.1|2"},
    Key{.name = "tls",
        .shapes = kMap,
        .accepts = "a map",
        .description = "How the server is verified.",
        .example = "tls: {ca: ca.pem}",
        .decode = set_tls,
        .fields = Scope::tls},
    Key{.name = "max_body",
        .shapes = kSize,
        .accepts = "a size",
        .default_text = "16MiB",
        .description = "A response with a longer body, decoded, is an error.",
        .example = "max_body: 64KiB",
        .decode = set<&HttpSpec::max_body, read_size>},
};

constexpr std::array kRedirectsKeys{
    Key{.name = "max",
        .shapes = kInteger,
        .accepts = "a whole number from 1",
        .default_text = "10",
        .description = "More redirects are an error.",
        .example = "max: 5",
        .decode = set<&HttpSpec::max_redirects, read_positive_count>},
    Key{.name = "same_origin",
        .shapes = kBoolean,
        .accepts = "true or false",
        .default_text = "false",
        .description = "Whether redirects to other origins are an error.",
        .example = "same_origin: true",
        .decode = set<&HttpSpec::redirects_same_origin, read_boolean>},
};

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
};

constexpr std::array kDefaultHttpKeys{
    Key{.name = "headers",
        .shapes = kMapOfTexts,
        .accepts = "a map of names to texts",
        .description = "Headers of every request that doesn't set them itself.",
        .example = "headers: {User-Agent: nightly}",
        .decode = set<&JobSettings::http_headers, read_headers>},
};

bool same_header(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

// The keys of which a request has at most one.
constexpr std::array<std::string_view, 4> kBodyKeys{"json", "form", "body", "body_file"};

// Reports that there are two bodies, or one in a request that says nothing of its method.
void check_bodies(Reader& reader, NodeId map) {
  const Pair* first = nullptr;
  bool method = false;
  const std::vector<Pair> pairs = reader.pairs(map);
  for (const Pair& pair : pairs) {
    method = method || pair.name == "method";
    if (std::find(kBodyKeys.begin(), kBodyKeys.end(), pair.name) == kBodyKeys.end()) continue;
    if (first == nullptr) {
      first = &pair;
      continue;
    }
    Diagnostic diagnostic =
        reader.finding(pair.key, code::kConflict,
                       quoted(pair.name) + " and `" + std::string(first->name) + "` are both the body in " + reader.where());
    diagnostic.label = "a request has one body";
    diagnostic.notes.push_back(reader.note(first->key, quoted(first->name) + " is here"));
    reader.report(std::move(diagnostic));
  }
  if (first != nullptr && !method) {
    reader.error(first->key, code::kBodyWithGet, "a GET request with a body in " + reader.where(), {},
                 "say `method: POST`, or `method: GET` if it is meant");
  }
}

}  // namespace

std::optional<std::vector<NamedText>> read_headers(Reader& reader, NodeId node) {
  auto headers = read_named_texts(reader, node);
  if (!headers) return std::nullopt;
  for (const Pair& pair : reader.pairs(node)) {
    if (!is_http_token(pair.name)) {
      reader.error(pair.key, code::kBadHeader, quoted(pair.name) + " can't be the name of a header", "letters, digits and `-`");
    }
    if (reader.is_scalar(pair.value) && without_expressions(reader.text(pair.value)).find_first_of("\r\n") != std::string::npos) {
      reader.error(pair.value, code::kBadHeader, "the header `" + std::string(pair.name) + "` has more than one line",
                   "a header's value is one line", "a block text `|` ends with a newline; `>-` doesn't");
    }
  }
  return headers;
}

std::unique_ptr<HttpSpec> read_http(Reader& reader, NodeId node, const std::vector<NamedText>& default_headers) {
  auto spec = std::make_unique<HttpSpec>();
  if (reader.is_map(node)) {
    reader.read_map(node, Scope::http, spec.get());
    check_bodies(reader, node);
  } else if (reader.is_string(node)) {
    if (auto url = read_url(reader, node)) spec->url = *std::move(url);
  } else {
    reader.wrong_type(node, "a URL, or a map");
  }
  const std::size_t own = spec->headers.size();
  for (const NamedText& header : default_headers) {
    const auto own_end = spec->headers.begin() + static_cast<std::ptrdiff_t>(own);
    const bool set =
        std::any_of(spec->headers.begin(), own_end, [&](const NamedText& it) { return same_header(it.name, header.name); });
    if (!set) spec->headers.push_back(header);
  }
  return spec;
}

std::span<const Key> http_keys() { return kHttpKeys; }
std::span<const Key> redirects_keys() { return kRedirectsKeys; }
std::span<const Key> tls_keys() { return kTlsKeys; }
std::span<const Key> default_http_keys() { return kDefaultHttpKeys; }

}  // namespace corun
