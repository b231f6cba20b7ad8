// The options of an easy handle that few requests need: downloads into files, protocols other than HTTP. Knows nothing of
// redirects.
#include <cstdlib>
#include <string>

#include "io/http_handle.h"

namespace corun {
namespace {

constexpr long kUsualBuffer = 16 * 1024;
constexpr long kDownloadBuffer = 512 * 1024;  // fewer and larger writes

std::string usual_known_hosts() {
  const char* home = std::getenv("HOME");
  return home != nullptr && *home != '\0' ? std::string(home) + "/.ssh/known_hosts" : "";
}

const char* text_or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

}  // namespace

void HttpHandle::prepare_save(const HttpHop& hop, HttpSave* save) {
  save_ = save;
  const bool identity = save != nullptr && save->resumes();
  if (identity != applied_.identity) {
    api_.easy_setopt(easy_, CURLOPT_ACCEPT_ENCODING, (applied_.identity = identity) ? "identity" : "");
  }
  const long buffer = save != nullptr ? kDownloadBuffer : kUsualBuffer;
  if (buffer != applied_.buffer) set(CURLOPT_BUFFERSIZE, applied_.buffer = buffer);
  // Of HTTP the range is asked for by headers.
  const bool skips = save != nullptr && save->resumes() && !is_web(hop.target.protocol);
  const curl_off_t offset = skips ? static_cast<curl_off_t>(save->offset()) : 0;
  if (offset != applied_.offset) api_.easy_setopt(easy_, CURLOPT_RESUME_FROM_LARGE, applied_.offset = offset);
}

void HttpHandle::prepare_protocol(const HttpRequest& request, const HttpHop& hop) {
  const Protocol protocol = hop.target.protocol;
  protocol_ = protocol;
  const Protocol group = is_web(protocol) ? Protocol::http : protocol;
  all_received_ = false;
  const bool subscribes = protocol == Protocol::mqtt && hop.method == "GET";
  messages_.begin(subscribes ? request.options->max_messages : 0, request.max_body);
  if (group == Protocol::http && applied_.protocol == Protocol::http) return;
  applied_.protocol = group;
  api_.easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, group == Protocol::http ? "http,https" : to_string(protocol));
  if (group == Protocol::http) {
    api_.easy_setopt(easy_, CURLOPT_USERNAME, static_cast<const char*>(nullptr));
    api_.easy_setopt(easy_, CURLOPT_PASSWORD, static_cast<const char*>(nullptr));
    set(CURLOPT_FRESH_CONNECT, (applied_.fresh_connection = request.at_most_once) ? 1 : 0);
    set(CURLOPT_FORBID_REUSE, 0);
    return;
  }
  const HttpCredentials& auth = request.options->auth;
  const SshLogin& ssh = request.options->ssh;
  api_.easy_setopt(easy_, CURLOPT_USERNAME, text_or_null(auth.user.empty() ? ssh.user : auth.user));
  api_.easy_setopt(easy_, CURLOPT_PASSWORD, text_or_null(auth.password));
  // libcurl would take up a connection with MQTT's greeting, or one to a server that another host key was asked of.
  const bool alone = protocol == Protocol::mqtt || (protocol == Protocol::sftp && !ssh.host_key.empty());
  set(CURLOPT_FRESH_CONNECT, alone || request.at_most_once ? 1 : 0);
  applied_.fresh_connection = alone || request.at_most_once;
  set(CURLOPT_FORBID_REUSE, alone ? 1 : 0);
  if (protocol == Protocol::sftp) prepare_ssh(ssh, !auth.password.empty());
}

// Without a fingerprint or a file of known hosts libcurl would trust any server.
void HttpHandle::prepare_ssh(const SshLogin& ssh, bool by_password) {
  const std::string fingerprint = ssh.host_key.empty() ? "" : ssh.host_key.substr(ssh.host_key.find(':') + 1);
  const std::string known_hosts = !ssh.known_hosts.empty() ? ssh.known_hosts : usual_known_hosts();
  api_.easy_setopt(easy_, CURLOPT_SSH_HOST_PUBLIC_KEY_SHA256, text_or_null(fingerprint));
  api_.easy_setopt(easy_, CURLOPT_SSH_KNOWNHOSTS, fingerprint.empty() ? known_hosts.c_str() : nullptr);
  api_.easy_setopt(easy_, CURLOPT_SSH_PRIVATE_KEYFILE, text_or_null(ssh.key_file));
  const long password_types = CURLSSH_AUTH_PASSWORD | CURLSSH_AUTH_KEYBOARD;
  const long key_types = CURLSSH_AUTH_PUBLICKEY | CURLSSH_AUTH_AGENT;
  set(CURLOPT_SSH_AUTH_TYPES, by_password ? password_types : key_types);
}

// If an FTP server names the data connection's port before libcurl looks away, libcurl waits for another word of it instead of
// connecting (7.88). It then takes no event of any socket for this transfer; a pause that is over has it look again.
void HttpHandle::on_timer() {
  api_.easy_pause(easy_, CURLPAUSE_SEND);
  api_.easy_pause(easy_, CURLPAUSE_CONT);
}

bool HttpHandle::keep(std::string_view bytes) {
  long status = 0;
  if (save_ != nullptr && is_web(protocol_)) api_.easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  if (save_ != nullptr && save_->wants(static_cast<int>(status), response_.headers())) return save_->write(bytes);
  return response_.add_body(bytes);
}

bool HttpHandle::keep_message(std::string_view bytes) {
  curl_off_t size = 0;
  api_.easy_getinfo(easy_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size);
  const std::optional<std::string> payload = messages_.take(bytes, size > 0 ? static_cast<std::size_t>(size) : 0);
  if (messages_.broken()) return false;
  if (!payload) return true;
  const bool kept = keep(*payload);
  all_received_ = kept && messages_.complete();
  return kept && !all_received_;
}

}  // namespace corun
