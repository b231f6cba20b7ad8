// libcurl's functions, found at run time, so that only a graph with HTTP pays for loading it. Knows nothing of requests.
#pragma once

#include <curl/curl.h>

#include "base/result.h"

namespace corun {

/// libcurl's functions under their own names without the `curl_` prefix.
struct CurlApi {
  decltype(&curl_global_init) global_init;
  decltype(&curl_free) free;
  decltype(&curl_getdate) getdate;
  decltype(&curl_easy_init) easy_init;
  decltype(&curl_easy_cleanup) easy_cleanup;
  decltype(&curl_easy_setopt) easy_setopt;
  decltype(&curl_easy_getinfo) easy_getinfo;
  decltype(&curl_easy_strerror) easy_strerror;
  decltype(&curl_easy_pause) easy_pause;
  decltype(&curl_multi_init) multi_init;
  decltype(&curl_multi_cleanup) multi_cleanup;
  decltype(&curl_multi_setopt) multi_setopt;
  decltype(&curl_multi_add_handle) multi_add_handle;
  decltype(&curl_multi_remove_handle) multi_remove_handle;
  decltype(&curl_multi_socket_action) multi_socket_action;
  decltype(&curl_multi_info_read) multi_info_read;
  decltype(&curl_multi_strerror) multi_strerror;
  decltype(&curl_share_init) share_init;
  decltype(&curl_share_cleanup) share_cleanup;
  decltype(&curl_share_setopt) share_setopt;
  decltype(&curl_slist_append) slist_append;
  decltype(&curl_slist_free_all) slist_free_all;
  decltype(&curl_mime_init) mime_init;
  decltype(&curl_mime_free) mime_free;
  decltype(&curl_mime_addpart) mime_addpart;
  decltype(&curl_mime_name) mime_name;
  decltype(&curl_mime_type) mime_type;
  decltype(&curl_mime_filename) mime_filename;
  decltype(&curl_mime_data) mime_data;
  decltype(&curl_mime_data_cb) mime_data_cb;
  decltype(&curl_url) url;
  decltype(&curl_url_cleanup) url_cleanup;
  decltype(&curl_url_set) url_set;
  decltype(&curl_url_get) url_get;
  decltype(&curl_url_strerror) url_strerror;
};

/// Loads and initialises libcurl at the first call; later calls give the same answer. It stays loaded. An error if it is
/// missing or too old.
const Result<const CurlApi*>& load_curl();

}  // namespace corun
