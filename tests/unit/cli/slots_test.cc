// Descriptors divided among jobs.
#include "cli/slots.h"

#include "catch.h"

using namespace corun;

TEST_CASE("enough descriptors leave the slots as they are") {
  const Slots slots = slots_within(20000, {2000, 256});
  CHECK(slots.processes == 2000);
  CHECK(slots.http == 256);
}

TEST_CASE("few descriptors are divided") {
  SECTION("processes alone") {
    const Slots slots = slots_within(64, {100, 0});
    CHECK(slots.processes == 5);  // (64 - 24) / 7
    CHECK(slots.http == 0);
  }
  SECTION("requests alone") {
    const Slots slots = slots_within(64, {0, 256});
    CHECK(slots.processes == 0);
    CHECK(slots.http == 20);
  }
  SECTION("both: half for each") {
    const Slots slots = slots_within(224, {2000, 5000});
    CHECK(slots.processes == 12);
    CHECK(slots.http == 50);
  }
  SECTION("what one doesn't need the other gets") {
    CHECK(slots_within(224, {2, 5000}).http == 92);
    CHECK(slots_within(224, {2000, 10}).processes == 22);
  }
}

TEST_CASE("one of each goes always") {
  const Slots slots = slots_within(10, {100, 100});
  CHECK(slots.processes == 1);
  CHECK(slots.http == 1);
}
