// Reads what a file says of runs that are started by themselves. Knows nothing of jobs.
#pragma once

#include "graph/reader.h"

namespace corun {

// Each is a Key::decode; the target is the LoadState.

void decode_concurrency(Reader& reader, NodeId node, void* target);
void decode_ping(Reader& reader, NodeId node, void* target);

}  // namespace corun
