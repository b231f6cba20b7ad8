// libpq's state machine, driven by the loop. Knows nothing of pools, jobs or retries.
#include "io/sql_connection.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <new>
#include <string>
#include <string_view>

#include "io/sql_cancel.h"
#include "io/sql_failure.h"
#include "io/sql_parameter.h"

namespace corun {
namespace {

constexpr Duration kStopGrace = 2s;  // for the server to end a statement that it was asked to cancel
constexpr std::string_view kQueryCanceled = "57014";

void ignore_notice(void*, const char*) {}

Outcome cancelled(const CancelScope& scope) {
  Outcome outcome = failure(FailureKind::cancelled, to_string(scope.reason()));
  outcome.cancel_reason = scope.reason();
  return outcome;
}

}  // namespace

SqlConnection::~SqlConnection() {
  stop_watching();
  if (connection_ != nullptr) api_.finish(connection_);
}

void SqlConnection::on_fd(int fd, std::uint32_t) {
  loop_.watch(fd, 0, *this);
  ready_.set();
}

void SqlConnection::watch(std::uint32_t events) {
  fd_ = api_.socket(connection_);
  ready_.reset();
  if (fd_ >= 0) {
    loop_.watch(fd_, events, *this);
  } else {
    ready_.set();  // closed: libpq has something to say at once
  }
}

void SqlConnection::stop_watching() {
  if (fd_ >= 0) loop_.unwatch(fd_);
  fd_ = -1;
}

Task<Outcome> SqlConnection::connect(SqlSettings settings, CancelScope& scope) {
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, value] : settings) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  connection_ = api_.connectStartParams(names.data(), values.data(), 0);
  if (connection_ == nullptr) throw std::bad_alloc();
  api_.setNoticeProcessor(connection_, ignore_notice, nullptr);
  api_.setErrorVerbosity(connection_, PQERRORS_VERBOSE);
  if (api_.status(connection_) == CONNECTION_BAD) co_return sql_connect_failure(api_.errorMessage(connection_));
  for (PostgresPollingStatusType wanted = PGRES_POLLING_WRITING; wanted != PGRES_POLLING_OK;) {
    watch(wanted == PGRES_POLLING_READING ? EPOLLIN : EPOLLOUT);
    const Event::Wake wake = co_await ready_.wait(scope);
    stop_watching();  // libpq may close it, and open another with its number
    if (wake == Event::Wake::cancelled) {
      Outcome outcome = cancelled(scope);
      outcome.unsent = true;
      co_return outcome;
    }
    wanted = api_.connectPoll(connection_);
    if (wanted == PGRES_POLLING_FAILED) co_return sql_connect_failure(api_.errorMessage(connection_));
  }
  api_.setnonblocking(connection_, 1);
  co_await ask_to_notice_our_end(scope);
  if (scope.cancelled()) {
    Outcome outcome = cancelled(scope);
    outcome.unsent = true;
    co_return outcome;
  }
  co_return Outcome();
}

// Without that the server goes on with a statement whose client was killed. It is told in a way that says nothing where it
// doesn't know the setting (before 14), can't do it, or has a value of its own already.
Task<void> SqlConnection::ask_to_notice_our_end(CancelScope& scope) {
  constexpr const char* kAsk =
      "SELECT set_config('client_connection_check_interval', '1s', false) "
      "WHERE current_setting('client_connection_check_interval', true) = '0'";
  bool ended = api_.sendQueryParams(connection_, kAsk, 0, nullptr, nullptr, nullptr, nullptr, 0) != 1;
  while (!ended) {
    watch(api_.flush(connection_) == 1 ? EPOLLIN | EPOLLOUT : EPOLLIN);
    const Event::Wake wake = co_await ready_.wait(scope);
    if (wake == Event::Wake::cancelled) break;
    const bool lost = api_.consumeInput(connection_) == 0;
    while (!ended && (lost || api_.isBusy(connection_) == 0)) {
      PGresult* result = api_.getResult(connection_);
      ended = result == nullptr;
      api_.clear(result);
    }
  }
  stop_watching();
}

bool SqlConnection::is_alive() {
  // A server has nothing to say to a connection at rest but goodbye.
  pollfd socket{api_.socket(connection_), POLLIN, 0};
  return ::poll(&socket, 1, 0) == 0;
}

std::optional<Outcome> SqlConnection::send(const SqlStatement& statement) {
  std::vector<std::optional<std::string>> params;
  params.reserve(statement.params.size());
  for (const std::string& json : statement.params) params.push_back(sql_parameter(json));
  std::vector<const char*> values;
  values.reserve(params.size());
  for (std::size_t i = 0; i < params.size(); ++i) {
    if (params[i] && params[i]->find('\0') != std::string::npos) {
      return failure(FailureKind::invalid_request,
                     "parameter $" + std::to_string(i + 1) + " holds a NUL character, which PostgreSQL's texts can't");
    }
    values.push_back(params[i] ? params[i]->c_str() : nullptr);
  }
  const int sent = api_.sendQueryParams(connection_, statement.query.c_str(), static_cast<int>(values.size()), nullptr,
                                        values.data(), nullptr, nullptr, 0);
  if (sent == 1) {
    api_.setSingleRowMode(connection_);
    return std::nullopt;
  }
  const std::string reason = api_.errorMessage(connection_);
  Outcome outcome = api_.status(connection_) == CONNECTION_OK
                        ? failure(FailureKind::invalid_request, reason.substr(0, reason.find('\n')))
                        : sql_connection_lost(reason);
  outcome.unsent = true;
  return outcome;
}

Task<void> SqlConnection::execute(const SqlStatement& statement, CancelScope& scope, ActionResult& result) {
  reusable_ = false;
  if (std::optional<Outcome> refused = send(statement)) {
    result.outcome = *std::move(refused);
    co_return;
  }
  Progress progress(statement);
  std::optional<SqlCancel> cancel;
  TimePoint patience = TimePoint::max();
  while (!progress.ended) {
    if (!cancel && (scope.cancelled() || !progress.rows.refusal().empty())) {
      cancel.emplace(api_, loop_, connection_);
      patience = loop_.now() + kStopGrace;
    }
    watch(api_.flush(connection_) == 1 ? EPOLLIN | EPOLLOUT : EPOLLIN);
    Event::Wake wake = Event::Wake::set;
    if (cancel) {
      wake = co_await ready_.wait_unless_forced(scope, patience);
      if (wake != Event::Wake::set) break;
    } else {
      wake = co_await ready_.wait(scope);
      if (wake != Event::Wake::set) continue;
    }
    take_results(progress);
  }
  if (cancel) {
    co_await cancel->finish();
  }
  stop_watching();
  const bool stopped = !progress.ended || (progress.failure && progress.failure->sqlstate.data() == kQueryCanceled);
  if (!progress.rows.refusal().empty()) {
    result.outcome = failure(FailureKind::result_too_large, progress.rows.refusal());
    result.outcome.unsent = stopped && progress.ended;
  } else if (cancel && stopped) {
    result.outcome = cancelled(scope);
    result.outcome.unsent = progress.ended && progress.is_one_transaction;  // undone, as the server says
  } else if (progress.failure) {
    result.outcome = *std::move(progress.failure);
  } else {
    result.rows = progress.rows.take();
    result.affected_rows = progress.affected_rows;
  }
  reusable_ = !cancel && leaves_session_alone(statement.query, progress.tag) && api_.status(connection_) == CONNECTION_OK &&
              api_.transactionStatus(connection_) == PQTRANS_IDLE;
}

void SqlConnection::take_results(Progress& progress) {
  const bool lost = api_.consumeInput(connection_) == 0;  // then libpq waits for nothing more, and gives what it has
  while (!progress.ended && (lost || api_.isBusy(connection_) == 0)) {
    PGresult* result = api_.getResult(connection_);
    if (result == nullptr) {
      progress.ended = true;
      if (!progress.completed && !progress.failure) progress.failure = sql_connection_lost(api_.errorMessage(connection_));
      return;
    }
    take_result(result, progress);
    api_.clear(result);
  }
}

void SqlConnection::take_result(const PGresult* result, Progress& progress) {
  switch (api_.resultStatus(result)) {
    case PGRES_SINGLE_TUPLE: take_rows(result, progress.rows); break;
    case PGRES_EMPTY_QUERY:
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK: {
      auto* mutable_result = const_cast<PGresult*>(result);  // libpq's signatures; it changes nothing
      const std::string_view count = api_.cmdTuples(mutable_result);
      std::from_chars(count.data(), count.data() + count.size(), progress.affected_rows);
      progress.tag = api_.cmdStatus(mutable_result);
      progress.completed = true;
      break;
    }
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH:
      progress.failure = failure(FailureKind::invalid_request, "COPY from or to the client isn't supported");
      progress.ended = true;  // closing the connection ends it
      break;
    default: take_error(result, progress);
  }
}

void SqlConnection::take_rows(const PGresult* result, SqlRows& rows) {
  const int columns = api_.nfields(result);
  if (columns == 0) {
    for (int row = 0; row < api_.ntuples(result); ++row) rows.add_empty_row();
  }
  if (!rows.has_columns()) {
    for (int column = 0; column < columns; ++column) rows.add_column(api_.fname(result, column), api_.ftype(result, column));
  }
  for (int row = 0; row < api_.ntuples(result); ++row) {
    for (int column = 0; column < columns; ++column) {
      std::optional<std::string_view> text;
      if (api_.getisnull(result, row, column) == 0) {
        text =
            std::string_view(api_.getvalue(result, row, column), static_cast<std::size_t>(api_.getlength(result, row, column)));
      }
      rows.add_value(text);
    }
  }
}

void SqlConnection::take_error(const PGresult* result, Progress& progress) {
  if (progress.failure) return;  // the first says why
  const char* sqlstate = api_.resultErrorField(result, PG_DIAG_SQLSTATE);
  if (sqlstate == nullptr) {
    progress.failure = sql_connection_lost(api_.resultErrorMessage(result));
    return;
  }
  const char* message = api_.resultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  progress.failure = sql_error(sqlstate, message != nullptr ? message : "");
  progress.failure->unsent = progress.is_one_transaction;  // which the server has undone
}

}  // namespace corun
