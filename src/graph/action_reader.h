// Reads the actions of jobs. Knows nothing of what is around them.
#pragma once

#include "graph/reader.h"

namespace corun {

// Each is a Key::decode; the target is the JobDraft.

void decode_run(Reader& reader, NodeId node, void* target);
void decode_http(Reader& reader, NodeId node, void* target);
void decode_sql(Reader& reader, NodeId node, void* target);
void decode_gather(Reader& reader, NodeId node, void* target);
void decode_graph(Reader& reader, NodeId node, void* target);
void decode_sleep(Reader& reader, NodeId node, void* target);

}  // namespace corun
