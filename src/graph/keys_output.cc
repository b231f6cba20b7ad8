// The key table of `output`: what is kept of a process's output. Knows nothing of how it is read.
#include <array>

#include "graph/job_reader.h"
#include "graph/key_table.h"
#include "graph/read_values.h"

namespace corun {
namespace {

constexpr std::array kOutputKeys{
    Key{.name = "max",
        .shapes = kSize,
        .accepts = "a size",
        .default_text = "1MiB",
        .description = "Bytes of stdout, and of stderr, kept in memory.",
        .example = "max: 64KiB",
        .decode = set<&ProcessOptions::output_max, read_size>},
    Key{.name = "file",
        .shapes = kText,
        .accepts = "a path",
        .description = "A file that stdout also goes to.",
        .example = "file: out.txt",
        .decode = set<&ProcessOptions::output_file, read_text>},
};

}  // namespace

std::span<const Key> output_keys() { return kOutputKeys; }

}  // namespace corun
