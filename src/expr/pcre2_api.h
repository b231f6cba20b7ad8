// PCRE2's functions, found at run time, so that only a graph with `regex` pays for loading it. Knows nothing of patterns.
#pragma once

#ifndef PCRE2_CODE_UNIT_WIDTH
#define PCRE2_CODE_UNIT_WIDTH 8
#endif
#include <pcre2.h>

#include "base/result.h"

namespace corun {

/// PCRE2's functions for texts of bytes, under their own names without `pcre2_` and `_8`.
struct Pcre2Api {
  decltype(&pcre2_compile_8) compile;
  decltype(&pcre2_code_free_8) code_free;
  decltype(&pcre2_pattern_info_8) pattern_info;
  decltype(&pcre2_match_8) match;
  decltype(&pcre2_match_context_create_8) match_context_create;
  decltype(&pcre2_match_context_free_8) match_context_free;
  decltype(&pcre2_set_match_limit_8) set_match_limit;
  decltype(&pcre2_set_heap_limit_8) set_heap_limit;
  decltype(&pcre2_set_callout_8) set_callout;
  decltype(&pcre2_match_data_create_from_pattern_8) match_data_create_from_pattern;
  decltype(&pcre2_match_data_free_8) match_data_free;
  decltype(&pcre2_get_ovector_pointer_8) get_ovector_pointer;
  decltype(&pcre2_get_error_message_8) get_error_message;
};

/// Loads PCRE2 at the first call; later calls give the same answer. It stays loaded. An error if it is missing.
const Result<const Pcre2Api*>& load_pcre2();

}  // namespace corun
