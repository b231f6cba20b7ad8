// Every key of a job file: what it accepts, its default, and how it is read. The one source for the loader, the schema,
// the manual and completions. Knows nothing of the order in which a file is read.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "graph/document.h"

namespace corun {

class Reader;

/// A kind of map in a job file.
enum class Scope : std::uint8_t {
  file,
  job,
  defaults,
  default_http,
  default_sql,
  http,
  redirects,
  tls,
  auth,
  credentials,
  aws_sigv4,
  part,
  network,
  sql,
  save,
  ssh,
  gather,
  graph,
  join,
  fallback,
  retry,
  retry_on,
  hedge,
  cache,
  expect,
  expect_pattern,
  output_rule,
  matrix,
  foreach,
  foreach_gather,
  repeat,
  callback,
  secret,
  concurrency,
  ping,
  stop,
  output,
  limit,
  breaker,
};

/// Forms of a value; a key may accept several.
enum Shape : std::uint32_t {
  kBoolean = 1U << 0,
  kInteger = 1U << 1,
  kNumber = 1U << 2,
  kString = 1U << 3,    ///< as it is
  kText = 1U << 4,      ///< a string that may hold `${{ … }}`
  kChoice = 1U << 5,    ///< one of Key::choices
  kDuration = 1U << 6,  ///< `30s`
  kSize = 1U << 7,      ///< `16MiB`, or bytes
  kRate = 1U << 8,      ///< `50/s`
  kCodes = 1U << 9,     ///< a code, `200-299`, `5xx`, or a list of these
  kStringList = 1U << 10,
  kTextList = 1U << 11,      ///< of strings that may hold `${{ … }}`
  kMap = 1U << 12,           ///< with the keys of Key::fields
  kMapOfMaps = 1U << 13,     ///< any names, each with a map with the keys of Key::fields
  kMapOfTexts = 1U << 14,    ///< any names, each with a scalar that may hold `${{ … }}`
  kMapOfChoices = 1U << 15,  ///< any names, each with one of Key::choices
  kAnyValue = 1U << 16,
  kMapOfValues = 1U << 17,  ///< any names, each with any value
  kListOfValues = 1U << 18,
  kScalarList = 1U << 19,      ///< of scalars that may hold `${{ … }}`
  kChoiceList = 1U << 20,      ///< of Key::choices
  kListOfMaps = 1U << 21,      ///< each with the keys of Key::fields; without these any map
  kMapOfStrings = 1U << 22,    ///< any names, each with a text
  kMapOfTextLists = 1U << 23,  ///< any names, each with a scalar or a list of scalars
  kMapOfMapLists = 1U << 24,   ///< any names, each with a list of scalars and of maps with the keys of Key::fields
  kMapOfLists = 1U << 25,      ///< any names, each with a list; but the keys of Key::fields are what they are there
};

/// Kinds of action, as a set.
enum Actions : std::uint8_t {
  kNoActions = 0,
  kRun = 1,
  kHttp = 2,
  kGather = 4,
  kSleep = 8,
  kSql = 16,
  kGraph = 32,
  kValue = 64,                 ///< nothing is run: only of fallbacks
  kGroups = kGather | kGraph,  ///< those that consist of other jobs
  kAnyAction = 63
};

/// What of an earlier run no longer counts once a job's key has been edited.
enum class Defines : std::uint8_t {
  nothing,  ///< what it came to stays as it is: a policy, an edge, words for people
  items,    ///< which items there are: those that are still there stay as they are
  result,   ///< its result
};

/// How many of the keys of a scope that say the same of themselves may be there.
enum class Alternative : std::uint8_t { no, at_most_one, exactly_one, at_least_one };

/// What the names of a map may be.
enum class Names : std::uint8_t { any, jobs, variables, headers };

/// Bounds of numbers and codes.
struct Range {
  double least = 0;
  double most = 0;
};
inline constexpr double kMostCount = 4294967295;
inline constexpr Range kStatusCodes{100, 599};  ///< also by class: `5xx`
inline constexpr Range kExitCodes{0, 255};

/// One key of one scope.
struct Key {
  std::string_view name;
  std::uint32_t shapes = kText;                             ///< of Shape
  std::string_view accepts = {};                            ///< for people: "a duration"
  std::string_view default_text = {};                       ///< as it would be written; "": none
  std::string_view description = {};                        ///< one line
  std::string_view example = {};                            ///< `timeout: 30s`: valid YAML in this scope
  void (*decode)(Reader&, NodeId, void* target) = nullptr;  ///< reads the value into the scope's target
  std::string_view choices = {};                            ///< of kChoice and kMapOfChoices: "a|b|c"
  std::optional<Scope> fields = std::nullopt;               ///< of kMap, kMapOfMaps and the like
  Range range = {0, kMostCount};                            ///< of kInteger, kNumber and kCodes
  Names names = Names::any;                                 ///< of maps of any names
  Alternative alternative = Alternative::no;
  std::uint8_t action = kNoActions;   ///< the kind of action that it is itself
  std::uint8_t actions = kAnyAction;  ///< the kinds of job it works on
  bool for_fallback = false;          ///< of the action's process: it also serves a fallback
  bool required = false;
  bool in_defaults = false;           ///< of Scope::job and Scope::http: `defaults:` may have it
  bool is_policy = false;             ///< of Scope::job: goes into Policies alone
  Defines defines = Defines::result;  ///< of Scope::job
  std::string_view since = "0.1";     ///< the release that first had it
};

/// Every scope, the file first.
std::span<const Scope> scopes();

/// What a scope is called where its keys are listed: "retry_on".
std::string_view scope_name(Scope scope);

/// Every key of a scope, in the order they are read.
std::span<const Key> keys(Scope scope);

/// More than any scope has keys.
inline constexpr std::size_t kMostKeys = 48;

/// The values of a scope's keys, by their index in its table; kNoNode where there is none.
using KeyValues = std::array<NodeId, kMostKeys>;

// The tables, one file each; `keys` gives them all.
std::span<const Key> file_keys();
std::span<const Key> secret_keys();
std::span<const Key> concurrency_keys();
std::span<const Key> ping_keys();
std::span<const Key> job_keys();
std::span<const Key> flow_keys();  ///< of jobs, too: data and control
std::span<const Key> foreach_keys();
std::span<const Key> repeat_keys();
std::span<const Key> gather_keys();
std::span<const Key> graph_keys();
std::span<const Key> join_keys();
std::span<const Key> fallback_keys();
const Key& callback_timeout_key();
std::span<const Key> output_keys();
std::span<const Key> http_keys();
std::span<const Key> redirects_keys();
std::span<const Key> tls_keys();
std::span<const Key> save_keys();
std::span<const Key> ssh_keys();
std::span<const Key> default_http_keys();
std::span<const Key> auth_keys();
std::span<const Key> credentials_keys();
std::span<const Key> aws_sigv4_keys();
std::span<const Key> part_keys();
std::span<const Key> network_keys();
std::span<const Key> sql_keys();
std::span<const Key> default_sql_keys();
std::span<const Key> retry_keys();
std::span<const Key> retry_on_keys();
std::span<const Key> hedge_keys();
std::span<const Key> cache_keys();
std::span<const Key> expect_keys();
std::span<const Key> expect_pattern_keys();
std::span<const Key> output_rule_keys();
std::span<const Key> matrix_keys();
std::span<const Key> stop_keys();
std::span<const Key> limit_keys();
std::span<const Key> breaker_keys();

}  // namespace corun
