// The SQL executor against a real PostgreSQL: types, parameters, errors, pooling, cancellation, a server that dies. Knows no
// jobs.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "catch.h"
#include "support/sql_client.h"
#include "support/sql_server.h"

namespace corun::testing {
namespace {

Postgres& postgres() {
  static Postgres server;
  return server;
}

// The rows of `query`, or the failure's message.
std::string rows_of(SqlClient& client, const std::string& query, std::vector<std::string> params = {}) {
  const ActionResult result = client.send(statement(postgres().dsn(), query, std::move(params)));
  return result.outcome.ok() ? result.rows : result.outcome.message;
}

std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

// Statements still executed by connections with this application_name.
std::string running(SqlClient& client, const std::string& name) {
  return rows_of(client, "select count(*) as n from pg_stat_activity where application_name = $1 and state = 'active'",
                 {'"' + name + '"'});
}

TEST_CASE("values of every type as JSON") {
  SqlClient client;
  CHECK(rows_of(client,
                "select 1::int2 a, -2::int4 b, 9007199254740992 c, 9007199254740993 d, 0.5::float8 e, 'NaN'::float8 f, "
                "'-Infinity'::float4 g, 1e300::float8 h") ==
        R"([{"a":1,"b":-2,"c":9007199254740992,"d":"9007199254740993","e":0.5,"f":"NaN","g":"-Infinity","h":1e+300}])");
  CHECK(rows_of(client, "select 12.50::numeric a, 1234567890.12345::numeric b, 1234567890.123456::numeric c, 'NaN'::numeric d") ==
        R"([{"a":12.50,"b":1234567890.12345,"c":"1234567890.123456","d":"NaN"}])");
  CHECK(rows_of(client, R"(select true a, false b, null c, '{"x": [1, null]}'::json d, '{"b":1,"a":2}'::jsonb e)") ==
        R"([{"a":true,"b":false,"c":null,"d":{"x": [1, null]},"e":{"a": 2, "b": 1}}])");
  CHECK(rows_of(client, R"(select E'a"b\\c\n' a, date '2026-01-02' b, '{1,2}'::int[] c, 'ü'::text d, '\x00ff'::bytea e)") ==
        R"([{"a":"a\"b\\c\n","b":"2026-01-02","c":"{1,2}","d":"ü","e":"\\x00ff"}])");
}

TEST_CASE("several rows, no rows, columns of one name") {
  SqlClient client;
  CHECK(rows_of(client, "select i from generate_series(1, 3) i") == R"([{"i":1},{"i":2},{"i":3}])");
  CHECK(rows_of(client, "select 1 a where false") == "[]");
  CHECK(rows_of(client, "select") == "[{}]");
  CHECK(rows_of(client, "select from generate_series(1, 3)") == "[{},{},{}]");
  CHECK(rows_of(client, "-- nothing") == "[]");
  CHECK(rows_of(client, "select 1 a, 2 a, 3 b, 4 a") == R"([{"a":1,"a_2":2,"b":3,"a_3":4}])");
}

TEST_CASE("parameters keep their types, and never become SQL") {
  SqlClient client;
  CHECK(rows_of(client, "select $1::int + 1 a, $2::bool b, $3::text c, $4::jsonb->'k' d, $5::numeric e, $6 f",
                {"41", "true", "null", R"({"k":[1]})", "1.5", R"("text")"}) ==
        R"([{"a":42,"b":true,"c":null,"d":[1],"e":1.5,"f":"text"}])");
  CHECK(rows_of(client, "select $1 a", {R"("'; drop table x; --\n\u00fc\ud83d\ude00")"}) ==
        "[{\"a\":\"'; drop table x; --\\nü😀\"}]");
  CHECK(rows_of(client, "select 1; select 2") == "SQLSTATE 42601: cannot insert multiple commands into a prepared statement");
  CHECK(rows_of(client, "select $1 a", {R"("a\u0000b")"}) ==
        "parameter $1 holds a NUL character, which PostgreSQL's texts can't");
  CHECK(rows_of(client, "select $1::int", {R"("x")"}) == R"(SQLSTATE 22P02: invalid input syntax for type integer: "x")");
}

TEST_CASE("affected rows") {
  SqlClient client;
  CHECK(rows_of(client, "create table counted (id int primary key)") == "[]");
  const ActionResult inserted = client.send(statement(postgres().dsn(), "insert into counted select generate_series(1, 5)"));
  CHECK(inserted.affected_rows == 5);
  CHECK(inserted.rows == "[]");
  const ActionResult deleted = client.send(statement(postgres().dsn(), "delete from counted where id > 3 returning id"));
  CHECK(deleted.affected_rows == 2);
  CHECK(deleted.rows == R"([{"id":4},{"id":5}])");
}

TEST_CASE("an error has its SQLSTATE, and the connection goes on") {
  SqlClient client;
  CHECK(rows_of(client, "create table unique_ids (id int primary key)") == "[]");
  const std::string backend = rows_of(client, "select pg_backend_pid() pid");
  CHECK(rows_of(client, "insert into unique_ids values (1)") == "[]");
  const ActionResult result = client.send(statement(postgres().dsn(), "insert into unique_ids values (1)"));
  CHECK(result.outcome.kind == FailureKind::sql_error);
  CHECK(result.outcome.message == R"(SQLSTATE 23505: duplicate key value violates unique constraint "unique_ids_pkey")");
  CHECK(std::string(result.outcome.sqlstate.data()) == "23505");
  CHECK(rows_of(client, "select pg_backend_pid() pid") == backend);
}

TEST_CASE("a division by zero in the third row leaves no rows") {
  SqlClient client;
  const ActionResult result = client.send(statement(postgres().dsn(), "select 1 / (3 - i) from generate_series(1, 3) i"));
  CHECK(std::string(result.outcome.sqlstate.data()) == "22012");
  CHECK(result.rows.empty());
}

TEST_CASE("no statement finds what another left in the session") {
  SqlClient client;
  const std::string ask = "select current_setting('search_path') p, pg_backend_pid() pid";
  CHECK(rows_of(client, "set search_path = nowhere") == "[]");
  CHECK(rows_of(client, ask).find("nowhere") == std::string::npos);
  const std::string before = rows_of(client, ask);
  CHECK(rows_of(client, ask) == before);
  CHECK(rows_of(client, "begin") == "[]");
  CHECK(rows_of(client, ask) != before);
  // What SELECTs leave, which the server's answers don't tell.
  CHECK(rows_of(client, "create temp table left_over as select 1 a") == "[]");
  CHECK(rows_of(client, "select 1 a into temp left_over_too") == "[]");
  rows_of(client, "select set_config('my.own', 'left', false), pg_advisory_lock(7)");
  rows_of(client, "select pg_advisory_lock(8), 1 / 0");
  CHECK(rows_of(client, "select to_regclass('left_over') a, to_regclass('left_over_too') b, current_setting('my.own', true) c") ==
        R"([{"a":null,"b":null,"c":null}])");
}

TEST_CASE("what commits midway isn't known to have had no effect when it fails") {
  SqlClient client;
  const auto unsent = [&](const std::string& query) {
    const ActionResult result = client.send(statement(postgres().dsn(), query));
    CHECK(std::string(result.outcome.sqlstate.data()) == "40001");
    return result.outcome.unsent;
  };
  const std::string body = "$$ begin raise exception using errcode = '40001'; end $$";
  CHECK(rows_of(client, "create or replace function failing() returns int language plpgsql as " + body) == "[]");
  CHECK(unsent("select failing()"));
  CHECK_FALSE(unsent("do " + body));
  CHECK(rows_of(client,
                "create or replace procedure sleeping() language plpgsql as $$ begin commit; perform pg_sleep(600); end $$") ==
        "[]");
  const ActionResult stopped = client.send(statement(postgres().dsn(), "call sleeping()"), 100ms);
  CHECK(stopped.outcome.kind == FailureKind::cancelled);
  CHECK_FALSE(stopped.outcome.unsent);
}

TEST_CASE("the server sees corun, unless the DSN names another application") {
  SqlClient client;
  CHECK(rows_of(client, "select current_setting('application_name') n") == R"([{"n":"corun"}])");
  const ActionResult named =
      client.send(statement(postgres().dsn("application_name=mine"), "select current_setting('application_name') n"));
  CHECK(named.rows == R"([{"n":"mine"}])");
}

TEST_CASE("the server looks whether corun is still there, as often as it is told or its own settings say") {
  SqlClient client;
  const std::string shown = "show client_connection_check_interval";
  CHECK(rows_of(client, shown) == R"([{"client_connection_check_interval":"1s"}])");
  const std::string dsn = postgres().dsn("options=-c%20client_connection_check_interval%3D7s");
  CHECK(client.send(statement(dsn, shown)).rows == R"([{"client_connection_check_interval":"7s"}])");
}

TEST_CASE("hosts by name, by socket, and several") {
  SqlClient client;
  const std::string port = std::to_string(postgres().port());
  const std::string ask = "select 1 a";
  const std::string rest = " user=postgres dbname=postgres";
  CHECK(client.send(statement("host=localhost port=" + port + rest, ask)).rows == R"([{"a":1}])");
  CHECK(client.send(statement("host=" + postgres().folder() + " port=" + port + rest, ask)).rows == R"([{"a":1}])");
  CHECK(client.send(statement("host=127.0.0.1,localhost port=1," + port + rest, ask)).rows == R"([{"a":1}])");
  const ActionResult unknown = client.send(statement("host=no-such-host.invalid" + rest, ask));
  CHECK(unknown.outcome.kind == FailureKind::resolve);
  CHECK(unknown.outcome.unsent);
  CHECK(unknown.outcome.message == "could not resolve host no-such-host.invalid");
}

TEST_CASE("what keeps a connection from coming up") {
  SqlClient client;
  const auto fails = [&](const std::string& dsn) { return client.send(statement(dsn, "select 1")).outcome; };
  const std::string server = "@127.0.0.1:" + std::to_string(postgres().port());
  const Outcome refused = fails("postgresql://postgres@127.0.0.1:1/postgres");
  CHECK(refused.kind == FailureKind::connect);
  CHECK(refused.message == R"(connection to server at "127.0.0.1", port 1 failed: Connection refused)");
  CHECK(refused.unsent);
  const Outcome password = fails("postgresql://guarded:wrong" + server + "/postgres");
  CHECK(password.kind == FailureKind::sql_error);
  CHECK(password.message == R"(SQLSTATE 28P01: password authentication failed for user "guarded")");
  CHECK(fails("postgresql://guarded:s3cret" + server + "/postgres").ok());
  CHECK(fails("postgresql://guarded" + server + "/postgres").kind == FailureKind::invalid_request);
  CHECK(fails("postgresql://postgres" + server + "/nothing").message == R"(SQLSTATE 3D000: database "nothing" does not exist)");
  CHECK(fails("postgresql://postgres" + server + "/postgres?sslmode=require").kind == FailureKind::connect);
  CHECK(fails("nonsense").message == "the dsn can't be understood");
}

TEST_CASE("a server that doesn't answer") {
  // Accepts in the kernel, and never says a word.
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(listener, 8) == 0);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  SqlClient client;
  SqlStatement silent = statement("host=127.0.0.1 user=x port=" + std::to_string(ntohs(address.sin_port)), "select 1");
  silent.connect_timeout = 50ms;
  const Outcome timed_out = client.send(silent).outcome;
  CHECK(timed_out.kind == FailureKind::connect_timeout);
  CHECK(timed_out.message == "connecting to 127.0.0.1 timed out");
  silent.connect_timeout.reset();
  const Outcome cancelled = client.send(silent, 50ms).outcome;
  CHECK(cancelled.kind == FailureKind::cancelled);
  CHECK(cancelled.unsent);
  ::close(listener);
}

TEST_CASE("a timeout ends the statement on the server") {
  SqlClient client;
  const ActionResult result = client.send(statement(postgres().dsn("application_name=slow"), "select pg_sleep(600)"), 100ms);
  CHECK(result.outcome.kind == FailureKind::cancelled);
  CHECK(result.outcome.cancel_reason == CancelReason::attempt_timeout);
  CHECK(result.outcome.unsent);  // the server has undone it
  CHECK(running(client, "slow") == R"([{"n":0}])");
}

TEST_CASE("a forced stop doesn't wait, and the server hears of it all the same") {
  SqlClient client;
  class Forcer final : public Timer {
   public:
    explicit Forcer(CancelScope& scope) : scope_(scope) {}
    void on_timer() override {
      scope_.cancel(CancelReason::interrupted);
      scope_.force(CancelReason::interrupted);
    }

   private:
    CancelScope& scope_;
  };
  const Command command(
      std::make_unique<SqlStatement>(statement(postgres().dsn("application_name=forced"), "select pg_sleep(600)")));
  CancelScope scope;
  Forcer forcer(scope);
  forcer.arm(client.loop, client.loop.now() + 100ms);
  const ActionResult result = run(client.loop, client.executor->execute(command, scope));
  CHECK(result.outcome.kind == FailureKind::cancelled);
  while (running(client, "forced") != R"([{"n":0}])") std::this_thread::yield();
}

TEST_CASE("a result with too many rows or bytes") {
  SqlClient client;
  SqlStatement many = statement(postgres().dsn("application_name=many"), "select generate_series(1, 100000000) i");
  many.max_rows = 1000;
  const ActionResult result = client.send(std::move(many));
  CHECK(result.outcome.kind == FailureKind::result_too_large);
  CHECK(result.outcome.message == "the result has more than 1000 rows (max_rows)");
  CHECK(result.rows.empty());
  CHECK(running(client, "many") == R"([{"n":0}])");
  SqlStatement exact = statement(postgres().dsn(), "select i from generate_series(1, 3) i");
  exact.max_rows = 3;
  CHECK(client.send(std::move(exact)).outcome.ok());
  const ActionResult wide = client.send(statement(postgres().dsn(), "select repeat('x', 1000000) from generate_series(1, 1000)"));
  CHECK(wide.outcome.message == "the result has more than 16 MiB");
}

TEST_CASE("COPY is refused") {
  SqlClient client;
  CHECK(rows_of(client, "copy (select 1) to stdout") == "COPY from or to the client isn't supported");
  CHECK(rows_of(client, "create table copied (id int)") == "[]");
  CHECK(rows_of(client, "copy copied from stdin") == "COPY from or to the client isn't supported");
}

Task<void> ask(SqlClient& client, Semaphore& places, int number, std::set<std::string>& backends, int& right) {
  const Command command(std::make_unique<SqlStatement>(
      statement(postgres().dsn(), "select $1::int * 2 n, pg_backend_pid() pid", {std::to_string(number)})));
  CancelScope scope;
  co_await places.acquire(scope);
  const ActionResult result = co_await client.executor->execute(command, scope);
  places.release();
  const std::string start = "[{\"n\":" + std::to_string(number * 2) + ",\"pid\":";
  if (!result.rows.starts_with(start)) co_return;
  ++right;
  backends.insert(result.rows.substr(start.size()));
}

Task<int> ask_all(SqlClient& client, int count, std::set<std::string>& backends) {
  Semaphore places(client.loop, 8);
  TaskGroup group(client.loop);
  int right = 0;
  for (int i = 0; i < count; ++i) group.start(ask(client, places, i, backends, right));
  co_await group.join();
  co_return right;
}

TEST_CASE("1 000 statements at once through 8 connections") {
  const std::size_t before = open_descriptors();
  {
    SqlClient client;
    std::set<std::string> backends;
    CHECK(run(client.loop, ask_all(client, 1000, backends)) == 1000);
    CHECK(backends.size() <= 8);
    CHECK(backends.size() > 1);
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("connections at rest are bounded whatever their DSN") {
  SqlClient client(2);
  for (int i = 0; i < 5; ++i) {
    const std::string name = "application_name=bounded" + std::to_string(i);
    CHECK(client.send(statement(postgres().dsn(name), "select 1")).outcome.ok());
  }
  SqlClient other;
  const std::string count = "select count(*) n from pg_stat_activity where application_name like 'bounded%'";
  while (rows_of(other, count) > R"([{"n":2}])") std::this_thread::yield();
  CHECK(rows_of(other, count) == R"([{"n":2}])");
}

TEST_CASE("a connection that the server closed at rest is replaced") {
  SqlClient client;
  SqlClient killer;
  const std::string dsn = postgres().dsn("application_name=resting");
  CHECK(client.send(statement(dsn, "select 1")).outcome.ok());
  const std::string of_resting = " from pg_stat_activity where application_name = 'resting'";
  CHECK(rows_of(killer, "select pg_terminate_backend(pid) t" + of_resting) == R"([{"t":true}])");
  while (rows_of(killer, "select 1 a" + of_resting) != "[]") std::this_thread::yield();
  CHECK(client.send(statement(dsn, "select 2 a")).rows == R"([{"a":2}])");
}

TEST_CASE("a backend that is told to end says so") {
  SqlClient client;
  const Outcome outcome =
      client.send(statement(postgres().dsn(), "select pg_terminate_backend(pg_backend_pid()), pg_sleep(600)")).outcome;
  CHECK(outcome.kind == FailureKind::sql_error);
  CHECK(outcome.message == "SQLSTATE 57P01: terminating connection due to administrator command");
  CHECK(outcome.unsent);
}

class Killer final : public Timer {
 public:
  explicit Killer(Postgres& server) : server_(server) {}
  void on_timer() override { server_.kill(); }

 private:
  Postgres& server_;
};

TEST_CASE("a server that dies in the middle") {
  Postgres mortal;
  SqlClient client;
  Killer killer(mortal);
  CHECK(client.send(statement(mortal.dsn(), "select 1")).outcome.ok());
  killer.arm(client.loop, client.loop.now() + 100ms);
  const ActionResult result = client.send(statement(mortal.dsn(), "select pg_sleep(600)"));
  CHECK(result.outcome.kind == FailureKind::transfer);
  CHECK_FALSE(result.outcome.unsent);
  CHECK(result.outcome.message.starts_with("the connection to the database was lost: "));
  CHECK(client.send(statement(mortal.dsn(), "select 1")).outcome.kind == FailureKind::connect);
}

}  // namespace
}  // namespace corun::testing
