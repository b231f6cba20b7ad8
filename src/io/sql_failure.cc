// From libpq's texts and SQLSTATEs to failures. Knows nothing of running statements.
#include "io/sql_failure.h"

#include <algorithm>
#include <string>

namespace corun {
namespace {

constexpr std::size_t kStateLength = 5;

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

// Where `FATAL:  28P01: password authentication failed` has its SQLSTATE; npos if it has none.
std::size_t find_sqlstate(std::string_view line) {
  for (std::size_t at = line.find(":  "); at != std::string_view::npos; at = line.find(":  ", at + 1)) {
    const std::string_view rest = line.substr(at + 3);
    if (rest.size() > kStateLength && rest.substr(kStateLength).starts_with(": ") &&
        std::all_of(rest.begin(), rest.begin() + kStateLength,
                    [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); })) {
      return at + 3;
    }
  }
  return std::string_view::npos;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace

Outcome sql_error(std::string_view sqlstate, std::string_view message) {
  Outcome outcome =
      failure(FailureKind::sql_error, "SQLSTATE " + std::string(sqlstate) + ": " + std::string(first_line(message)));
  std::copy_n(sqlstate.begin(), std::min(sqlstate.size(), kStateLength), outcome.sqlstate.begin());
  return outcome;
}

Outcome sql_connect_failure(std::string_view text) {
  Outcome outcome;
  const std::string_view line = first_line(text);
  if (const std::size_t state = find_sqlstate(line); state != std::string_view::npos) {
    outcome = sql_error(line.substr(state, kStateLength), line.substr(state + kStateLength + 2));
  } else if (contains(text, "certificate verify failed") || contains(text, "does not match host name")) {
    outcome = failure(FailureKind::tls_trust, std::string(line));
  } else if (contains(line, "no password supplied") || !contains(line, "connection to server")) {
    outcome = failure(FailureKind::invalid_request, std::string(line));  // a setting that libpq refuses
  } else {
    outcome = failure(FailureKind::connect, std::string(line));
  }
  outcome.unsent = true;
  return outcome;
}

Outcome sql_connection_lost(std::string_view text) {
  const std::string_view line = first_line(text);
  std::string message = "the connection to the database was lost";
  if (!line.empty()) message += ": " + std::string(line);
  return failure(FailureKind::transfer, std::move(message));
}

}  // namespace corun
