// What is written at a node of a job file, whatever its layout: to tell whether two are the same, or one has been edited. Knows
// nothing of what it means.
#pragma once

#include <cstdint>
#include <string>

#include "graph/key_table.h"
#include "graph/reader.h"

namespace corun {

/// Appends what is written at `node` to `out`, such that equal texts mean equal values.
void append_written(std::string& out, Reader& reader, NodeId node);

/// A digest of the values of those keys of a scope that define `defines`, for these kinds of action.
std::uint64_t digest_of(Reader& reader, Scope scope, const KeyValues& values, std::uint8_t actions, Defines defines);

}  // namespace corun
