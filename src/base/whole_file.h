// Writes a file whole or not at all. Knows nothing of what is in it.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace corun {

/// Puts `text` at `path` in one step, under another name until it is complete: who reads it finds the old file or the new one.
/// What was there is left alone if it fails. Gives an errno; 0: done.
int replace_file(const std::string& path, std::string_view text, mode_t mode);

/// The bytes of a file, at most `most`; "" if it can't be read.
std::string read_whole_file(const std::string& path, std::size_t most);

}  // namespace corun
