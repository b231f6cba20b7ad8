// What answers to requests for the rest of a file mean. Knows no connections.
#include "io/http_range.h"

#include "catch.h"

using namespace corun;

namespace {

using Kind = RangeAnswer::Kind;

Kind kind(int status, const HttpHeaders& headers, std::uint64_t have = 5, std::string_view etag = "\"a\"") {
  return range_answer(status, headers, have, etag).kind;
}

}  // namespace

TEST_CASE("Content-Range") {
  const auto full = parse_content_range("bytes 5-9/10");
  REQUIRE(full);
  CHECK(full->first == 5U);
  CHECK(full->last == 9U);
  CHECK(full->total == 10U);
  CHECK_FALSE(parse_content_range("BYTES 5-9/*")->total);
  CHECK(parse_content_range("bytes */10")->total == 10U);
  CHECK_FALSE(parse_content_range("bytes */10")->first);
  for (const char* wrong :
       {"", "bytes", "bytes ", "bytes 5-9", "bytes 5/10", "bytes -5/10", "bytes 5-/10", "bytes 9-5/10", "bytes 5-10/10",
        "bytes */*", "lines 5-9/10", "bytes 5-9/x", "bytes +5-9/10", "bytes 5-99999999999999999999/*", "bytes 0x5-9/10"}) {
    INFO(wrong);
    CHECK_FALSE(parse_content_range(wrong));
  }
}

TEST_CASE("ETags") {
  for (const char* tag : {"\"abc\"", "W/\"abc\"", "\"\""}) {
    INFO(tag);
    CHECK(etag_of({{"etag", tag}}) == tag);
  }
  for (const char* other : {"abc", "\"", "", "W/", "w/\"abc\"", "W/\"", "\"a\"b\"", "\"a b\"", "\"a\r\nX: y\""}) {
    INFO(other);
    CHECK(etag_of({{"ETag", other}}).empty());
  }
  CHECK(etag_of({}).empty());
  CHECK(is_strong("\"abc\""));
  CHECK_FALSE(is_strong("W/\"abc\""));
  CHECK_FALSE(is_strong(""));
}

TEST_CASE("206") {
  const HttpHeaders right{{"Content-Range", "bytes 5-9/10"}, {"ETag", "\"a\""}};
  CHECK(kind(206, right) == Kind::rest);
  CHECK(range_answer(206, right, 5, "").total == 10U);
  const RangeAnswer open_ended = range_answer(206, {{"Content-Range", "bytes 5-9/*"}}, 5, "");
  CHECK_FALSE(open_ended.total);
  CHECK(open_ended.end == 10U);
  CHECK(kind(206, {{"Content-Range", "bytes 5-9/10"}}) == Kind::rest);
  CHECK(kind(206, {{"Content-Range", "bytes 5-9/10"}, {"ETag", "\"b\""}}) == Kind::start_over);
  CHECK(kind(206, {{"Content-Range", "bytes 5-9/10"}, {"ETag", "W/\"a\""}}) == Kind::rest);
  CHECK(kind(206, {{"Content-Range", "bytes 5-9/10"}, {"ETag", "W/\"a\""}}, 5, "W/\"a\"") == Kind::rest);
  CHECK(kind(206, {{"Content-Range", "bytes 5-9/10"}, {"ETag", "W/\"b\""}}, 5, "W/\"a\"") == Kind::start_over);
  CHECK(kind(206, {{"Content-Range", "bytes 4-9/10"}}) == Kind::start_over);
  CHECK(kind(206, {{"Content-Range", "bytes 0-9/10"}}) == Kind::start_over);
  CHECK(kind(206, {{"Content-Range", "bytes 5-9/10"}, {"Content-Encoding", "gzip"}}) == Kind::start_over);
  CHECK(kind(206, {{"Content-Type", "multipart/byteranges; boundary=x"}}) == Kind::start_over);
  CHECK(kind(206, right, 0) == Kind::unasked);
}

TEST_CASE("416") {
  CHECK(kind(416, {{"Content-Range", "bytes */5"}}) == Kind::complete);
  CHECK(kind(416, {{"Content-Range", "bytes */5"}, {"ETag", "\"a\""}}) == Kind::complete);
  CHECK(kind(416, {{"Content-Range", "bytes */5"}, {"ETag", "\"b\""}}) == Kind::start_over);
  CHECK(kind(416, {{"Content-Range", "bytes */4"}}) == Kind::start_over);
  CHECK(kind(416, {{"Content-Range", "bytes */6"}}) == Kind::start_over);
  CHECK(kind(416, {{"Content-Range", "bytes 0-4/5"}}) == Kind::start_over);
  CHECK(kind(416, {}) == Kind::start_over);
  CHECK(kind(416, {{"Content-Range", "bytes */0"}}, 0) == Kind::whole);
}

TEST_CASE("other answers are about the whole") {
  CHECK(kind(200, {}) == Kind::whole);
  CHECK(kind(404, {}) == Kind::whole);
}
