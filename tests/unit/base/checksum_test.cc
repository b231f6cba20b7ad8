// What is a checksum and what isn't. Knows nothing of files.
#include "base/checksum.h"

#include <string>

#include "catch.h"

using namespace corun;

TEST_CASE("checksums of every algorithm, in either case") {
  const std::pair<const char*, std::size_t> algorithms[] = {{"md5", 32}, {"sha1", 40}, {"sha256", 64}, {"sha512", 128}};
  for (const auto& [algorithm, digits] : algorithms) {
    INFO(algorithm);
    const Result<Checksum> checksum = parse_checksum(std::string(algorithm) + ':' + std::string(digits, 'A'));
    REQUIRE(checksum);
    CHECK(checksum->algorithm == algorithm);
    CHECK(checksum->digest == std::string(digits, 'a'));
    CHECK_FALSE(parse_checksum(std::string(algorithm) + ':' + std::string(digits - 1, 'a')));
    CHECK_FALSE(parse_checksum(std::string(algorithm) + ':' + std::string(digits, 'g')));
  }
  CHECK(parse_checksum("SHA256:" + std::string(64, '0')));
}

TEST_CASE("what isn't a checksum") {
  CHECK(parse_checksum("").error().message == "a checksum is written `sha256:` and its hexadecimal digits");
  CHECK(parse_checksum("crc32:00000000").error().message == "a checksum is of md5, sha1, sha256 or sha512");
  CHECK(parse_checksum("md5:abc").error().message == "a checksum of md5 has 32 hexadecimal digits");
  CHECK_FALSE(parse_checksum(std::string(64, 'a')));
  CHECK_FALSE(parse_checksum(" md5:" + std::string(32, 'a')));
}
