// Sends HTTP requests and gives their responses, redirects included. Knows nothing of jobs, retries or expected statuses.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "io/curl_api.h"
#include "io/executor.h"
#include "io/http_cookies.h"
#include "io/http_headers.h"
#include "io/http_lookups.h"
#include "io/http_save.h"
#include "io/http_session.h"
#include "io/http_target.h"
#include "loop/loop.h"

namespace corun {

struct HttpSettings {
  std::size_t max_concurrency = 256;  ///< requests at once; so many connections are kept for reuse
  std::string user_agent = "corun";
};

/// Carries out HttpRequest commands. Admission is the caller's: every command starts at once.
class HttpExecutor final : public Executor {
 public:
  /// Loads libcurl, which takes some milliseconds: only where there is something to send. From now on the process ignores
  /// SIGPIPE. `loop` must outlive the executor.
  static Result<std::unique_ptr<HttpExecutor>> create(Loop& loop, HttpSettings settings);
  /// Closes every connection. No command may be running.
  ~HttpExecutor() override;

  /// A response with any status is a success here (kind none), unless it can't be taken whole. Redirects are followed if
  /// the request says so; then the last response counts.
  Task<ActionResult> execute(const Command& command, CancelScope& scope) override;

 private:
  HttpExecutor(const CurlApi& api, Loop& loop, HttpSettings settings);

  // Sends the request and those its redirects ask for; bodies go to `save` if it isn't null and wants them.
  Task<ActionResult> follow(const HttpRequest& request, HttpSave* save, CancelScope& scope);
  // The same for a request whose body is saved.
  Task<ActionResult> download(const HttpRequest& request, CancelScope& scope);
  // Sends one request and waits for its response or failure, which go into `result`. `connect_timeout` of the request
  // covers the wait for another request's lookup too.
  Task<void> exchange(const HttpRequest& request, const HttpHop& hop, HttpSave* save, CancelScope& scope, ActionResult& result);
  // Waits until the host's address is known or this request should look it up (`lead`); false if it can't be sent, with
  // the reason in `result`.
  Task<bool> wait_for_lookup(const HttpRequest& request, const HttpHop& hop, CancelScope& scope, ActionResult& result,
                             bool& lead);
  void take_response(HttpHandle& handle, const HttpRequest& request, const HttpHop& hop, ActionResult& result);
  HttpSession& session_for(const HttpRequest& request);
  // The store of a request that has cookies; null for the others.
  std::shared_ptr<HttpCookies> cookies_for(const HttpRequest& request);

  const CurlApi& api_;
  Loop& loop_;
  const HttpSettings settings_;
  CURLSH* share_;
  const std::string ca_file_;
  HttpTargetParser targets_;
  HttpHeaderCache headers_;
  HttpLookups lookups_;
  std::map<std::string, std::shared_ptr<HttpCookies>, std::less<>> cookie_sessions_;  // by name
  std::map<std::string, HttpSession, std::less<>> sessions_;                          // by CA file; "": the system's
};

}  // namespace corun
