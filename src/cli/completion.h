// What may stand where the cursor is in a command line of corun. Knows nothing of shells, of files or of what runs have left.
#pragma once

#include <string>
#include <vector>

#include "cli/commands.h"

namespace corun {

/// One thing that may stand there.
struct Candidate {
  std::string value;  ///< the whole word; if it ends with `=` or `:`, more follows in the same word
  std::string description;
};

/// What fits, and what must be looked up to know more.
struct Completion {
  std::vector<Candidate> candidates;
  Words words = Words::none;  ///< what else may stand there
  std::string before;         ///< what of the word stands before that: "--only="
  std::string part;           ///< what has been written of it

  // What the line says of where to look.
  std::string job_file;             ///< "": none is named yet
  std::string directory;            ///< --directory
  std::string state_dir;            ///< --state-dir
  std::string run;                  ///< --run
  std::vector<std::string> others;  ///< words of the same kind before it
};

/// `words` are those behind "corun"; the last one is being written.
Completion completion_of(const std::vector<std::string>& words);

}  // namespace corun
