// Finds the explanation of a code; those of YAML itself. Knows nothing of where codes are found.
#include "graph/explanations.h"

#include <algorithm>
#include <array>

#include "graph/error_codes.h"

namespace corun {
namespace {

constexpr std::array kExplanations{
    Explanation{code::kInvalidYaml,
                R"(The file can't be read as YAML at all, so nothing in it could be looked at.

The place is where the parser gave up; the mistake is often a little before it: a
quote or bracket that isn't closed, a line that stands too far left or right, or a
text with `: ` or ` #` in it that needs quotes.
)",
                R"(version: 1
jobs:
  hello: {run: echo hello
)",
                R"(version: 1
jobs:
  hello: {run: echo hello}
)"},
    Explanation{code::kTabIndentation,
                R"(YAML is indented by spaces. A tab looks like some number of them, but how many
differs from editor to editor, so YAML doesn't allow it there.

Tell the editor to write spaces in YAML files. Inside of a block text (`run: |`) tabs
are fine behind the spaces that indent it.
)",
                "version: 1\njobs:\n\thello: {run: echo hello}\n", "version: 1\njobs:\n  hello: {run: echo hello}\n"},
    Explanation{code::kNotText,
                R"(A job file is text in UTF-8. This one has bytes that can't be, or a NUL byte: it was
saved in another encoding (Latin-1, UTF-16), or it is no text file at all.

Save it as UTF-8, or convert it: `iconv -f latin1 -t utf-8 old.yaml > new.yaml`.
Here `\xE9` stands for the one byte that is an é in Latin-1.
)",
                R"(version: 1
name: caf\xE9
jobs:
  hello: {run: echo hello}
)",
                R"(version: 1
name: café
jobs:
  hello: {run: echo hello}
)"},
    Explanation{code::kManyDocuments,
                R"(A file holds one YAML document, which is one graph. A line `---` in the middle starts
a second one.

Put the jobs into one map, or make two files of it; one can run the other as a job by
`graph: {file: other.yaml}`.
)",
                R"(version: 1
jobs:
  build: {run: make}
---
version: 1
jobs:
  test: {run: make test}
)",
                R"(version: 1
jobs:
  build: {run: make}
  test: {needs: build, run: make test}
)"},
    Explanation{code::kTooLarge,
                R"(There are bounds, so that a mistake or somebody's trick can't take all memory: 64 MiB
of file, 64 lists and maps inside of one another, a million nodes behind aliases, ten
thousand combinations of a matrix.

Where there are that many items, they are known at run time rather than written down:
use `foreach` over what another job gives.
)",
                R"(version: 1
jobs:
  probe:
    matrix:
      a: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
      b: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
      c: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
      d: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    run: ./probe
)",
                R"(version: 1
jobs:
  probe:
    foreach: {items: "${{ [range(14641)] }}", max_concurrent: 8}
    run: ./probe ${{ .item }}
)"},
    Explanation{code::kTag,
                R"(Tags such as `!include` or `!vault` mean something to one program and nothing to
others. corun knows none but `!!str`: what a value is follows from how it is written, and
other files and secrets come in by keys, such as `dotenv`, `secrets` and
`graph: {file: …}`.
)",
                R"(version: 1
jobs:
  hello: {run: echo hello, env: !include common.env}
)",
                R"(version: 1
jobs:
  hello: {run: echo hello, dotenv: common.env}
)"},
    Explanation{code::kAlias,
                R"(`*name` stands for what `&name` marks. It must be marked earlier in the same file, and
can't stand inside of what it marks.
)",
                R"(version: 1
jobs:
  one: {run: echo one, env: *common}
  two: {run: echo two, env: &common {LANG: C}}
)",
                R"(version: 1
jobs:
  one: {run: echo one, env: &common {LANG: C}}
  two: {run: echo two, env: *common}
)"},
    Explanation{code::kEmptyFile,
                R"(There is nothing in the file, or only comments: it may have been cut off, or the
program that was to write it to standard input has failed.

`corun init` writes a first file.
)",
                "# nothing but this comment\n", "version: 1\njobs:\n  hello: {run: echo hello}\n"},
    Explanation{code::kMerge,
                R"(`<<: *name` puts the entries of a map into another one; entries that are written there
count more. What stands behind `<<` must be a map, or a list of maps.
)",
                R"(version: 1
jobs:
  one: {run: echo one, retry: &tries 3}
  two:
    <<: *tries
    run: echo two
)",
                R"(version: 1
jobs:
  one: &common {run: echo one, retry: 3}
  two:
    <<: *common
    run: echo two
)"},
};

}  // namespace

std::span<const Explanation> yaml_explanations() { return kExplanations; }

const Explanation& explanation_of(std::string_view code) {
  for (const auto& table : {yaml_explanations(), key_explanations(), graph_explanations(), warning_explanations()}) {
    const auto found = std::find_if(table.begin(), table.end(), [&](const Explanation& it) { return it.code == code; });
    if (found != table.end()) return *found;
  }
  static constexpr Explanation kNone{};
  return kNone;
}

}  // namespace corun
