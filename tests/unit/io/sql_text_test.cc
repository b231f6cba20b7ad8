// DSNs, rows, parameters and libpq's messages, as texts. Knows no server.
#include <algorithm>
#include <map>
#include <string>

#include "base/json_check.h"
#include "catch.h"
#include "io/sql_dsn.h"
#include "io/sql_failure.h"
#include "io/sql_parameter.h"
#include "io/sql_rows.h"
#include "io/sql_session.h"

namespace corun {
namespace {

using Settings = std::map<std::string, std::string>;

SqlDsn parsed(const std::string& dsn) {
  const Result<SqlDsn> result = parse_dsn(**load_pq(), dsn);
  REQUIRE(result);
  return *result;
}

Settings settings_of(const SqlDsn& dsn) {
  const SqlSettings all = dsn.connection_settings();
  Settings settings(all.begin(), all.end());
  CHECK(settings.size() == all.size());
  return settings;
}

std::string value(std::uint32_t type, std::string_view text) {
  std::string out;
  append_sql_value(out, type, text);
  return out;
}

TEST_CASE("a DSN as libpq's settings") {
  CHECK(settings_of(parsed("postgresql://u:p%40@127.0.0.1:77/shop?sslmode=require&connect_timeout=3")) ==
        Settings{{"user", "u"},
                 {"password", "p@"},
                 {"host", "127.0.0.1"},
                 {"hostaddr", "127.0.0.1"},
                 {"port", "77"},
                 {"dbname", "shop"},
                 {"sslmode", "require"},
                 {"connect_timeout", "3"},
                 {"client_encoding", "UTF8"},
                 {"fallback_application_name", "corun"},
                 {"gssencmode", "disable"}});
  CHECK(parsed("host=h connect_timeout=3").connect_timeout == Duration(3s));
  CHECK_FALSE(parsed("host=h connect_timeout=0").connect_timeout);
  CHECK(settings_of(parsed("host=h client_encoding=LATIN1 gssencmode=prefer")).at("client_encoding") == "UTF8");
  CHECK(settings_of(parsed("host=h gssencmode=prefer")).at("gssencmode") == "prefer");
}

TEST_CASE("names are looked up before libpq sees them; addresses and sockets aren't") {
  SqlDsn dsn = parsed("host=db,10.0.0.1,/run/pg,::1 port=1,2,3,4");
  REQUIRE(dsn.hosts.size() == 4);
  CHECK(dsn.hosts[0].needs_lookup());
  for (std::size_t i = 1; i < 4; ++i) CHECK_FALSE(dsn.hosts[i].needs_lookup());
  dsn.hosts[0].addresses = {"10.1.1.1", "fd00::1"};
  const Settings settings = settings_of(dsn);
  CHECK(settings.at("host") == "db,db,10.0.0.1,/run/pg,::1");
  CHECK(settings.at("hostaddr") == "10.1.1.1,fd00::1,10.0.0.1,,::1");
  CHECK(settings.at("port") == "1,1,2,3,4");
  CHECK(dsn.server() == "db, 10.0.0.1, /run/pg, ::1");
  CHECK(parsed("host=db hostaddr=10.0.0.9").hosts.empty());
  CHECK(settings_of(parsed("host=db hostaddr=10.0.0.9")).at("hostaddr") == "10.0.0.9");
}

TEST_CASE("a DSN that can't be understood doesn't tell its password") {
  const PqApi& api = **load_pq();
  CHECK(parse_dsn(api, "password=my secret").error().message == "the dsn can't be understood");
  CHECK(parse_dsn(api, "host=h hots=x").error().message == "the dsn can't be understood: invalid connection option \"hots\"");
  CHECK(parse_dsn(api, "service=prod").error().message.find("PGSERVICE") != std::string::npos);
  CHECK(parse_dsn(api, std::string("host=h\0x", 8)).error().message == "the dsn holds a NUL character");
}

TEST_CASE("a DSN fit to be shown") {
  CHECK(masked_dsn("postgresql://u:secret@h:5/db") == "postgresql://u:***@h:5/db");
  CHECK(masked_dsn("postgres://u@h/db") == "postgres://u@h/db");
  CHECK(masked_dsn("postgresql://u:se/cr@et@h/db") == "postgresql://u:***@h/db");
  CHECK(masked_dsn("postgresql://h/db?user=u&password=secret&sslpassword=x&a=b") ==
        "postgresql://h/db?user=u&password=***&sslpassword=***&a=b");
  CHECK(masked_dsn("host=h password=secret user=u") == "host=h password=*** user=u");
  CHECK(masked_dsn("password = 'a \\' b' host = h") == "password=*** host=h");
  CHECK(masked_dsn("password=a\\ secret host=h") == "password=*** host=h");
  CHECK(masked_dsn("password=my secret") == "***");
  CHECK(masked_dsn("password='open") == "***");
  CHECK(masked_dsn("password='open\\") == "***");
}

TEST_CASE("numbers stay numbers as long as a double keeps them") {
  CHECK(value(20, "9007199254740992") == "9007199254740992");
  CHECK(value(20, "-9007199254740992") == "-9007199254740992");
  CHECK(value(20, "-9007199254740993") == "\"-9007199254740993\"");
  CHECK(value(23, "-7") == "-7");
  CHECK(value(701, "1e-07") == "1e-07");
  CHECK(value(700, "Infinity") == "\"Infinity\"");
  CHECK(value(701, "NaN") == "\"NaN\"");
  CHECK(value(1700, "0.000000000000001") == "0.000000000000001");
  CHECK(value(1700, "999999999999999") == "999999999999999");
  CHECK(value(1700, "1000000000000000") == "\"1000000000000000\"");
  CHECK(value(1700, "0." + std::string(400, '0') + '1') == "\"0." + std::string(400, '0') + "1\"");
  CHECK(value(1700, "Infinity") == "\"Infinity\"");
}

TEST_CASE("rows stop at their bounds") {
  SqlRows rows(2, 1000);
  rows.add_column("a", 23);
  CHECK(rows.refusal().empty());
  rows.add_value("1");
  rows.add_value(std::nullopt);
  CHECK(rows.refusal().empty());
  rows.add_value("3");
  CHECK(rows.refusal() == "the result has more than 2 rows (max_rows)");
  SqlRows wide(2, 1 << 20);
  wide.add_column("a", 25);
  wide.add_value(std::string(1 << 20, 'x'));
  CHECK(wide.refusal() == "the result has more than 1 MiB");
  CHECK(SqlRows(1, 1).take() == "[]");
}

TEST_CASE("rows without columns count, too") {
  SqlRows rows(2, 1000);
  rows.add_empty_row();
  rows.add_empty_row();
  CHECK(rows.take() == "[{},{}]");
  SqlRows few(1, 1000);
  few.add_empty_row();
  few.add_empty_row();
  CHECK(few.refusal() == "the result has more than 1 rows (max_rows)");
}

TEST_CASE("JSON that nobody could read is a string") {
  const std::string deep = std::string(kMaxJsonDepth + 1, '[') + std::string(kMaxJsonDepth + 1, ']');
  CHECK(value(114, deep) == '"' + deep + '"');
  CHECK(value(3802, deep) == '"' + deep + '"');
  CHECK(value(114, R"("\ud800")") == R"("\"\\ud800\"")");
  CHECK(value(114, R"("\ud83d\ude00")") == R"("\ud83d\ude00")");
}

TEST_CASE("which statements leave their session alone") {
  for (const auto& [query, tag] : std::map<std::string, std::string>{{"select 1", "SELECT 1"},
                                                                     {"insert into t values (1)", "INSERT 0 1"},
                                                                     {"update t set a = 1", "UPDATE 3"},
                                                                     {"merge into t using u on true", "MERGE 1"},
                                                                     {"select 1 / 0", ""},
                                                                     {"select pg_advisory_xact_lock(1)", "SELECT 1"}}) {
    INFO(query);
    CHECK(leaves_session_alone(query, tag));
  }
  for (const auto& [query, tag] : std::map<std::string, std::string>{{"set a = 1", "SET"},
                                                                     {"create table t as select 1", "SELECT 1"},
                                                                     {"CREATE TEMP TABLE t AS VALUES (1)", "SELECT 1"},
                                                                     {"select 1 INTO TEMP t", "SELECT 1"},
                                                                     {"select Set_Config('a.b', 'x', false)", "SELECT 1"},
                                                                     {"insert into t select setseed(0.5)", "INSERT 0 1"},
                                                                     {"select pg_try_advisory_lock(1)", "SELECT 1"},
                                                                     {"select pg_advisory_lock(1), 1 / 0", ""}}) {
    INFO(query);
    CHECK_FALSE(leaves_session_alone(query, tag));
  }
}

TEST_CASE("which statements may commit midway") {
  for (const char* query :
       {"call p()", " CALL p()", "do $$ begin end $$", "-- why\n/* a /* b */ c */ Do 'begin end'", "/*x*/call p()"}) {
    INFO(query);
    CHECK(may_commit_midway(query));
  }
  for (const char* query :
       {"select 1", "callback", "", "--", "-- call p()", "/* call p()", "/* /* */ call p() */ select 1", "do_it()"}) {
    INFO(query);
    CHECK_FALSE(may_commit_midway(query));
  }
}

TEST_CASE("a column named like another's new name") {
  SqlRows rows(1, 1000);
  for (const char* name : {"a", "a_2", "a"}) rows.add_column(name, 23);
  for (const char* text : {"1", "2", "3"}) rows.add_value(text);
  CHECK(rows.take() == R"([{"a":1,"a_2":2,"a_3":3}])");
}

TEST_CASE("parameters from JSON") {
  CHECK_FALSE(sql_parameter("null"));
  CHECK(sql_parameter("true") == "true");
  CHECK(sql_parameter("-1.50e3") == "-1.50e3");
  CHECK(sql_parameter(R"({"a":"\n"})") == R"({"a":"\n"})");
  CHECK(sql_parameter(R"("a\"\\\/\b\f\n\r\t")") == "a\"\\/\b\f\n\r\t");
  CHECK(sql_parameter(R"("\u0041\u00e9\u20ac\ud83d\ude00")") == "Aé€😀");
  CHECK(sql_parameter(R"("\ud83dx\ude00")") == "\xEF\xBF\xBDx\xEF\xBF\xBD");
  CHECK(sql_parameter(R"("null")") == "null");
  CHECK(sql_parameter(R"("")") == "");
}

TEST_CASE("what libpq says of a connection that doesn't come up") {
  const std::string at = "connection to server at \"h\" (10.0.0.1), port 5432 failed: ";
  const Outcome refused = sql_connect_failure(at + "Connection refused\n\tIs the server running?\n");
  CHECK(refused.kind == FailureKind::connect);
  CHECK(refused.message == at + "Connection refused");
  const Outcome full = sql_connect_failure(at + "FATAL:  53300: sorry, too many clients already\nLOCATION:  ProcArrayAdd\n");
  CHECK(full.kind == FailureKind::sql_error);
  CHECK(full.message == "SQLSTATE 53300: sorry, too many clients already");
  CHECK(std::string(full.sqlstate.data()) == "53300");
  CHECK(full.unsent);
  CHECK(sql_connect_failure(at + "SSL error: certificate verify failed\n").kind == FailureKind::tls_trust);
  CHECK(sql_connect_failure("invalid sslmode value: \"x\"\n").kind == FailureKind::invalid_request);
  CHECK(sql_connect_failure(at + "fe_sendauth: no password supplied\n").kind == FailureKind::invalid_request);
}

}  // namespace
}  // namespace corun
