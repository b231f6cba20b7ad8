// Which names (variables, secrets, jobs, …) a jq program mentions, as far as its text tells. Knows nothing of what exists.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace corun {

/// A mention such as `.jobs.login.outputs.token`.
struct Reference {
  std::string root;     ///< vars, env, secrets, jobs or previous, another one only if it is certain; "": the whole input is used
  std::string name;     ///< "login"; "": no single one, so it may be any
  std::string part;     ///< "outputs"; "": may be all of it
  std::string field{};  ///< of that part: "token"; "": may be all of it
  /// It is surely the program's input that is looked into; else it may be something else of that name.
  bool certain = false;
  std::size_t offset = 0;  ///< of the dot, in the program
};

/// Every mention in `program`, in its order. Errs on the side of more.
std::vector<Reference> find_references(std::string_view program);

}  // namespace corun
