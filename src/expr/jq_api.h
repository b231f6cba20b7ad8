// libjq's functions, loaded at run time: a graph without expressions never pays for the library. Knows nothing of templates.
#pragma once

extern "C" {
#include <jq.h>
#include <jv.h>
}

namespace corun {

/// What is used of libjq (1.6 or later).
struct JqApi {
  decltype(&::jv_get_kind) get_kind;
  decltype(&::jv_copy) copy;
  decltype(&::jv_free) free;
  decltype(&::jv_equal) equal;
  decltype(&::jv_null) null;
  decltype(&::jv_bool) boolean;
  decltype(&::jv_number) number;
  decltype(&::jv_number_value) number_value;
  decltype(&::jv_string_sized) string_sized;
  decltype(&::jv_string_value) string_value;
  decltype(&::jv_string_length_bytes) string_length;
  decltype(&::jv_array) array;
  decltype(&::jv_array_length) array_length;
  decltype(&::jv_array_get) array_get;
  decltype(&::jv_array_append) array_append;
  decltype(&::jv_array_set) array_set;
  decltype(&::jv_object) object;
  decltype(&::jv_object_get) object_get;
  decltype(&::jv_object_has) object_has;
  decltype(&::jv_object_set) object_set;
  decltype(&::jv_object_length) object_length;
  decltype(&::jv_object_iter) object_iter;
  decltype(&::jv_object_iter_next) object_iter_next;
  decltype(&::jv_object_iter_valid) object_iter_valid;
  decltype(&::jv_object_iter_key) object_iter_key;
  decltype(&::jv_object_iter_value) object_iter_value;
  decltype(&::jv_dump_string) dump_string;
  decltype(&::jv_parse_sized) parse_sized;
  decltype(&::jv_invalid_has_msg) invalid_has_message;
  decltype(&::jv_invalid_get_msg) invalid_get_message;
  decltype(&::jq_init) init;
  decltype(&::jq_teardown) teardown;
  decltype(&::jq_set_error_cb) set_error_callback;
  decltype(&::jq_compile) compile;
  decltype(&::jq_start) start;
  decltype(&::jq_next) next;
  decltype(&::jq_halted) halted;
  decltype(&::jq_halt) halt;
  decltype(&::jq_set_input_cb) set_input_callback;
  decltype(&::jq_set_debug_cb) set_debug_callback;
  decltype(&::jv_invalid) invalid;
};

/// The functions; loads the library the first time. Throws std::runtime_error if it isn't there or too old.
const JqApi& jq();

}  // namespace corun
