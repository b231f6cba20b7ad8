// Reads a whole file, or standard input. Knows nothing of what is in it.
#include "cli/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/unique_fd.h"
#include "cli/exit_code.h"
#include "cli/setup_error.h"

namespace corun {
namespace {

constexpr std::size_t kMostBytes = (64 << 20) + 1;
constexpr std::size_t kPiece = 64 << 10;

[[noreturn]] void fail(const std::string& path, int error) {
  throw SetupError(kExitNoInput, "can't read `" + path + "`: " + std::strerror(error));
}

}  // namespace

std::string read_file(const std::string& path) {
  const bool from_stdin = path == "-";
  const UniqueFd opened(from_stdin ? -1 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const int fd = from_stdin ? STDIN_FILENO : opened.get();
  if (fd < 0) fail(path, errno);
  struct stat status {};
  std::string text;
  if (::fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) text.reserve(static_cast<std::size_t>(status.st_size) + kPiece);
  std::size_t size = 0;
  while (size < kMostBytes) {
    text.resize(size + std::min(kPiece, kMostBytes - size));
    const ssize_t count = ::read(fd, text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path, errno);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  text.resize(size);
  return text;
}

}  // namespace corun
