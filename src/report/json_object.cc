// Writes one JSON object. Knows nothing of what the fields mean.
#include "report/json_object.h"

#include "base/text.h"
#include "report/words.h"

namespace corun {

std::string& JsonObject::field(std::string_view name) {
  if (!first_) out_ += ',';
  first_ = false;
  append_json_string(out_, name);
  out_ += ':';
  return out_;
}

void JsonObject::text(std::string_view name, std::string_view value) { append_json_string(field(name), value); }
void JsonObject::number(std::string_view name, std::int64_t value) { field(name) += std::to_string(value); }
void JsonObject::boolean(std::string_view name, bool value) { field(name) += value ? "true" : "false"; }
void JsonObject::json(std::string_view name, std::string_view value) { field(name) += value; }

void JsonObject::seconds(std::string_view name, Duration value) {
  const std::int64_t micros = std::chrono::duration_cast<std::chrono::microseconds>(value).count();
  std::string fraction = std::to_string(1'000'000 + micros % 1'000'000).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  field(name) += std::to_string(micros / 1'000'000) + (fraction.empty() ? "" : "." + fraction);
}

void JsonObject::outcome(const Outcome& outcome) {
  if (!outcome.ok()) text("kind", to_string(outcome.kind));
  const std::string reason = outcome.message.empty() ? reason_of(outcome) : outcome.message;
  if (!reason.empty()) text("reason", reason);
  if (outcome.exit_code >= 0) number("exit_code", outcome.exit_code);
  if (outcome.signal != 0) number("signal", outcome.signal);
  if (outcome.http_status != 0) number("status", outcome.http_status);
  if (outcome.cancel_reason != CancelReason::none) text("cancelled_by", to_string(outcome.cancel_reason));
}

}  // namespace corun
