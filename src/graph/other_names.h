// What other tools call the keys of a job file. Knows nothing of the file that is read.
#pragma once

#include <string>
#include <string_view>

#include "graph/key_table.h"

namespace corun {

/// What somebody may want who writes an unknown key.
struct OtherName {
  std::string_view key{};  ///< the key of the same scope that means it; "": there is none
  std::string label{};     ///< what to say of it; "": nothing is known
};

/// Looks for `name`, which isn't a key of `scope`: is it another tool's word for one, or a key that belongs elsewhere?
OtherName other_name(Scope scope, std::string_view name);

/// The unit that a name such as `timeout_ms` or `timeoutMinutes` counts in; "": it names none.
std::string_view unit_of_name(std::string_view name);

}  // namespace corun
