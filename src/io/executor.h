// What carries out an action: commands with every expression resolved go in, results come out. Knows nothing of policies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/job_result.h"
#include "base/outcome.h"
#include "base/output_log.h"
#include "graph/job.h"
#include "loop/cancel.h"
#include "loop/task.h"

namespace corun {

/// Takes a process's output as it comes.
class OutputSink {
 public:
  virtual void write(Stream stream, std::string_view bytes) = 0;

 protected:
  ~OutputSink() = default;
};

/// A child process, ready to start.
struct ProcessCommand {
  std::vector<std::string> argv;           ///< at least one; argv[0] is looked up in PATH unless it has a slash
  std::vector<std::string> environment;    ///< `NAME=value`, added to the run's environment; the last of a name counts
  std::string working_dir;                 ///< "": the run's own
  std::optional<std::string> stdin_text;   ///< nothing: /dev/null
  std::optional<std::string> output_file;  ///< stdout also goes to this file (created or truncated)
  std::size_t output_max = 1 << 20;        ///< bytes kept of stdout and of stderr, each
  std::optional<Duration> idle_timeout;    ///< without a byte of output
  StopSettings stop;
  bool collects_outputs = false;  ///< whether what it writes to the file named by CORUN_OUTPUT is wanted
  bool wants_terminal = false;    ///< corun's own, if it has one: it reads and writes there, and nothing is kept
  OutputSink* output = nullptr;   ///< null: nobody listens
};

class HttpCookies;

/// What the attempts of one job keep for each other. It must not outlive the executor.
struct HttpJobState {
  std::shared_ptr<HttpCookies> cookies;  ///< of `cookies: job`; made at first use
  std::string idempotency_key;           ///< "": none yet
};

/// HttpAuth with every expression resolved.
struct HttpCredentials {
  HttpAuth::Kind kind = HttpAuth::Kind::none;
  std::string user;
  std::string password;
  std::string region;
  std::string service;
  std::string session_token;  ///< "": none
  std::string netrc_file;     ///< "": ~/.netrc
};

/// HttpPart with every expression resolved.
struct HttpPartData {
  std::string name;
  bool is_file = false;
  std::string value;                    ///< the text; of a file: its path
  std::optional<std::string> filename;  ///< nothing: of a file, its own
  std::string content_type;             ///< "": libcurl's guess for a file, else none
};

struct ActionResult;

/// Says whether a result is as expected before it has its effect.
class ResultJudge {
 public:
  virtual ~ResultJudge() = default;
  /// What is wrong with a `result` that is well as far as its executor can tell; nothing if it is as expected.
  virtual std::optional<Outcome> judge(const ActionResult& result) const = 0;
};

/// The file a response's body goes to instead of into memory.
struct SaveTarget {
  std::string file;      ///< at or below the working directory
  bool resume = false;   ///< a part that is there is continued, and what a broken transfer has brought stays
  std::string checksum;  ///< `sha256:…`; "": none
  SaveSpec::IfExists if_exists = SaveSpec::IfExists::fail;
  std::string part = {};               ///< what tells its `.part` from that of a transfer beside it
  std::vector<CodeRange> status;       ///< whose bodies are saved; empty: 200-299
  const ResultJudge* judge = nullptr;  ///< asked before the file gets its name; null: nobody
};

/// How SFTP logs in and knows the server.
struct SshLogin {
  std::string user;         ///< who logs in by key; "": that of the request's `auth`
  std::string key_file;     ///< "": the agent's keys and the usual ones
  std::string host_key;     ///< `SHA256:…`; "": what `known_hosts` says
  std::string known_hosts;  ///< "": ~/.ssh/known_hosts
};

/// HttpOptions with every expression resolved.
struct HttpRequestOptions {
  HttpCredentials auth;
  std::optional<std::string> tls_cert;
  std::optional<std::string> tls_key;
  std::optional<std::string> tls_pin;
  std::optional<std::string> proxy;
  std::optional<std::string> idempotency_key;  ///< "auto" until the engine has made one up
  std::vector<HttpPartData> multipart;
  HttpOptions::Cookies cookies = HttpOptions::Cookies::none;
  std::string cookie_session;
  bool deny_private = false;
  std::optional<SaveTarget> save;  ///< nothing: the body is kept in memory
  SshLogin ssh;
  Protocols protocols = kWebProtocols;
  std::uint32_t max_messages = 1;  ///< that an MQTT subscription waits for
};

/// An HTTP request, ready to be sent; or one of another protocol.
struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> query;  ///< appended to the URL's own, encoded
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::string> body;
  std::string body_file;     ///< "": none; else its bytes are the body
  std::string content_type;  ///< of the body, unless `headers` has one; "": none
  bool follow_redirects = false;
  bool redirects_same_origin = false;
  std::uint32_t max_redirects = 10;
  HttpSpec::Version version = HttpSpec::Version::automatic;
  bool tls_verify = true;
  std::string tls_ca;  ///< "": the system's
  std::size_t max_body = 16 << 20;
  bool at_most_once = false;  ///< never on a reused connection that may have died: not idempotent
  std::optional<Duration> connect_timeout;
  std::optional<Duration> idle_timeout;
  std::unique_ptr<HttpRequestOptions> options;  ///< null: none set
  HttpJobState* job = nullptr;                  ///< null: nothing is kept

  Protocols protocols() const { return options ? options->protocols : kWebProtocols; }
  const SaveTarget* save() const { return options && options->save ? &*options->save : nullptr; }
  bool is_multipart() const { return options && !options->multipart.empty(); }
  bool has_body() const { return body.has_value() || !body_file.empty() || is_multipart(); }
};

/// An SQL statement, ready to be sent.
struct SqlStatement {
  std::string dsn;
  std::string query;
  std::vector<std::string> params;  ///< JSON texts
  std::size_t max_rows = 100'000;
  std::size_t max_bytes = 16 << 20;  ///< of the rows as JSON
  std::optional<Duration> connect_timeout;
};

/// Where a body was saved.
struct SavedFile {
  std::string file;  ///< as asked for
  std::uint64_t size = 0;
};

/// What an action came to. `outcome.kind` is none, or the failure as far as the executor can judge: an exit code other
/// than 0 and a status other than 2xx are left for the engine to judge by `expect` (kind none, code and status set).
struct ActionResult {
  Outcome outcome;
  ResourceUsage usage;
  std::string stdout_text;  ///< at most output_max bytes, from the start
  std::string stderr_text;
  bool stdout_cut = false;  ///< there was more
  bool stderr_cut = false;
  std::string body;                                          ///< decoded; empty if it was saved
  std::vector<std::pair<std::string, std::string>> headers;  ///< of the last response, names as received
  std::string rows;                                          ///< of a statement, as JSON text: a list of maps
  std::uint64_t affected_rows = 0;                           ///< by a statement: inserted, changed, deleted or read
  std::string output_text;                                   ///< what a process wrote to the file named by CORUN_OUTPUT
  std::optional<SavedFile> saved;                            ///< by this action, or there already
  bool unrequested = false;                                  ///< the file was there already: nothing was asked for
};

using Command = std::variant<std::unique_ptr<ProcessCommand>, std::unique_ptr<HttpRequest>, std::unique_ptr<SqlStatement>>;

/// Carries out commands of one kind. Replaced by a scripted one in tests.
class Executor {
 public:
  virtual ~Executor() = default;

  /// Carries `command` out; ends only when nothing of it is left (process reaped, transfer closed). When `scope` is
  /// cancelled it stops with the command's grace, at once if forced, and gives outcome `cancelled` with the scope's
  /// reason, unless the action completed all the same. Never throws for what a command can do wrong.
  virtual Task<ActionResult> execute(const Command& command, CancelScope& scope) = 0;
};

}  // namespace corun
