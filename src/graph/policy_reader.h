// Reads the policies that need more than their key table: settings that depend on each other, references by name.
// Knows nothing of how policies act.
#pragma once

#include "graph/job.h"
#include "graph/reader.h"

namespace corun {

// Each `decode` is a Key::decode; the target is the JobSettings.

/// `retry`: a number of attempts or a map.
void decode_retry(Reader& reader, NodeId node, void* target);
/// `breaker`: a name or a map.
void decode_breaker(Reader& reader, NodeId node, void* target);
/// `limit`: a name or a list of names.
void decode_limit(Reader& reader, NodeId node, void* target);

/// `hedge`: a map.
void decode_hedge(Reader& reader, NodeId node, void* target);
/// Reports why `hedge`, written at `node`, can't be for `job`.
void check_hedge(Reader& reader, NodeId node, const Job& job);

/// `cache`: a map. The target is the JobDraft.
void decode_cache(Reader& reader, NodeId node, void* target);
/// Reports what `job` has that its `cache`, written at `node`, doesn't go together with.
void check_cache(Reader& reader, NodeId node, const Job& job);

// And these; the target is the LoadState.

/// `limits` of the file.
void decode_limits(Reader& reader, NodeId node, void* target);
/// `breakers` of the file.
void decode_breakers(Reader& reader, NodeId node, void* target);

}  // namespace corun
