// Random identifiers. Knows nothing of what they are for.
#include "policy/random.h"

#include <set>

#include "catch.h"

namespace corun {
namespace {

TEST_CASE("a random UUID has the form of version 4, and no two are the same") {
  SystemRandom random(1);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string uuid = random_uuid(random);
    REQUIRE(uuid.size() == 36);
    for (std::size_t k = 0; k < uuid.size(); ++k) {
      const bool dash = k == 8 || k == 13 || k == 18 || k == 23;
      CHECK((dash ? uuid[k] == '-' : std::string("0123456789abcdef").find(uuid[k]) != std::string::npos));
    }
    CHECK(uuid[14] == '4');
    CHECK(std::string("89ab").find(uuid[19]) != std::string::npos);
    CHECK(seen.insert(uuid).second);
  }
}

}  // namespace
}  // namespace corun
