// What a job file says, as plain data. Knows nothing of YAML, of how jobs run, or of what they came to.
//
// Everything is as written: expressions are still text. Defaults are those of format.md and resilience.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/policy_settings.h"
#include "graph/protocol.h"
#include "graph/unattended.h"
#include "graph/value.h"

namespace corun {

/// Index of a job in its group's `jobs`.
using JobIndex = std::uint32_t;

/// A name with a text: a header, a query parameter, a variable of the environment.
struct NamedText {
  std::string name;
  Text text;
};

// --- actions ---

/// Settings of a child process that few jobs have.
struct ProcessOptions {
  std::vector<std::string> dotenv;                                 ///< paths, whose variables are added first
  std::vector<std::pair<std::string, std::string>> dotenv_values;  ///< what they hold, once they have been read
  std::vector<NamedText> env;                                      ///< added to the run's environment
  std::optional<Text> working_dir;                                 ///< relative to the run's directory
  std::optional<Text> stdin_text;                                  ///< else /dev/null
  std::vector<std::string> shell;    ///< from `shell:`; empty: sh -eu. One word or an argv the script is appended to
  std::optional<Text> output_file;   ///< `output.file`: stdout also goes there
  bool tty = false;                  ///< it has corun's terminal while it runs
  std::size_t output_max = 1 << 20;  ///< `output.max`: bytes of stdout, and of stderr, kept in memory
};

/// `run`: a child process. Exactly one of `argv` and `script` is used.
struct RunSpec {
  std::vector<Text> argv;  ///< `run: [a, b]`: executed as it is
  Text script;             ///< `run: text`: a shell script (executed directly where that can't be told apart)
};

/// `auth`: how a request proves who sends it.
struct HttpAuth {
  enum class Kind : std::uint8_t { none, basic, digest, bearer, aws_sigv4, netrc };

  Kind kind = Kind::none;   ///< none: `auth: none`, where the defaults have some
  bool whole_pair = false;  ///< `user` is `user:password`
  Text user;                ///< of basic and digest; of aws_sigv4: the access key
  Text password;            ///< of basic and digest; of bearer: the token; of aws_sigv4: the secret key
  Text region;              ///< of aws_sigv4
  Text service;
  std::optional<Text> session_token;
  Text netrc_file;  ///< empty: ~/.netrc
};

/// One part of `multipart`.
struct HttpPart {
  std::string name;
  bool is_file = false;
  Text value;  ///< the text; of a file: its path
  std::optional<Text> filename;
  std::optional<Text> content_type;
};

/// `tls`, but for what most requests that have it say (`verify`, `ca`).
struct HttpTls {
  std::optional<Text> cert;  ///< PEM file
  std::optional<Text> key;   ///< PEM file; else it is in that of `cert`
  std::optional<Text> pin;   ///< `sha256//…`, one or more with `;` between
};

/// `save`: the file a response's body goes to.
struct SaveSpec {
  enum class IfExists : std::uint8_t { fail, skip, replace };

  Text file;
  bool resume = false;           ///< a part that is there is continued
  std::optional<Text> checksum;  ///< `sha256:…`
  IfExists if_exists = IfExists::fail;
};

/// `ssh`: how SFTP logs in and knows the server.
struct SshSpec {
  std::optional<Text> user;
  std::optional<Text> key;          ///< file of the private key; else the agent's and the usual ones
  std::optional<Text> host_key;     ///< `SHA256:…`, else as `known_hosts` says
  std::optional<Text> known_hosts;  ///< else ~/.ssh/known_hosts
};

/// Settings of a request that few jobs have. What the defaults say is shared.
struct HttpOptions {
  enum class Cookies : std::uint8_t { none, job, session };

  std::shared_ptr<const Text> base_url;  ///< from the defaults alone
  std::shared_ptr<const HttpAuth> auth;
  std::shared_ptr<const HttpTls> tls;
  std::shared_ptr<const Text> proxy;
  std::shared_ptr<const Text> idempotency_key;  ///< "auto": made up, one a job
  std::shared_ptr<const SaveSpec> save;         ///< null: the body is kept in memory
  std::shared_ptr<const SshSpec> ssh;
  std::vector<HttpPart> multipart;
  std::string cookie_session;  ///< the name of a session
  Cookies cookies = Cookies::none;
  bool deny_private = false;  ///< `network: {deny: private}`
  Protocols protocols = kWebProtocols;
  std::uint32_t max_messages = 1;  ///< of MQTT
};

/// `http`: one request.
struct HttpSpec {
  enum class Body : std::uint8_t { none, json, form, text, file, multipart };
  enum class Version : std::uint8_t { automatic, http_1_1, http_2 };

  std::string method = "GET";
  Text url;
  std::vector<NamedText> query;  ///< appended to the URL, encoded
  std::vector<NamedText> headers;
  Body body_kind = Body::none;
  Value json;                   ///< of `json`
  std::vector<NamedText> form;  ///< of `form`: application/x-www-form-urlencoded
  Text body;                    ///< of `body`: the text; of `body_file`: the path
  bool follow_redirects = false;
  bool redirects_same_origin = false;
  std::uint32_t max_redirects = 10;
  Version version = Version::automatic;
  bool tls_verify = true;
  std::optional<Text> tls_ca;            ///< PEM file
  std::size_t max_body = 16 << 20;       ///< decoded bytes
  std::unique_ptr<HttpOptions> options;  ///< null: none set
};

/// `sql`: one statement for PostgreSQL.
struct SqlSpec {
  Text dsn;                          ///< a URI or `key=value` settings, as libpq takes them
  std::string query;                 ///< without expressions: values go in by `params`
  std::vector<Value> params;         ///< of `$1`, `$2`, …
  std::uint32_t max_rows = 100'000;  ///< a longer result is an error
};

struct Job;
struct JobGroup;

/// `gather`: a group of jobs as one job.
struct GatherSpec {
  GatherPolicy policy = GatherPolicy::all;
  std::uint32_t quorum = 0;          ///< `n` of quorum
  bool continue_on_failure = false;  ///< `on_failure: continue`
  bool completion_order = false;     ///< `order: completion`
  std::unique_ptr<JobGroup> group;
};

struct JobFile;

/// `graph`: another job file as one job.
struct GraphSpec {
  std::uint64_t digest = 0;       ///< of the file, as written
  std::vector<Field> vars;        ///< instead of the file's own of these names
  std::unique_ptr<JobFile> file;  ///< its limits and breakers are among those of the outermost file
};

/// `sleep`: a pause.
struct SleepSpec {
  Duration duration{};
};

/// A fallback of the form `{output: value}`: nothing is run.
struct OutputSpec {
  Value value;
};

/// A job's one action. `monostate` only while loading.
using Action = std::variant<std::monostate, std::unique_ptr<RunSpec>, std::unique_ptr<HttpSpec>, std::unique_ptr<SqlSpec>,
                            std::unique_ptr<GatherSpec>, std::unique_ptr<GraphSpec>, SleepSpec, std::unique_ptr<OutputSpec>>;

// --- policies ---

/// What a header or a body is expected to be.
struct Pattern {
  enum class Kind : std::uint8_t { equals, contains, regex };
  std::string name;  ///< of the header
  Kind kind = Kind::equals;
  Text text;
};

/// What counts as success beyond the action's own rule.
struct Expect {
  std::vector<CodeRange> status;      ///< empty: 200-299
  std::vector<CodeRange> exit_codes;  ///< empty: 0
  std::optional<Duration> max_time;   ///< of one attempt
  std::optional<Text> json;           ///< an expression that must hold over the result
  std::vector<Pattern> headers;
  std::vector<Pattern> body;  ///< of the response, or of stdout
};

/// `stop`: how a child process is ended.
struct StopSettings {
  int signal = 15;  ///< SIGTERM
  Duration grace = 5s;
};

/// `cache`: what a job came to is kept for later ones that would do the same.
struct CacheSpec {
  std::optional<Duration> ttl;             ///< how long a success counts; nothing: until something of the key changes
  std::optional<Duration> negative_ttl;    ///< how long a failure counts; nothing: not at all
  std::optional<Duration> stale_if_error;  ///< how long after `ttl` a success still stands in for a failure
  std::optional<Text> key;                 ///< instead of the resolved command
  std::vector<Text> inputs;                ///< globs of files whose contents are part of the key
};

/// Everything around the action. Jobs without settings of their own share one object.
struct Policies {
  std::optional<Duration> timeout;  ///< one attempt
  std::optional<Duration> total_timeout;
  std::optional<Duration> queue_timeout;
  std::optional<Duration> idle_timeout;
  std::optional<Duration> connect_timeout;
  RetrySettings retry;
  std::optional<HedgeSettings> hedge;  ///< of the defaults, too: `hedge_of` says whether it counts for a job
  Expect expect;
  StopSettings stop;
  std::optional<std::uint32_t> breaker;    ///< index into JobFile::breakers
  std::vector<std::uint32_t> limits;       ///< indices into JobFile::limits, without repetition
  std::shared_ptr<const CacheSpec> cache;  ///< null: none
};

// --- data and control ---

/// One entry of `outputs`: a name and where its value comes from.
struct OutputRule {
  enum class Kind : std::uint8_t { expression, xpath, regex };
  std::string name;
  Kind kind = Kind::expression;
  Text text;
};

/// `foreach`: the job's action once for each item of a list. `matrix` is the same over combinations that are known at load.
struct ForeachSpec {
  std::uint64_t digest = 0;          ///< of what says which items there are, as written
  Value items;                       ///< a list, or a text that is an expression
  std::string as = "item";           ///< the item's name in expressions
  std::optional<Text> key;           ///< an expression: what tells items apart in names; else their number
  std::vector<std::string> keys;     ///< of a matrix: the same, known at load
  std::uint32_t max_concurrent = 0;  ///< 0: as many as the run's slots
  GatherPolicy policy = GatherPolicy::all;
  std::uint32_t quorum = 0;
  bool continue_on_failure = false;
  bool completion_order = false;
};

/// `repeat`: run again until an expression holds.
struct RepeatSpec {
  Text until;
  Duration every = 1s;
  std::uint32_t attempts = 0;  ///< 0: as long as total_timeout allows
};

/// What is done after a job whatever stopped it: `finally`, `on_success`, `on_failure`.
struct Callback {
  Action action;
  Duration timeout = 5min;
};

/// What few jobs have: conditions, data for others, repetition, callbacks.
struct JobFlow {
  std::optional<Text> condition;  ///< `if`
  std::vector<OutputRule> outputs;
  std::unique_ptr<ForeachSpec> foreach;
  std::optional<RepeatSpec> repeat;
  std::unique_ptr<Callback> on_success;
  std::unique_ptr<Callback> on_failure;
  std::unique_ptr<Callback> finally;
};

// --- the graph ---

/// Of Job::parent: the job is at the top level.
inline constexpr std::uint32_t kNoParent = UINT32_MAX;
/// Of Job::parent: it is one of the file's callbacks (`finally`, `on_success`, `on_failure`).
inline constexpr std::uint32_t kCallback = UINT32_MAX - 1;

/// Which end of a needed job lets its dependent go on.
enum class EdgeCondition : std::uint8_t { succeeded, failed, done };

struct Need {
  JobIndex job = 0;
  EdgeCondition when = EdgeCondition::succeeded;
  Place place;
};

/// How many of a job's needs must hold.
enum class Join : std::uint8_t { all, any, quorum };

/// What few jobs have: text for people and selectors.
struct JobNotes {
  std::string description;
  std::vector<std::string> tags;
};

struct Job {
  std::uint32_t id = 0;              ///< its place in the file, groups' insides included: dense from 0
  std::uint32_t parent = kNoParent;  ///< the job whose group or file it is in
  std::string name;                  ///< unique in the run: inside a group `group/member`
  Place place;
  Action action;
  std::vector<Need> needs;
  std::shared_ptr<const Policies> policies;
  std::shared_ptr<const ProcessOptions> process;  ///< null: none set
  std::unique_ptr<Action> fallback;               ///< null: none
  std::unique_ptr<JobFlow> flow;                  ///< null: nothing set
  std::unique_ptr<JobNotes> notes;                ///< null: none
  Join join = Join::all;
  bool continue_on_error = false;
  std::uint32_t join_quorum = 0;
  /// Of an instance made at run time (an item of a foreach): the job as written, whose action, fallback and flow it has.
  const Job* definition = nullptr;
  std::uint32_t siblings = 0;  ///< of an item: how many items there are
  /// Of what its result depends on, as written (Key::defines); of an instance: of the items it is of, 0 for none.
  std::uint64_t digest = 0;

  /// The job as written: itself, unless it is an instance.
  const Job& written() const { return definition != nullptr ? *definition : *this; }
};

/// Whether a job counts by itself: not inside another one, no callback of the file.
inline bool is_top(const Job& job) { return job.parent == kNoParent; }

/// The name by which the other jobs of its group know a job: without those around it.
inline std::string_view short_name(const Job& job) {
  const std::string_view name = job.name;
  return name.substr(name.rfind('/') + 1);
}

/// Jobs that run together: the top level of a file, or the inside of a gather. `needs` stay within a group.
struct JobGroup {
  std::vector<Job> jobs;  ///< in the order of the file
};

template <typename Settings>
struct Named {
  std::string name;
  Place place;
  Settings settings;
  std::string file = {};          ///< of a graph, that it stands in; "": it stands in the outermost one
  std::string name_in_file = {};  ///< what that file calls it; `name` says the file, too
};

/// An entry of `secrets`: where its value comes from.
struct SecretSource {
  std::string name;
  Place place;
  bool is_file = false;
  std::string source;  ///< a variable of the environment, or a path
};

/// A loaded job file, free of errors.
struct JobFile {
  std::string path;  ///< as given; "<stdin>" for `-`; of a graph: from where the path of the outermost file is from
  std::string name;  ///< `name`, else the file's name without its ending
  std::string description;
  std::map<std::string, Value, std::less<>> vars;
  std::vector<SecretSource> secrets;
  std::vector<std::string> dotenv;                                 ///< paths
  std::vector<std::pair<std::string, std::string>> secret_values;  ///< of a graph's file, once they have been read
  std::vector<std::pair<std::string, std::string>> dotenv_values;  ///< the same
  std::vector<NamedText> env;
  std::vector<Named<LimitSettings>> limits;      ///< of all files; those of a graph's are named `api of FILE`
  std::vector<Named<BreakerSettings>> breakers;  ///< the same; those written inside a job are named after the job
  std::optional<Duration> timeout;               ///< of the run
  std::optional<Concurrency> concurrency;        ///< of the run
  std::optional<PingSpec> ping;                  ///< of the run
  std::vector<OutputRule> outputs;               ///< expressions over the jobs' results
  std::shared_ptr<const Policies> defaults;      ///< as `defaults` says them, for those who ask where a job's are from; or null
  JobGroup top;
  JobGroup on_success;  ///< run when all is over, by how it ended
  JobGroup on_failure;
  JobGroup finally;
};

}  // namespace corun
