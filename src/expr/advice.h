// What to say of an expression written as another tool would have it. Knows nothing of what exists.
#pragma once

#include <string>
#include <string_view>

namespace corun {

/// How `source`, which isn't jq, would be written; "": nothing is known.
std::string_view advice_on(std::string_view source);

/// What `source`, a path that begins with `word` instead of a dot, may mean: "`.jobs.build.outputs.x`" for `needs.…`. "": nothing
/// is known.
std::string foreign_path(std::string_view source, std::string_view word);

}  // namespace corun
