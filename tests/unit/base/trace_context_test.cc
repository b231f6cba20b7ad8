// W3C Trace Context: what is a traceparent, and what becomes of it.
#include "base/trace_context.h"

#include <string>

#include "catch.h"

using namespace corun;

namespace {

const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kSpan = "00f067aa0ba902b7";

}  // namespace

TEST_CASE("A traceparent is taken and passed on") {
  const auto context = parse_traceparent(" 00-" + kTrace + "-" + kSpan + "-01\t");
  REQUIRE(context);
  CHECK(context->trace_id == kTrace);
  CHECK(context->span_id == kSpan);
  CHECK(context->is_sampled());
  CHECK(traceparent(*context, "1111111111111111") == "00-" + kTrace + "-1111111111111111-01");
  // What this version doesn't know isn't passed on.
  const auto strange = parse_traceparent("00-" + kTrace + "-" + kSpan + "-fe");
  REQUIRE(strange);
  CHECK_FALSE(strange->is_sampled());
  CHECK(traceparent(*strange, kSpan).ends_with("-02"));
}

TEST_CASE("Later versions of a traceparent may say more") {
  CHECK(parse_traceparent("01-" + kTrace + "-" + kSpan + "-01"));
  CHECK(parse_traceparent("cc-" + kTrace + "-" + kSpan + "-01-what the future holds"));
  CHECK_FALSE(parse_traceparent("cc-" + kTrace + "-" + kSpan + "-01.what"));
  CHECK_FALSE(parse_traceparent("00-" + kTrace + "-" + kSpan + "-01-more"));
  CHECK_FALSE(parse_traceparent("ff-" + kTrace + "-" + kSpan + "-01"));
}

TEST_CASE("What is no traceparent") {
  for (const std::string& wrong :
       {std::string(), std::string("00"), "00-" + kTrace + "-" + kSpan, "00-" + kTrace + "-" + kSpan + "-0",
        "00-" + std::string(32, '0') + "-" + kSpan + "-01", "00-" + kTrace + "-" + std::string(16, '0') + "-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + kSpan + "-01", "00_" + kTrace + "-" + kSpan + "-01",
        "0g-" + kTrace + "-" + kSpan + "-01", "00-" + kTrace + "-" + kSpan + "-0x"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_traceparent(wrong));
  }
}

TEST_CASE("A tracestate is a header or nothing") {
  CHECK(checked_tracestate("vendor=x,other=y") == "vendor=x,other=y");
  CHECK(checked_tracestate("a=b\r\nHost: evil").empty());
  CHECK(checked_tracestate(std::string(513, 'a')).empty());
}
