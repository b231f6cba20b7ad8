// Finds libjq's functions in the shared library. Knows nothing of what they are used for.
#include "expr/jq_api.h"

#include <stdexcept>

#include "base/shared_library.h"

namespace corun {
namespace {

JqApi load() {
  SharedLibrary library("libjq.so.1");
  if (!library.problem().empty()) throw std::runtime_error("expressions need libjq: " + library.problem());
  JqApi api{};
  library.find("jv_get_kind", api.get_kind);
  library.find("jv_copy", api.copy);
  library.find("jv_free", api.free);
  library.find("jv_equal", api.equal);
  library.find("jv_null", api.null);
  library.find("jv_bool", api.boolean);
  library.find("jv_number", api.number);
  library.find("jv_number_value", api.number_value);
  library.find("jv_string_sized", api.string_sized);
  library.find("jv_string_value", api.string_value);
  library.find("jv_string_length_bytes", api.string_length);
  library.find("jv_array", api.array);
  library.find("jv_array_length", api.array_length);
  library.find("jv_array_get", api.array_get);
  library.find("jv_array_append", api.array_append);
  library.find("jv_array_set", api.array_set);
  library.find("jv_object", api.object);
  library.find("jv_object_get", api.object_get);
  library.find("jv_object_has", api.object_has);
  library.find("jv_object_set", api.object_set);
  library.find("jv_object_length", api.object_length);
  library.find("jv_object_iter", api.object_iter);
  library.find("jv_object_iter_next", api.object_iter_next);
  library.find("jv_object_iter_valid", api.object_iter_valid);
  library.find("jv_object_iter_key", api.object_iter_key);
  library.find("jv_object_iter_value", api.object_iter_value);
  library.find("jv_dump_string", api.dump_string);
  library.find("jv_parse_sized", api.parse_sized);
  library.find("jv_invalid_has_msg", api.invalid_has_message);
  library.find("jv_invalid_get_msg", api.invalid_get_message);
  library.find("jq_init", api.init);
  library.find("jq_teardown", api.teardown);
  library.find("jq_set_error_cb", api.set_error_callback);
  library.find("jq_compile", api.compile);
  library.find("jq_start", api.start);
  library.find("jq_next", api.next);
  library.find("jq_halted", api.halted);
  library.find("jq_halt", api.halt);
  library.find("jq_set_input_cb", api.set_input_callback);
  library.find("jq_set_debug_cb", api.set_debug_callback);
  library.find("jv_invalid", api.invalid);
  if (!library.missing().empty()) {
    throw std::runtime_error("expressions need libjq 1.6 or newer: this one has no " + library.missing());
  }
  return api;
}

}  // namespace

const JqApi& jq() {
  static const JqApi api = load();
  return api;
}

}  // namespace corun
