// Reads a whole file, or standard input. Knows nothing of what is in it.
#include "cli/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "base/text.h"
#include "base/unique_fd.h"
#include "cli/exit_code.h"
#include "cli/setup_error.h"

namespace corun {
namespace {

constexpr std::size_t kMostBytes = (64 << 20) + 1;
constexpr std::size_t kPiece = 64 << 10;

// All of a descriptor; an error's number if that fails.
std::variant<std::string, int> read_all(int fd) {
  struct stat status {};
  std::string text;
  if (::fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) text.reserve(static_cast<std::size_t>(status.st_size) + kPiece);
  std::size_t size = 0;
  while (size < kMostBytes) {
    text.resize(size + std::min(kPiece, kMostBytes - size));
    const ssize_t count = ::read(fd, text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  text.resize(size);
  return text;
}

std::variant<std::string, int> read_path(const std::string& path) {
  if (path == "-") return read_all(STDIN_FILENO);
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return errno;
  return read_all(file.get());
}

// "; did you mean `b.yaml`?" if beside the missing `path` there is a file of a similar name, else "".
std::string similar_file(const std::string& path) {
  constexpr std::size_t kMostNames = 1000;
  const std::filesystem::path missing(path);
  std::error_code error;
  std::filesystem::directory_iterator entry(missing.has_parent_path() ? missing.parent_path() : ".", error);
  std::vector<std::string> names;
  for (; !error && entry != std::filesystem::directory_iterator() && names.size() < kMostNames; entry.increment(error)) {
    std::error_code unknown;
    std::string name = entry->path().filename().string();
    if (!name.starts_with('.') && entry->is_regular_file(unknown)) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  const std::string wanted = missing.filename().string();
  const std::string_view similar = most_similar(wanted, candidates);
  if (similar.empty()) return {};
  return "; did you mean `" + path.substr(0, path.size() - wanted.size()) + std::string(similar) + "`?";
}

}  // namespace

std::string read_file(const std::string& path) {
  std::variant<std::string, int> text = read_path(path);
  if (const int* error = std::get_if<int>(&text)) {
    throw SetupError(kExitNoInput,
                     "can't read `" + path + "`: " + std::strerror(*error) + (*error == ENOENT ? similar_file(path) : ""));
  }
  return std::get<std::string>(std::move(text));
}

Result<std::string> try_read_file(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));  // a pipe nobody writes to isn't waited for
  if (file.get() < 0) return Error{std::strerror(errno)};
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return Error{std::strerror(errno)};
  if (S_ISDIR(status.st_mode)) return Error{std::strerror(EISDIR)};
  if (!S_ISREG(status.st_mode)) return Error{"Not a regular file"};
  std::variant<std::string, int> text = read_all(file.get());
  if (const int* error = std::get_if<int>(&text)) return Error{std::strerror(*error)};
  return std::get<std::string>(std::move(text));
}

}  // namespace corun
