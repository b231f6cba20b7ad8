// One request's life: checked, sent, redirected, answered. Knows nothing of jobs, retries or expected statuses.
#include "io/http_executor.h"

#include <csignal>
#include <new>
#include <stdexcept>
#include <utility>

#include "base/duration.h"
#include "io/http_ca_bundle.h"
#include "io/http_check.h"
#include "io/http_failure.h"
#include "io/http_redirect.h"
#include "io/http_response.h"

namespace corun {
namespace {

constexpr std::size_t kLookupsAtOnce = 32;  // each is a thread

Outcome cancelled(const CancelScope& scope) {
  Outcome outcome = failure(FailureKind::cancelled, to_string(scope.reason()));
  outcome.cancel_reason = scope.reason();
  return outcome;
}

Outcome connect_timed_out(const HttpTarget& target) {
  HttpTransferEnd end;
  end.code = CURLE_OPERATION_TIMEDOUT;
  return failure_of(end, target);
}

}  // namespace

Result<std::unique_ptr<HttpExecutor>> HttpExecutor::create(Loop& loop, HttpSettings settings) {
  const Result<const CurlApi*>& api = load_curl();
  if (!api) return api.error();
  // OpenSSL writes to sockets without MSG_NOSIGNAL.
  std::signal(SIGPIPE, SIG_IGN);
  return std::unique_ptr<HttpExecutor>(new HttpExecutor(**api, loop, std::move(settings)));
}

HttpExecutor::HttpExecutor(const CurlApi& api, Loop& loop, HttpSettings settings)
    : api_(api),
      loop_(loop),
      settings_(std::move(settings)),
      share_(api.share_init()),
      ca_file_(find_ca_bundle()),
      targets_(api),
      headers_(api),
      lookups_(loop, kLookupsAtOnce) {
  if (share_ == nullptr) throw std::bad_alloc();
  api_.share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
  api_.share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
}

HttpExecutor::~HttpExecutor() {
  sessions_.clear();
  api_.share_cleanup(share_);
}

HttpSession& HttpExecutor::session_for(const HttpRequest& request) {
  if (const auto found = sessions_.find(request.tls_ca); found != sessions_.end()) return found->second;
  HttpHandleSettings settings;
  settings.ca_file = request.tls_ca.empty() ? ca_file_ : request.tls_ca;
  settings.proxy_ca_file = ca_file_;
  settings.user_agent = settings_.user_agent;
  settings.share = share_;
  return sessions_.try_emplace(request.tls_ca, api_, loop_, std::move(settings), settings_.max_concurrency).first->second;
}

std::shared_ptr<HttpCookies> HttpExecutor::cookies_for(const HttpRequest& request) {
  if (!request.options || request.options->cookies == HttpOptions::Cookies::none) return nullptr;
  if (request.options->cookies == HttpOptions::Cookies::session) {
    std::shared_ptr<HttpCookies>& cookies = cookie_sessions_[request.options->cookie_session];
    if (cookies == nullptr) cookies = std::make_shared<HttpCookies>(api_);
    return cookies;
  }
  if (request.job == nullptr) throw std::logic_error("cookies of a job without a job");
  if (request.job->cookies == nullptr) request.job->cookies = std::make_shared<HttpCookies>(api_);
  return request.job->cookies;
}

// Not a coroutine itself: every frame costs a request some of its time.
Task<ActionResult> HttpExecutor::execute(const Command& command, CancelScope& scope) {
  const HttpRequest& request = *std::get<std::unique_ptr<HttpRequest>>(command);
  return request.save() != nullptr ? download(request, scope) : follow(request, nullptr, scope);
}

Task<ActionResult> HttpExecutor::download(const HttpRequest& request, CancelScope& scope) {
  ActionResult result;
  HttpSave save(*request.save());
  if (save.open(result)) co_return result;
  while (save.prepare() && !scope.cancelled()) {
    co_await Sleep(loop_, loop_.now(), scope);  // others have their turn
  }
  result = co_await follow(request, &save, scope);
  if (save.settle(result)) {
    result = co_await follow(request, &save, scope);
    result.outcome.unsent = false;
    save.settle(result);
  }
  co_return result;
}

Task<ActionResult> HttpExecutor::follow(const HttpRequest& request, HttpSave* save, CancelScope& scope) {
  ActionResult result;
  if (std::optional<std::string> problem = problem_with(request)) {
    result.outcome = failure(FailureKind::invalid_request, std::move(*problem));
    co_return result;
  }
  Result<HttpTarget> target = targets_.parse(request.url, request.query, request.protocols());
  if (!target) {
    result.outcome = failure(FailureKind::invalid_request, target.error().message);
    co_return result;
  }
  if (std::optional<std::string> problem = problem_with_protocol(request, target->protocol)) {
    result.outcome = failure(FailureKind::invalid_request, std::move(*problem));
    co_return result;
  }
  if (request.version == HttpSpec::Version::http_2 && !target->secure) {
    result.outcome = failure(FailureKind::invalid_request, "HTTP/2 needs an https URL");
    co_return result;
  }
  HttpHop hop = first_hop(request, std::move(*target));
  for (std::uint32_t redirects = 0;; ++redirects) {
    if (scope.cancelled()) {
      result = ActionResult();
      result.outcome = cancelled(scope);
      result.outcome.unsent = redirects == 0;
      co_return result;
    }
    co_await exchange(request, hop, save, scope, result);
    if (redirects > 0) result.outcome.unsent = false;  // the first request has been sent
    if (!result.outcome.ok() || !request.follow_redirects || !is_redirect(result.outcome.http_status)) co_return result;
    const std::string* location = find_header(result.headers, "Location");
    if (location == nullptr) co_return result;
    std::string refusal;
    if (redirects >= request.max_redirects) {
      refusal = "more than " + std::to_string(request.max_redirects) + " redirects";
    } else {
      Result<HttpHop> next = next_hop(targets_, request, hop, result.outcome.http_status, *location);
      if (next) {
        hop = std::move(*next);
      } else {
        refusal = next.error().message;
      }
    }
    if (!refusal.empty()) {
      result.outcome.kind = FailureKind::too_many_redirects;
      result.outcome.message = std::move(refusal);
      co_return result;
    }
    result = ActionResult();
  }
}

Task<void> HttpExecutor::exchange(const HttpRequest& request, const HttpHop& hop, HttpSave* save, CancelScope& scope,
                                  ActionResult& result) {
  const TimePoint begin = request.connect_timeout ? loop_.now() : TimePoint();
  bool lead = false;
  const bool through_proxy = request.options && request.options->proxy;  // which looks the name up
  if (!through_proxy && !hop.target.is_address() && !lookups_.fresh(hop.target.authority())) {
    const bool may_go = co_await wait_for_lookup(request, hop, scope, result, lead);
    if (!may_go) co_return;
  }
  std::optional<Duration> connect_timeout = request.connect_timeout;
  if (connect_timeout) *connect_timeout -= loop_.now() - begin;

  HttpSession::Lease handle(session_for(request), has_extras(request));
  if (std::shared_ptr<HttpCookies> cookies = cookies_for(request)) handle->use_cookies(std::move(cookies));
  if (save != nullptr) save->begin_exchange();
  std::shared_ptr<const HttpHeaderList> headers =
      headers_.list_for(request, hop, save != nullptr ? save->header_lines() : std::string());
  if (lead) handle->lead_lookup(lookups_, hop.target.authority());
  if (std::optional<Error> error = handle->prepare(request, hop, std::move(headers), connect_timeout, save)) {
    handle->give_up_lookup();
    result.outcome = failure(FailureKind::invalid_request, std::move(error->message));
    co_return;
  }
  handle->start();
  // With an idle timeout, looks up each time one may have passed.
  Event::Wake wake = Event::Wake::deadline;
  for (bool waits = true; waits;) {
    const TimePoint deadline = request.idle_timeout ? handle->last_activity() + *request.idle_timeout : TimePoint::max();
    wake = co_await handle->done().wait(scope, deadline);
    waits = wake == Event::Wake::deadline && handle->last_activity() + *request.idle_timeout > loop_.now();
  }
  if (wake == Event::Wake::set) {
    take_response(*handle, request, hop, result);
    co_return;
  }
  handle->stop();
  if (wake == Event::Wake::cancelled) {
    result.outcome = cancelled(scope);
  } else {
    result.outcome = failure(FailureKind::idle_timeout, "nothing received or sent for " + format_duration(*request.idle_timeout));
  }
  result.outcome.unsent = !handle->request_begun();
}

Task<bool> HttpExecutor::wait_for_lookup(const HttpRequest& request, const HttpHop& hop, CancelScope& scope, ActionResult& result,
                                         bool& lead) {
  const TimePoint deadline = request.connect_timeout ? loop_.now() + *request.connect_timeout : TimePoint::max();
  DeadlineScope bounded(loop_, scope, deadline, CancelReason::attempt_timeout);
  const HttpLookups::Turn turn = co_await lookups_.wait(hop.target.authority(), bounded);
  lead = turn == HttpLookups::Turn::lead;
  if (lead || turn == HttpLookups::Turn::go) co_return true;
  if (turn == HttpLookups::Turn::failed) {
    HttpTransferEnd end;
    end.code = CURLE_COULDNT_RESOLVE_HOST;
    result.outcome = failure_of(end, hop.target);
  } else if (scope.cancelled()) {
    result.outcome = cancelled(scope);
    result.outcome.unsent = true;
  } else {
    result.outcome = connect_timed_out(hop.target);
  }
  co_return false;
}

void HttpExecutor::take_response(HttpHandle& handle, const HttpRequest& request, const HttpHop& hop, ActionResult& result) {
  HttpResponse& response = handle.response();
  const std::string* wait = find_header(response.headers(), "Retry-After");
  if (std::optional<Outcome> broken = handle.failure(hop.target)) {
    result.outcome = std::move(*broken);
  } else if (request.version == HttpSpec::Version::http_2 && !handle.over_http_2()) {
    result.outcome = failure(FailureKind::invalid_request, hop.target.authority() + " doesn't speak HTTP/2");
    result.outcome.http_status = handle.status();
  } else {
    result.outcome.http_status = handle.status();
    result.body = response.take_body();
  }
  if (wait != nullptr) result.outcome.retry_after = retry_after(*wait, loop_.clock().wall_now(), api_.getdate);
  result.headers = response.take_headers();
  if (!handle.topic().empty()) result.headers.emplace_back("Topic", handle.topic());
}

}  // namespace corun
