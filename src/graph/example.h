// Values that the key table writes as YAML: examples and defaults. Knows no single key.
#pragma once

#include <string_view>

#include "graph/key_table.h"
#include "graph/value.h"

namespace corun {

/// A piece of YAML, without anchors, as a value; null if it isn't valid.
Value value_of_yaml(std::string_view yaml);

/// The value in a key's example.
Value example_value(const Key& key);

}  // namespace corun
