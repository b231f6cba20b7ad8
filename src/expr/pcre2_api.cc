// Finds PCRE2's functions in the shared library. Knows nothing of what they are used for.
#include "expr/pcre2_api.h"

#include "base/shared_library.h"

namespace corun {
namespace {

Result<const Pcre2Api*> load() {
  SharedLibrary library("libpcre2-8.so.0");
  if (!library.problem().empty()) return Error{"regular expressions need PCRE2: " + library.problem()};
  static Pcre2Api api;
  library.find("pcre2_compile_8", api.compile);
  library.find("pcre2_code_free_8", api.code_free);
  library.find("pcre2_pattern_info_8", api.pattern_info);
  library.find("pcre2_match_8", api.match);
  library.find("pcre2_match_context_create_8", api.match_context_create);
  library.find("pcre2_match_context_free_8", api.match_context_free);
  library.find("pcre2_set_match_limit_8", api.set_match_limit);
  library.find("pcre2_set_heap_limit_8", api.set_heap_limit);
  library.find("pcre2_set_callout_8", api.set_callout);
  library.find("pcre2_match_data_create_from_pattern_8", api.match_data_create_from_pattern);
  library.find("pcre2_match_data_free_8", api.match_data_free);
  library.find("pcre2_get_ovector_pointer_8", api.get_ovector_pointer);
  library.find("pcre2_get_error_message_8", api.get_error_message);
  if (!library.missing().empty()) {
    return Error{"regular expressions need PCRE2 10.34 or newer: this one has no " + library.missing()};
  }
  return &api;
}

}  // namespace

const Result<const Pcre2Api*>& load_pcre2() {
  static const Result<const Pcre2Api*> loaded = load();
  return loaded;
}

}  // namespace corun
