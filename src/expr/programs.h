// All jq programs of a file, many compiled as one, since libjq takes 30 ms to compile anything. Knows nothing of templates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "expr/jq_watch.h"
#include "expr/json.h"

struct jq_state;

namespace corun {

/// The programs of a run. Move-only; the jqs behind it exist only if there is a program.
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

  /// The one value that the program gives for `input`; an error if it raises one, gives none or several, or runs away.
  Result<Json> run(std::string_view source, const Json& input, const JqLimits& limits = {}) const;

 private:
  // Programs that share a jq: `first` up to those of the next batch. Larger ones would take time by the square of their size.
  struct Batch {
    Id first;
    jq_state* state = nullptr;
  };

  // A line of a batch's text: where it came from. Errors of libjq name a line, so each word gets its own.
  struct Line {
    Id program;
    std::size_t offset;  // in its source
  };

  void begin_batches();
  Id end_of(const Batch& batch) const;
  bool compile_once(Batch& batch, std::vector<Problem>& problems);
  bool start(Batch& batch, std::vector<Line>& lines, std::vector<std::string>& messages) const;
  static Result<Json> run_in(const Batch& batch, Id program, const Json& input, const JqLimits& limits);
  static void append_source(std::string& out, std::vector<Line>& lines, Id program, std::string_view source);
  static void reset(Batch& batch);

  std::vector<std::string> sources_;  // by id; a program that doesn't compile becomes "null"
  std::unordered_map<std::string, Id> ids_;
  mutable std::vector<Batch> batches_;  // by their first program; a run that was stopped costs its batch the jq
};

/// Where jq's grammar is broken beyond what may be put among other programs: a bracket or string that isn't closed, or a
/// closing bracket too many. Empty: fine. `offset` is set to the place.
std::string unbalanced(std::string_view source, std::size_t& offset);

}  // namespace corun
