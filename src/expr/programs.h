// All jq programs of a file as one: compiled once, since libjq takes 30 ms to compile anything. Knows nothing of templates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "expr/json.h"

struct jq_state;

namespace corun {

/// The programs of a run. Move-only; the jq behind it exists only if there is a program.
class Programs {
 public:
  using Id = std::uint32_t;

  /// Why a program doesn't compile.
  struct Problem {
    Id program;
    std::string message;     ///< "syntax error, unexpected '|'"
    std::size_t offset = 0;  ///< near which byte of its source
  };

  Programs() = default;
  Programs(Programs&& other) noexcept;
  Programs& operator=(Programs&& other) noexcept;
  ~Programs();

  /// Adds a program before `compile`; the same source gives the same id.
  Id add(std::string_view source);
  bool empty() const { return sources_.empty(); }

  /// Compiles everything; each program must be right by itself. Empty: all is well.
  std::vector<Problem> compile();

  /// The one value that the program gives for `input`; an error if it raises one, or gives none or several.
  Result<Json> run(std::string_view source, const Json& input) const;

 private:
  bool compile_once(std::vector<Problem>& problems);
  void reset();

  std::vector<std::string> sources_;  // by id; a program that doesn't compile becomes "null"
  std::unordered_map<std::string, Id> ids_;
  jq_state* state_ = nullptr;
};

/// Where jq's grammar is broken beyond what may be put among other programs: a bracket or string that isn't closed, or a
/// closing bracket too many. Empty: fine. `offset` is set to the place.
std::string unbalanced(std::string_view source, std::size_t& offset);

}  // namespace corun
