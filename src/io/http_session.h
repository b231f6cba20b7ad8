// Transfers that may share connections: one multi handle with its pool of easy handles. Knows nothing of requests.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "io/curl_bridge.h"
#include "io/http_handle.h"

namespace corun {

/// libcurl keeps one parsed CA bundle a multi handle, so each bundle has a session of its own.
class HttpSession {
 public:
  HttpSession(const CurlApi& api, Loop& loop, HttpHandleSettings settings, std::size_t max_connections)
      : api_(api),
        loop_(loop),
        settings_(std::move(settings)),
        most_idle_(max_connections),
        bridge_(api, loop, max_connections) {}

  /// A handle borrowed from the pool; or a new one, if it is for one exchange alone.
  class Lease {
   public:
    Lease(HttpSession& session, bool for_one) : session_(session), for_one_(for_one), handle_(session.take(for_one)) {}
    ~Lease() {
      if (!for_one_) session_.give_back(std::move(handle_));
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    HttpHandle& operator*() const { return *handle_; }
    HttpHandle* operator->() const { return handle_.get(); }

   private:
    HttpSession& session_;
    const bool for_one_;
    std::unique_ptr<HttpHandle> handle_;
  };

 private:
  std::unique_ptr<HttpHandle> take(bool for_one) {
    if (for_one || idle_.empty()) return std::make_unique<HttpHandle>(api_, loop_, bridge_, settings_);
    std::unique_ptr<HttpHandle> handle = std::move(idle_.back());
    idle_.pop_back();
    return handle;
  }
  void give_back(std::unique_ptr<HttpHandle> handle) {
    if (idle_.size() < most_idle_) idle_.push_back(std::move(handle));
  }

  const CurlApi& api_;
  Loop& loop_;
  const HttpHandleSettings settings_;
  const std::size_t most_idle_;
  CurlBridge bridge_;
  std::vector<std::unique_ptr<HttpHandle>> idle_;  // goes before the bridge its connections belong to
};

}  // namespace corun
