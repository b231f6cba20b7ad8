// The tables of the database. Knows nothing of who uses them.
#pragma once

#include "state/database.h"

namespace corun {

/// Makes the tables unless they are there; other processes may be doing the same. Throws DatabaseError, also if another version
/// of corun has made them.
void prepare_schema(Database& database);

}  // namespace corun
