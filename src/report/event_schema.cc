// The table of events. Knows nothing of how they are written.
#include "report/event_schema.h"

#include <algorithm>
#include <array>

#include "base/json_text.h"
#include "base/text.h"

namespace corun {
namespace {

using Type = EventField::Type;

constexpr std::string_view kStates =
    "pending|ready|running|retrying|succeeded|degraded|failed|timed_out|skipped|cancelled|rejected";
constexpr std::string_view kKinds =
    "exit_code|signal|http_status|expectation|attempt_timeout|connect_timeout|idle_timeout|queue_timeout|total_timeout|run_"
    "timeout|"
    "resolve|connect|tls_handshake|tls_trust|transfer|invalid_request|body_too_large|sql_error|result_too_large|"
    "too_many_redirects|command_not_found|not_executable|spawn|breaker_open|limit_full|group|cancelled|refused|save|checksum|"
    "internal";
constexpr std::string_view kStopped =
    "timeout|total timeout|run timeout|interrupted|terminated|lost race|sibling failed|stopped by an earlier failure";

constexpr std::array kCommon{
    EventField{"v", Type::whole, true, "Version of the stream: 1."},
    EventField{"seq", Type::whole, true, "Number of the event, from 1: a gap means that something is missing."},
    EventField{"ts", Type::text, true, "When, as RFC 3339 in UTC, to the millisecond."},
    EventField{"run", Type::text, true, "The run's id."},
    EventField{"type", Type::text, true, "What happened."},
};

constexpr std::array kOutcome{
    EventField{"kind", Type::text, false, "Why it isn't a success.", kKinds},
    EventField{"reason", Type::text, false, "The same in words."},
    EventField{"exit_code", Type::whole, false, "Of the process."},
    EventField{"signal", Type::whole, false, "The signal that ended the process."},
    EventField{"status", Type::whole, false, "Of the response."},
    EventField{"cancelled_by", Type::text, false, "What ended it early.", kStopped},
};

constexpr std::array kRunStart{
    EventField{"file", Type::text, true, "The job file."},
    EventField{"name", Type::text, true, "The graph's name."},
    EventField{"jobs", Type::whole, true, "Jobs at the top level that will run."},
};

constexpr std::array kJobState{
    EventField{"job", Type::text, true, "The job: `fetch`, a member `mirror/eu` or an item `pages[3]`."},
    EventField{"state", Type::text, true, "Its new state; from `succeeded` on it is the last one.", kStates},
    EventField{"restored", Type::yes, false, "An earlier run had done it."},
    EventField{"cached", Type::yes, false, "Its cache had what it comes to."},
    EventField{"stale", Type::yes, false, "The same, past its time: the job itself has failed."},
    EventField{"attempts", Type::whole, false, "How often it was tried; in its last state."},
    EventField{"elapsed", Type::seconds, false, "From its first attempt to its end; in its last state."},
    EventField{"allowed", Type::yes, false, "It failed, and `continue_on_error` allows that."},
    EventField{"decided_by", Type::whole, false, "Of attempts that ran beside each other (`hedge`): the one whose end it is."},
};

constexpr std::array kAttemptStart{
    EventField{"job", Type::text, true, "The job."},
    EventField{"attempt", Type::whole, true, "Which attempt, from 1."},
    EventField{"attempts", Type::whole, true, "How many there are at most; 0: no limit."},
    EventField{"hedge", Type::yes, false, "It begins beside one that takes long."},
};

constexpr std::array kAttemptEnd{
    EventField{"job", Type::text, true, "The job."},
    EventField{"attempt", Type::whole, true, "Which attempt, from 1."},
    EventField{"attempts", Type::whole, true, "How many there are at most; 0: no limit."},
    EventField{"ok", Type::boolean, true, "Whether it was a success."},
    EventField{"elapsed", Type::seconds, true, "How long it took."},
    EventField{"user", Type::seconds, true, "Time of the processor for its processes."},
    EventField{"system", Type::seconds, true, "The same, inside the system."},
    EventField{"max_rss_kib", Type::whole, true, "The most memory that one of its processes had, in KiB."},
    EventField{"hedge", Type::yes, false, "It began beside one that took long."},
    EventField{"won", Type::yes, false, "Of attempts beside each other: its success is the job's."},
    EventField{"lost", Type::yes, false, "Of attempts beside each other: it was ended, since another one had succeeded."},
};

constexpr std::array kOutput{
    EventField{"job", Type::text, true, "The job."},
    EventField{"stream", Type::text, true, "Where it was written.", "stdout|stderr"},
    EventField{"text", Type::text, true, "What was written: a piece, not always whole lines."},
    EventField{"attempt", Type::whole, false, "The attempt that wrote it, of a job with `hedge`."},
};

constexpr std::array kRetryWait{
    EventField{"job", Type::text, true, "The job."},
    EventField{"attempt", Type::whole, true, "The attempt that failed."},
    EventField{"attempts", Type::whole, true, "How many there are at most; 0: no limit."},
    EventField{"delay", Type::seconds, true, "The pause before the next one."},
};

constexpr std::array kBreaker{
    EventField{"breaker", Type::text, true, "The breaker."},
    EventField{"from", Type::text, true, "Its state before.", "closed|open|half-open"},
    EventField{"to", Type::text, true, "Its state now.", "closed|open|half-open"},
    EventField{"open_for", Type::seconds, false, "How long it rejects calls, when `to` is `open`."},
};

constexpr std::array kLock{
    EventField{"lock", Type::text, true, "The lock: the group, or the file."},
    EventField{"change", Type::text, true, "What became of it.", "waiting|taken|replacing|skipped|busy"},
    EventField{"holder", Type::text, false, "The run that has it."},
    EventField{"message", Type::text, true, "The same in words."},
};

constexpr std::array kWarning{
    EventField{"message", Type::text, true, "What is the matter."},
    EventField{"stopping", Type::text, false, "The run ends early: why.", kStopped},
    EventField{"running", Type::whole, false, "The jobs that run then."},
};

constexpr std::array kRunEnd{
    EventField{"exit_code", Type::whole, true, "corun's own."},
    EventField{"elapsed", Type::seconds, false, "How long the run took."},
    EventField{"stopped", Type::text, false, "Why it ended early.", kStopped},
    EventField{"counts", Type::counts, false, "How many jobs ended in which state."},
    EventField{"outputs", Type::values, false, "What the file's `outputs` came to."},
    EventField{"not_run", Type::text, false, "Nothing was run: why."},
};

constexpr std::array kTypes{
    EventType{"run.start", "A run begins.", kRunStart},
    EventType{"job.state", "A job has another state.", kJobState, true},
    EventType{"attempt.start", "An attempt begins.", kAttemptStart},
    EventType{"attempt.end", "An attempt has ended.", kAttemptEnd, true},
    EventType{"output", "A job has written something.", kOutput},
    EventType{"retry.wait", "An attempt has failed, and another one follows.", kRetryWait, true},
    EventType{"breaker", "A circuit breaker has another state.", kBreaker},
    EventType{"lock", "A lock that the run needs.", kLock},
    EventType{"warning", "Something that people should know.", kWarning},
    EventType{"run.end", "The run has ended.", kRunEnd},
};

std::string type_schema(const EventField& field) {
  JsonText schema = JsonText::object();
  schema.text("description", field.description);
  switch (field.type) {
    case Type::text: schema.text("type", "string"); break;
    case Type::whole: schema.text("type", "integer"); break;
    case Type::seconds: schema.text("type", "number").json("minimum", "0"); break;
    case Type::yes: schema.json("const", "true"); break;
    case Type::boolean: schema.text("type", "boolean"); break;
    case Type::counts: schema.text("type", "object").json("additionalProperties", R"({"type":"integer","minimum":0})"); break;
    case Type::values: schema.text("type", "object"); break;
  }
  if (field.choices.empty()) return schema.str();
  JsonText words = JsonText::list();
  for (std::string_view rest = field.choices; !rest.empty();) {
    const std::string_view word = rest.substr(0, rest.find('|'));
    words.item(json_string(word));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
  }
  return schema.json("enum", words.str()).str();
}

void add(JsonText& properties, JsonText& required, std::span<const EventField> fields) {
  for (const EventField& field : fields) {
    properties.json(field.name, type_schema(field));
    if (field.always) required.item(json_string(field.name));
  }
}

std::string schema_of(const EventType& type) {
  JsonText properties = JsonText::object();
  JsonText required = JsonText::list();
  properties.json("v", R"({"description":"Version of the stream.","const":1})");
  required.item(R"("v")");
  add(properties, required, std::span(kCommon).subspan(1, kCommon.size() - 2));
  properties.json("type", JsonText::object().json("const", json_string(type.name)).str());
  required.item(R"("type")");
  add(properties, required, type.fields);
  if (type.has_outcome) add(properties, required, kOutcome);
  JsonText schema = JsonText::object();
  schema.text("description", type.description).text("type", "object");
  return schema.json("required", required.str()).json("properties", properties.str()).str();
}

}  // namespace

std::span<const EventField> common_fields() { return kCommon; }
std::span<const EventField> outcome_fields() { return kOutcome; }
std::span<const EventType> event_types() { return kTypes; }

std::string event_schema() {
  JsonText any = JsonText::list();
  JsonText definitions = JsonText::object();
  for (const EventType& type : kTypes) {
    any.item(JsonText::object().text("$ref", "#/$defs/" + std::string(type.name)).str());
    definitions.json(type.name, schema_of(type));
  }
  JsonText schema = JsonText::object();
  schema.text("$schema", "https://json-schema.org/draft/2020-12/schema");
  schema.text("title", "corun event");
  schema.text("description", "One line of `corun run -o ndjson`. Fields are only ever added.");
  schema.json("oneOf", any.str()).json("$defs", definitions.str());
  return indented_json(schema.str());
}

}  // namespace corun
