// What a statement's text tells of traces that its result doesn't show. Knows nothing of connections.
#pragma once

#include <string_view>

namespace corun {

/// Whether the session is as it was after `query`, which ended with the command tag `tag` ("": it failed, and was undone): no
/// setting, temporary table, lock or cursor is left. What functions of the database's own leave can't be told.
bool leaves_session_alone(std::string_view query, std::string_view tag);

/// Whether `query` may commit before its end, so that its failure doesn't mean that it had no effect: CALL and DO.
bool may_commit_midway(std::string_view query);

}  // namespace corun
