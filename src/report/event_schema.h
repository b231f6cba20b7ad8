// What the event stream consists of: a table of events and their fields, and the JSON Schema of one line. Knows nothing of runs.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace corun {

/// One field of an event.
struct EventField {
  enum class Type : std::uint8_t {
    text,
    whole,    ///< a whole number
    seconds,  ///< a number
    yes,      ///< true, or it isn't there
    boolean,
    counts,  ///< an object of whole numbers
    values,  ///< an object of any values
  };

  std::string_view name;
  Type type = Type::text;
  bool always = true;  ///< every event of the type has it
  std::string_view description;
  std::string_view choices = {};  ///< "a|b|c"; "": any
};

/// One type of event.
struct EventType {
  std::string_view name;
  std::string_view description;
  std::span<const EventField> fields;  ///< besides those of all events
  bool has_outcome = false;            ///< how something ended
};

/// The fields of all events, in order.
std::span<const EventField> common_fields();

/// The fields by which an event says how something ended.
std::span<const EventField> outcome_fields();

/// Every type of event.
std::span<const EventType> event_types();

/// The schema, draft 2020-12, of each line of `-o ndjson`. Fields that it doesn't know are allowed: later versions add some.
std::string event_schema();

}  // namespace corun
