// Digests against known ones. Knows no files.
#include "io/digest.h"

#include "catch.h"

using namespace corun;

TEST_CASE("known digests, in pieces and again") {
  const std::pair<const char*, const char*> known[] = {
      {"md5", "900150983cd24fb0d6963f7d28e17f72"},
      {"sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"},
      {"sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"sha512",
       "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa"
       "54c"
       "a49f"}};
  for (const auto& [algorithm, digest] : known) {
    INFO(algorithm);
    Result<ByteDigest> made = ByteDigest::create(algorithm);
    REQUIRE(made);
    made->update("a");
    made->update("bc");
    CHECK(made->finish() == digest);
    made->restart();
    made->update("x");
    made->restart();
    made->update("abc");
    CHECK(made->finish() == digest);
  }
  CHECK_FALSE(ByteDigest::create("crc32"));
}
