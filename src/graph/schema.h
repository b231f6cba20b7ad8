// The JSON Schema of job files, made of the key table. Knows no single key.
#pragma once

#include <string>

#include "graph/key_table.h"

namespace corun {

/// A schema of draft 2020-12 that editors understand too: what `corun check` accepts is valid under it, and what isn't valid
/// under it `corun check` refuses.
std::string job_file_schema();

/// The kinds of job a key works on, for people: "run, http"; "": all.
std::string actions_text(std::uint8_t actions);

/// Whether a value of the key may hold `${{ … }}`.
bool may_hold_expressions(const Key& key);

}  // namespace corun
