// Opening and reading of bodies' files. Knows nothing of requests.
#include "io/http_body_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "io/http_words.h"

namespace corun {

std::optional<Error> HttpBodyFile::open(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) return Error{"cannot read " + path + ": " + system_message(errno)};
  if (!S_ISREG(status.st_mode)) return Error{"cannot read " + path + ": not a regular file"};
  fd_ = std::move(fd);
  size_ = status.st_size;
  sent_ = 0;
  shrank_ = false;
  return std::nullopt;
}

std::size_t HttpBodyFile::on_read(char* bytes, std::size_t size, std::size_t count, void* file) {
  HttpBodyFile& self = *static_cast<HttpBodyFile*>(file);
  const std::size_t most = std::min(size * count, static_cast<std::size_t>(self.size_ - self.sent_));
  if (most == 0) return 0;
  ssize_t got = 0;
  do {
    got = ::pread(self.fd_.get(), bytes, most, self.sent_);
  } while (got < 0 && errno == EINTR);
  if (got <= 0) {
    self.shrank_ = true;
    return CURL_READFUNC_ABORT;
  }
  self.sent_ += got;
  return static_cast<std::size_t>(got);
}

int HttpBodyFile::on_seek(void* file, curl_off_t offset, int origin) {
  HttpBodyFile& self = *static_cast<HttpBodyFile*>(file);
  if (origin != SEEK_SET || offset < 0 || offset > self.size_) return CURL_SEEKFUNC_FAIL;
  self.sent_ = offset;
  return CURL_SEEKFUNC_OK;
}

}  // namespace corun
