// libxml2's functions, found at run time, so that only a graph with XPath pays for loading it. Knows nothing of expressions.
#pragma once

#include <libxml/HTMLparser.h>
#include <libxml/encoding.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include "base/result.h"

namespace corun {

/// libxml2's functions under their own names in this project's spelling.
struct LibXml2Api {
  decltype(&xmlInitParser) init_parser;
  decltype(&xmlSetGenericErrorFunc) set_generic_error_function;
  decltype(&xmlResetLastError) reset_last_error;
  decltype(&xmlNewParserCtxt) new_parser;
  decltype(&xmlCtxtReadMemory) read_xml;
  decltype(&xmlFreeParserCtxt) free_parser;
  decltype(&htmlNewParserCtxt) new_html_parser;
  decltype(&htmlCtxtReadMemory) read_html;
  decltype(&htmlFreeParserCtxt) free_html_parser;
  decltype(&xmlFreeDoc) free_document;
  decltype(&xmlDocGetRootElement) root_element;
  decltype(&xmlFindCharEncodingHandler) find_encoding;
  decltype(&xmlCharEncCloseFunc) close_encoding;
  decltype(&xmlXPathNewContext) new_xpath_context;
  decltype(&xmlXPathFreeContext) free_xpath_context;
  decltype(&xmlXPathRegisterNs) register_namespace;
  decltype(&xmlXPathCtxtCompile) compile;
  decltype(&xmlXPathFreeCompExpr) free_compiled;
  decltype(&xmlXPathCompiledEval) evaluate;
  decltype(&xmlXPathFreeObject) free_object;
  decltype(&xmlXPathCastNodeToString) node_text;
  xmlFreeFunc* free;  ///< a variable of the library
};

/// Loads libxml2 at the first call and keeps it from writing to stderr; later calls give the same answer. It stays loaded. An
/// error if it is missing.
const Result<const LibXml2Api*>& load_libxml2();

}  // namespace corun
