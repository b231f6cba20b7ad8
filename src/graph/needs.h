// What jobs need of each other: edges, how many must hold, cycles. Knows nothing of actions or policies.
#pragma once

#include "graph/job.h"
#include "graph/load_state.h"
#include "graph/reader.h"

namespace corun {

/// Key::decode of `needs`; the target is the JobDraft.
void decode_needs(Reader& reader, NodeId node, void* target);

/// Key::decode of `join`, after `needs`; the target is the JobDraft.
void decode_join(Reader& reader, NodeId node, void* target);

/// Reports jobs that need each other, with every edge; several cycles if they share no job. Linear, and without recursion.
void check_cycles(Reader& reader, const JobGroup& group, const Siblings& siblings);

}  // namespace corun
