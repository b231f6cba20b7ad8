// Finds libxml2's functions in the shared library. Knows nothing of what they are used for.
#include "expr/libxml2_api.h"

#include "base/shared_library.h"

namespace corun {
namespace {

// The one whose structures the headers describe.
constexpr const char* kName = LIBXML_VERSION >= 21400 ? "libxml2.so.16" : "libxml2.so.2";

void be_silent(void*, const char*, ...) {}

Result<const LibXml2Api*> load() {
  SharedLibrary library(kName);
  if (!library.problem().empty()) return Error{"XPath needs libxml2: " + library.problem()};
  static LibXml2Api api;
  library.find("xmlInitParser", api.init_parser);
  library.find("xmlSetGenericErrorFunc", api.set_generic_error_function);
  library.find("xmlResetLastError", api.reset_last_error);
  library.find("xmlNewParserCtxt", api.new_parser);
  library.find("xmlCtxtReadMemory", api.read_xml);
  library.find("xmlFreeParserCtxt", api.free_parser);
  library.find("htmlNewParserCtxt", api.new_html_parser);
  library.find("htmlCtxtReadMemory", api.read_html);
  library.find("htmlFreeParserCtxt", api.free_html_parser);
  library.find("xmlFreeDoc", api.free_document);
  library.find("xmlDocGetRootElement", api.root_element);
  library.find("xmlFindCharEncodingHandler", api.find_encoding);
  library.find("xmlCharEncCloseFunc", api.close_encoding);
  library.find("xmlXPathNewContext", api.new_xpath_context);
  library.find("xmlXPathFreeContext", api.free_xpath_context);
  library.find("xmlXPathRegisterNs", api.register_namespace);
  library.find("xmlXPathCtxtCompile", api.compile);
  library.find("xmlXPathFreeCompExpr", api.free_compiled);
  library.find("xmlXPathCompiledEval", api.evaluate);
  library.find("xmlXPathFreeObject", api.free_object);
  library.find("xmlXPathCastNodeToString", api.node_text);
  library.find("xmlFree", api.free);
  if (!library.missing().empty()) return Error{"XPath needs libxml2 with HTML and XPath: this one has no " + library.missing()};
  api.init_parser();
  api.set_generic_error_function(nullptr, be_silent);
  return &api;
}

}  // namespace

const Result<const LibXml2Api*>& load_libxml2() {
  static const Result<const LibXml2Api*> loaded = load();
  return loaded;
}

}  // namespace corun
