// The table from libcurl's codes to failures. Knows nothing of running transfers.
#include "io/http_failure.h"

#include <cerrno>
#include <optional>
#include <utility>

#include "io/http_words.h"

namespace corun {
namespace {

std::string with_detail(std::string text, std::string_view detail) {
  if (!detail.empty()) text += ": " + lower_first(detail);
  return text;
}

std::string language_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::http:
    case Protocol::https: return "HTTP";
    case Protocol::ftp:
    case Protocol::ftps: return "FTP";
    case Protocol::sftp: return "SFTP";
    case Protocol::mqtt: return "MQTT";
  }
  return "";
}

std::string proof_of(Protocol protocol) { return protocol == Protocol::sftp ? "host key of " : "certificate of "; }

std::string broken_connection(const HttpTransferEnd& end, const HttpTarget& target) {
  if (end.headers_complete) {
    std::string text = "server closed the connection after " + std::to_string(end.received);
    if (end.expected >= 0) text += " of " + std::to_string(end.expected);
    return text + " bytes";
  }
  if (end.code == CURLE_OK) return "server closed the connection within the headers";
  if (end.code == CURLE_GOT_NOTHING) return "server closed the connection without a response";
  if (end.system_error != 0) return "connection to " + target.authority() + " broke: " + system_message(end.system_error);
  return with_detail("connection to " + target.authority() + " broke", end.detail);
}

// How a broker answered a connection that it doesn't take: MQTT 3.1.1 §3.2.2.3, in libcurl's words. Nothing if it isn't that.
std::optional<Outcome> refused_by_broker(const HttpTransferEnd& end, const HttpTarget& target) {
  constexpr std::string_view kAnswer = "Expected 0000 but got 00";
  const std::string_view detail = end.detail;
  if (target.protocol != Protocol::mqtt || end.code != CURLE_WEIRD_SERVER_REPLY || !detail.starts_with(kAnswer))
    return std::nullopt;
  const std::string_view code = detail.substr(kAnswer.size());
  const std::string peer = target.authority();
  if (code == "04" || code == "05") return failure(FailureKind::refused, peer + " refused the login");
  if (code == "03") return failure(FailureKind::transfer, peer + " isn't available");
  return failure(FailureKind::refused, peer + " refused the connection with code " + std::string(code));
}

// What a proxy did to a request; nothing if it isn't to blame.
std::optional<Outcome> failure_of_proxy(const HttpTransferEnd& end) {
  const std::string proxy = "the proxy " + std::string(end.proxy);
  if (end.proxy.empty() || end.request_begun) return std::nullopt;
  if (end.proxy_status >= 300) {
    // A server's error may pass; that it doesn't let us through will not.
    const FailureKind kind = end.proxy_status >= 500 ? FailureKind::connect : FailureKind::invalid_request;
    return failure(kind, proxy + " refused with HTTP " + std::to_string(end.proxy_status));
  }
  switch (end.code) {
    case CURLE_COULDNT_RESOLVE_PROXY: return failure(FailureKind::resolve, "could not resolve " + proxy);
    case CURLE_PROXY: return failure(FailureKind::connect, with_detail(proxy + " failed", end.detail));
    case CURLE_COULDNT_CONNECT:
      return failure(FailureKind::connect,
                     "could not connect to " + proxy + (end.system_error != 0 ? ": " + system_message(end.system_error) : ""));
    default: return std::nullopt;
  }
}

}  // namespace

Outcome failure_of(const HttpTransferEnd& end, const HttpTarget& target) {
  const std::string peer = target.authority();
  if (std::optional<Outcome> by_proxy = failure_of_proxy(end)) {
    by_proxy->unsent = true;
    return *std::move(by_proxy);
  }
  Outcome outcome;
  switch (end.code) {
    case CURLE_COULDNT_RESOLVE_HOST: outcome = failure(FailureKind::resolve, "could not resolve host " + target.host); break;
    case CURLE_COULDNT_CONNECT:
      outcome = failure(FailureKind::connect,
                        "could not connect to " + peer + (end.system_error != 0 ? ": " + system_message(end.system_error) : ""));
      outcome.network_down = end.system_error == ENETDOWN || end.system_error == ENETUNREACH;
      break;
    case CURLE_OPERATION_TIMEDOUT:  // no other limit of libcurl's is ever set
      outcome = failure(FailureKind::connect_timeout, "connecting to " + peer + " timed out");
      break;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_USE_SSL_FAILED:
      outcome = failure(FailureKind::tls_handshake, with_detail("TLS handshake with " + peer + " failed", end.detail));
      break;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
      outcome = failure(FailureKind::tls_trust, with_detail(proof_of(target.protocol) + peer + " not trusted", end.detail));
      break;
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
      outcome = failure(FailureKind::invalid_request, with_detail("CA file can't be used", end.detail));
      break;
    case CURLE_SSL_CERTPROBLEM:
      outcome = failure(FailureKind::invalid_request, with_detail("client certificate can't be used", end.detail));
      break;
    case CURLE_URL_MALFORMAT:
      outcome = failure(FailureKind::invalid_request, with_detail("invalid URL " + target.url, end.detail));
      break;
    case CURLE_OK:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE: outcome = failure(FailureKind::transfer, broken_connection(end, target)); break;
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      // Also what libcurl calls a malformed chunk, which its own words tell better.
      outcome = failure(FailureKind::transfer, end.headers_complete && !end.detail.empty() && end.system_error == 0
                                                   ? with_detail("response of " + peer + " broke off", end.detail)
                                                   : broken_connection(end, target));
      break;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      if (std::optional<Outcome> refused = refused_by_broker(end, target)) {
        refused->unsent = true;
        return *std::move(refused);
      }
      outcome =
          failure(FailureKind::transfer, with_detail(peer + " doesn't answer with " + language_of(target.protocol), end.detail));
      break;
    case CURLE_LOGIN_DENIED: outcome = failure(FailureKind::refused, with_detail(peer + " refused the login", end.detail)); break;
    case CURLE_REMOTE_ACCESS_DENIED:
    case CURLE_REMOTE_FILE_NOT_FOUND:
    case CURLE_FTP_COULDNT_RETR_FILE:
      outcome = failure(FailureKind::refused, with_detail(peer + " has no such file to give", end.detail));
      break;
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WRITE_ERROR:  // bytes after the end of a compressed body: all else that ends a transfer so is known before
      outcome = failure(FailureKind::transfer, with_detail("response of " + peer + " can't be decoded", end.detail));
      break;
    case CURLE_FAILED_INIT:
      outcome = target.protocol == Protocol::sftp  // no greeting of SSH
                    ? failure(FailureKind::transfer, with_detail(peer + " doesn't answer with SFTP", end.detail))
                    : failure(FailureKind::internal, with_detail("libcurl failed", end.detail));
      break;
    case CURLE_OUT_OF_MEMORY:
    case CURLE_BAD_FUNCTION_ARGUMENT:
      // A header line beyond libcurl's bound is "out of memory" too.
      outcome = end.code == CURLE_OUT_OF_MEMORY && end.request_begun && !end.headers_complete
                    ? failure(FailureKind::transfer, "response of " + peer + " has too long a header")
                    : failure(FailureKind::internal, with_detail("libcurl failed", end.detail));
      break;
    default:
      outcome = failure(FailureKind::transfer,
                        with_detail("transfer with " + peer + " failed", end.detail.empty() ? end.meaning : end.detail));
      break;
  }
  outcome.unsent = !end.request_begun;
  return outcome;
}

}  // namespace corun
