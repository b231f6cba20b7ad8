// Finds libcurl's functions in the shared library. Knows nothing of what they are used for.
#include "io/curl_api.h"

#include <string>

#include "base/shared_library.h"

namespace corun {
namespace {

Result<const CurlApi*> load() {
  SharedLibrary library("libcurl.so.4");
  if (!library.problem().empty()) return Error{"HTTP needs libcurl: " + library.problem()};
  static CurlApi api;
  library.find("curl_global_init", api.global_init);
  library.find("curl_free", api.free);
  library.find("curl_getdate", api.getdate);
  library.find("curl_easy_init", api.easy_init);
  library.find("curl_easy_cleanup", api.easy_cleanup);
  library.find("curl_easy_setopt", api.easy_setopt);
  library.find("curl_easy_getinfo", api.easy_getinfo);
  library.find("curl_easy_strerror", api.easy_strerror);
  library.find("curl_easy_pause", api.easy_pause);
  library.find("curl_multi_init", api.multi_init);
  library.find("curl_multi_cleanup", api.multi_cleanup);
  library.find("curl_multi_setopt", api.multi_setopt);
  library.find("curl_multi_add_handle", api.multi_add_handle);
  library.find("curl_multi_remove_handle", api.multi_remove_handle);
  library.find("curl_multi_socket_action", api.multi_socket_action);
  library.find("curl_multi_info_read", api.multi_info_read);
  library.find("curl_multi_strerror", api.multi_strerror);
  library.find("curl_share_init", api.share_init);
  library.find("curl_share_cleanup", api.share_cleanup);
  library.find("curl_share_setopt", api.share_setopt);
  library.find("curl_slist_append", api.slist_append);
  library.find("curl_slist_free_all", api.slist_free_all);
  library.find("curl_mime_init", api.mime_init);
  library.find("curl_mime_free", api.mime_free);
  library.find("curl_mime_addpart", api.mime_addpart);
  library.find("curl_mime_name", api.mime_name);
  library.find("curl_mime_type", api.mime_type);
  library.find("curl_mime_filename", api.mime_filename);
  library.find("curl_mime_data", api.mime_data);
  library.find("curl_mime_data_cb", api.mime_data_cb);
  library.find("curl_url", api.url);
  library.find("curl_url_cleanup", api.url_cleanup);
  library.find("curl_url_set", api.url_set);
  library.find("curl_url_get", api.url_get);
  library.find("curl_url_strerror", api.url_strerror);
  if (!library.missing().empty()) return Error{"HTTP needs libcurl 7.85 or newer: this one has no " + library.missing()};
  if (const CURLcode code = api.global_init(CURL_GLOBAL_DEFAULT); code != CURLE_OK) {
    return Error{std::string("libcurl can't be initialised: ") + api.easy_strerror(code)};
  }
  return &api;
}

}  // namespace

const Result<const CurlApi*>& load_curl() {
  static const Result<const CurlApi*> loaded = load();
  return loaded;
}

}  // namespace corun
