// Extracts values by XPath, through libxml2. Knows nothing of where the text comes from.
#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <cmath>
#include <cstdint>
#include <memory>

#include "base/text.h"
#include "base/utf8.h"
#include "expr/extract.h"
#include "expr/html_encoding.h"
#include "expr/libxml2_api.h"

namespace corun {
namespace {

constexpr unsigned long kMaxSteps = 10'000'000;  // of one evaluation: some tenths of a second
constexpr std::size_t kMaxXPath = std::size_t{16} << 10;

#if LIBXML_VERSION >= 21200
using XmlError = const xmlError;
#else
using XmlError = xmlError;
#endif

using XmlDocument = std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)>;
using XPathContext = std::unique_ptr<xmlXPathContext, decltype(&xmlXPathFreeContext)>;
using Compiled = std::unique_ptr<xmlXPathCompExpr, decltype(&xmlXPathFreeCompExpr)>;

const char* chars(const xmlChar* text) { return reinterpret_cast<const char*>(text); }
const xmlChar* xml_chars(const std::string& text) { return reinterpret_cast<const xmlChar*>(text.c_str()); }

// The first thing libxml2 finds wrong with an expression.
struct XPathProblem {
  int code = XPATH_EXPRESSION_OK;
  int position = 0;
};

void note_problem(void* problem, XmlError* error) {
  auto& noted = *static_cast<XPathProblem*>(problem);
  if (noted.code == XPATH_EXPRESSION_OK) noted = {error->code - XML_XPATH_EXPRESSION_OK, error->int1};
}

std::string_view words_of(int code) {
  switch (code) {
    case XPATH_NUMBER_ERROR: return "a number can't be written so";
    case XPATH_UNFINISHED_LITERAL_ERROR: return "a quote isn't closed";
    case XPATH_START_LITERAL_ERROR: return "expected a string in quotes";
    case XPATH_VARIABLE_REF_ERROR: return "expected the name of a variable";
    case XPATH_UNDEF_VARIABLE_ERROR: return "there are no variables in it";
    case XPATH_INVALID_PREDICATE_ERROR: return "a condition in [ ] isn't closed or empty";
    case XPATH_UNCLOSED_ERROR: return "a parenthesis isn't closed";
    case XPATH_UNKNOWN_FUNC_ERROR: return "there is no such function";
    case XPATH_INVALID_OPERAND:
    case XPATH_INVALID_TYPE: return "an argument or operand is of the wrong type, such as a string for nodes";
    case XPATH_INVALID_ARITY: return "a function has too many or too few arguments";
    case XPATH_UNDEF_PREFIX_ERROR: return "the document's root element doesn't declare such a prefix";
    case XPATH_INVALID_CHAR_ERROR: return "there is a character that can't be in an XPath";
    case XPATH_MEMORY_ERROR: return "it takes too much memory";
    case XPATH_STACK_ERROR:
    case XPATH_RECURSION_LIMIT_EXCEEDED: return "it is nested too deep";
    case XPATH_OP_LIMIT_EXCEEDED: return "it takes too many steps on this document";
    default: return "unexpected text";
  }
}

XPathContext make_context(const LibXml2Api& api, xmlDoc* document, XPathProblem& problem) {
  XPathContext context(api.new_xpath_context(document), api.free_xpath_context);
  context->error = note_problem;
  context->userData = &problem;
  context->opLimit = kMaxSteps;
  return context;
}

Result<Compiled> compile(const LibXml2Api& api, xmlXPathContext* context, const XPathProblem& problem, std::string_view xpath) {
  if (xpath.size() > kMaxXPath) return Error{"an XPath may have at most 16 KiB"};
  const std::string shown = "`" + std::string(xpath) + "` isn't an XPath: ";
  if (xpath.find('\0') != std::string_view::npos) return Error{shown + "there is a NUL byte in it"};
  if (first_invalid_utf8(xpath)) return Error{shown + "it isn't UTF-8"};
  Compiled compiled(api.compile(context, xml_chars(std::string(xpath))), api.free_compiled);
  if (compiled == nullptr) {
    if (static_cast<std::size_t>(problem.position) >= xpath.size() && problem.code == XPATH_EXPR_ERROR) {
      return Error{shown + (xpath.empty() ? "it is empty" : "something is missing at its end")};
    }
    return Error{shown + std::string(words_of(problem.code)) + " (at byte " + std::to_string(problem.position + 1) + ")"};
  }
  return compiled;
}

std::string message_of(const xmlError& error) {
  std::string message = error.message != nullptr ? error.message : "";
  message.erase(message.find_last_not_of(" \n") + 1);
  return message;
}

// The first thing that makes a document unreadable; of what is only odd nothing is kept.
struct DocumentProblem {
  int code = 0;
  std::string message;  // `line 3: what is wrong`
};

void note_document_problem(void* parser, XmlError* error) {
  auto& noted = *static_cast<DocumentProblem*>(static_cast<xmlParserCtxt*>(parser)->_private);
  if (noted.code != 0 || error->level != XML_ERR_FATAL) return;
  noted.code = error->code;
  noted.message = "line " + std::to_string(error->line) + ": " + message_of(*error);
}

Result<XmlDocument> read_xml(const LibXml2Api& api, std::string_view body) {
  const std::unique_ptr<xmlParserCtxt, decltype(&xmlFreeParserCtxt)> parser(api.new_parser(), api.free_parser);
  DocumentProblem problem;
  parser->_private = &problem;
  parser->sax->serror = note_document_problem;
  // Without these a document can declare no entities: neither such that grow without bound nor such that name files.
  parser->sax->entityDecl = nullptr;
  parser->sax->unparsedEntityDecl = nullptr;
  XmlDocument document(api.read_xml(parser.get(), body.data(), static_cast<int>(body.size()), nullptr, nullptr,
                                    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT),
                       api.free_document);
  if (document != nullptr) return document;
  const bool is_entity = problem.code == XML_ERR_UNDECLARED_ENTITY || problem.code == XML_WAR_UNDECLARED_ENTITY;
  return Error{"not XML: " + problem.message + (is_entity ? " (entities that a document declares itself aren't known)" : "")};
}

// `text` as UTF-8 without NUL: each byte that can't be is replaced by U+FFFD.
std::string as_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t good = std::min(first_invalid_utf8(text).value_or(text.size()), text.find('\0'));
    out += text.substr(0, good);
    text.remove_prefix(std::min(good, text.size()));
    if (text.empty()) break;
    out += "\xEF\xBF\xBD";
    text.remove_prefix(1);
  }
  return out;
}

bool is_known_encoding(const LibXml2Api& api, const std::string& name) {
  xmlCharEncodingHandler* handler = api.find_encoding(name.c_str());
  if (handler == nullptr) return false;
  api.close_encoding(handler);
  return true;
}

Result<XmlDocument> read_html(const LibXml2Api& api, std::string_view body) {
  std::string encoding = html_encoding(body);
  if (encoding.empty() || encoding == "utf8" || !is_known_encoding(api, encoding)) encoding = "utf-8";
  std::string mended;
  if (encoding == "utf-8" && (first_invalid_utf8(body) || body.find('\0') != std::string_view::npos)) {
    mended = as_utf8(body);
    body = mended;
  }
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) body = "<html></html>";
  const std::unique_ptr<htmlParserCtxt, decltype(&htmlFreeParserCtxt)> parser(api.new_html_parser(), api.free_html_parser);
  XmlDocument document(
      api.read_html(parser.get(), body.data(), static_cast<int>(body.size()), nullptr, encoding.c_str(),
                    HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_COMPACT),
      api.free_document);
  // HTML can't be wrong, but the parser gives up where it is nested too deep.
  if (document == nullptr || parser->disableSAX != 0) return Error{"can't be read as HTML: " + message_of(parser->lastError)};
  return document;
}

// The prefixes of the document's root, and `_` for its default namespace.
void register_prefixes(const LibXml2Api& api, xmlXPathContext* context, xmlDoc* document) {
  const xmlNode* root = api.root_element(document);
  if (root == nullptr) return;
  static const std::string default_prefix = "_";
  for (const xmlNs* declared = root->nsDef; declared != nullptr; declared = declared->next) {
    if (declared->prefix == nullptr) api.register_namespace(context, xml_chars(default_prefix), declared->href);
  }
  for (const xmlNs* declared = root->nsDef; declared != nullptr; declared = declared->next) {
    if (declared->prefix != nullptr) api.register_namespace(context, declared->prefix, declared->href);
  }
}

std::string number_json(double number) {
  if (!std::isfinite(number)) return "null";
  std::array<char, 64> text{};
  constexpr double kExact = 9007199254740992.0;  // 2^53: up to here each integer is a double
  const bool is_integer = std::abs(number) <= kExact && number == std::trunc(number);
  const std::to_chars_result end = is_integer
                                       ? std::to_chars(text.data(), text.data() + text.size(), static_cast<std::int64_t>(number))
                                       : std::to_chars(text.data(), text.data() + text.size(), number);
  return {text.data(), end.ptr};
}

Result<std::string> nodes_json(const LibXml2Api& api, const xmlNodeSet* nodes) {
  std::string json = "[";
  const int count = nodes != nullptr ? nodes->nodeNr : 0;
  for (int i = 0; i < count; ++i) {
    xmlChar* text = api.node_text(nodes->nodeTab[i]);
    if (i > 0) json += ',';
    append_json_string(json, text != nullptr ? chars(text) : "");
    (*api.free)(text);
    if (json.size() > kMaxExtracted) return Error{"gives more than 64 MiB of text"};
  }
  return json + "]";
}

Result<std::string> value_json(const LibXml2Api& api, const xmlXPathObject& value) {
  switch (value.type) {
    case XPATH_NODESET: return nodes_json(api, value.nodesetval);
    case XPATH_BOOLEAN: return std::string(value.boolval != 0 ? "true" : "false");
    case XPATH_NUMBER: return number_json(value.floatval);
    case XPATH_STRING: return json_string(value.stringval != nullptr ? chars(value.stringval) : "");
    default: return Error{"gives neither nodes nor a string, number or boolean"};
  }
}

Result<std::string> extract(const LibXml2Api& api, std::string_view body, bool is_xml, std::string_view xpath) {
  if (body.size() > INT_MAX) return Error{"XPath can't read more than 2 GiB"};
  const Result<XmlDocument> document = is_xml ? read_xml(api, body) : read_html(api, body);
  if (!document) return document.error();
  XPathProblem problem;
  const XPathContext context = make_context(api, document->get(), problem);
  if (is_xml) register_prefixes(api, context.get(), document->get());
  const Result<Compiled> compiled = compile(api, context.get(), problem, xpath);
  if (!compiled) return compiled.error();
  const std::unique_ptr<xmlXPathObject, decltype(&xmlXPathFreeObject)> value(api.evaluate(compiled->get(), context.get()),
                                                                             api.free_object);
  if (value == nullptr) return Error{"`" + std::string(xpath) + "` can't be evaluated: " + std::string(words_of(problem.code))};
  Result<std::string> json = value_json(api, *value);
  if (!json) return Error{"`" + std::string(xpath) + "` " + json.error().message};
  return json;
}

}  // namespace

Result<std::string> extract_xpath(std::string_view body, bool is_xml, std::string_view xpath) {
  const Result<const LibXml2Api*>& loaded = load_libxml2();
  if (!loaded) return loaded.error();
  Result<std::string> json = extract(**loaded, body, is_xml, xpath);
  (*loaded)->reset_last_error();
  return json;
}

std::optional<std::string> xpath_problem(std::string_view xpath) {
  const Result<const LibXml2Api*>& loaded = load_libxml2();
  if (!loaded) return loaded.error().message;
  XPathProblem problem;
  const XPathContext context = make_context(**loaded, nullptr, problem);
  const Result<Compiled> compiled = compile(**loaded, context.get(), problem, xpath);
  (*loaded)->reset_last_error();
  if (!compiled) return compiled.error().message;
  return std::nullopt;
}

}  // namespace corun
