// Building of multipart bodies. Knows nothing of requests.
#include "io/http_multipart.h"

#include <algorithm>
#include <new>

namespace corun {

std::optional<Error> HttpMultipart::build(CURL* easy, const std::vector<HttpPartData>& parts) {
  form_ = api_.mime_init(easy);
  if (form_ == nullptr) throw std::bad_alloc();
  for (const HttpPartData& data : parts) {
    curl_mimepart* part = api_.mime_addpart(form_);
    if (part == nullptr) throw std::bad_alloc();
    api_.mime_name(part, data.name.c_str());
    if (!data.content_type.empty()) api_.mime_type(part, data.content_type.c_str());
    if (data.is_file) {
      if (std::optional<Error> error = add_file(part, data)) return error;
    } else {
      api_.mime_data(part, data.value.data(), data.value.size());
      if (data.filename) api_.mime_filename(part, data.filename->c_str());
    }
  }
  return std::nullopt;
}

std::optional<Error> HttpMultipart::add_file(curl_mimepart* part, const HttpPartData& data) {
  HttpBodyFile& file = files_.emplace_back();
  if (std::optional<Error> error = file.open(data.value)) return error;
  api_.mime_data_cb(part, file.size(), &HttpBodyFile::on_read, &HttpBodyFile::on_seek, nullptr, &file);
  const std::string own_name = data.value.substr(data.value.rfind('/') + 1);
  api_.mime_filename(part, data.filename ? data.filename->c_str() : own_name.c_str());
  if (data.content_type.empty()) api_.mime_type(part, "application/octet-stream");
  return std::nullopt;
}

bool HttpMultipart::shrank() const { return std::ranges::any_of(files_, &HttpBodyFile::shrank); }

}  // namespace corun
