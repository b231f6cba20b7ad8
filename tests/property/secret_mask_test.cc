// Random secrets in random texts against naive models, cut anywhere.
#include "base/secret_mask.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "base/secret_forms.h"
#include "base/text_finder.h"
#include "catch.h"

using namespace corun;

namespace {

class Random {
 public:
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(engine_); }
  std::string text(std::string_view alphabet, std::size_t least, std::size_t most) {
    std::string text;
    for (std::size_t length = least + below(most - least + 1); length > 0; --length) text += alphabet[below(alphabet.size())];
    return text;
  }

 private:
  std::mt19937 engine_{20260917};
};

// Every byte of every occurrence is covered; a run of covered bytes is one `***`.
std::string naively_masked(const std::vector<std::string>& forms, const std::string& text) {
  std::vector<bool> covered(text.size());
  for (const std::string& form : forms) {
    for (std::size_t at = text.find(form); at != std::string::npos; at = text.find(form, at + 1)) {
      std::fill_n(covered.begin() + static_cast<std::ptrdiff_t>(at), form.size(), true);
    }
  }
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!covered[i]) {
      out += text[i];
    } else if (i == 0 || !covered[i - 1]) {
      out += "***";
    }
  }
  return out;
}

// A text in which parts of forms are frequent.
std::string text_with(const std::vector<std::string>& forms, Random& random) {
  std::string text;
  for (std::size_t parts = random.below(12); parts > 0; --parts) {
    const std::string& form = forms[random.below(forms.size())];
    switch (random.below(4)) {
      case 0: text += form; break;
      case 1: text += form.substr(0, random.below(form.size() + 1)); break;
      case 2: text += form.substr(random.below(form.size())); break;
      default: text += random.text("ab c", 0, 3);
    }
  }
  return text;
}

}  // namespace

TEST_CASE("a text finder knows the longest text that ends and the longest that begins") {
  Random random;
  for (int round = 0; round < 2'000; ++round) {
    std::vector<std::string> texts;
    for (std::size_t count = 1 + random.below(6); count > 0; --count) texts.push_back(random.text("ab\xFF", 1, 5));
    const TextFinder finder(std::vector<std::string_view>(texts.begin(), texts.end()));
    const std::string text = random.text("ab\xFF", 0, 40);
    TextFinder::State state = 0;
    for (std::size_t end = 1; end <= text.size(); ++end) {
      state = finder.next(state, static_cast<unsigned char>(text[end - 1]));
      const std::string_view seen = std::string_view(text).substr(0, end);
      std::size_t match = 0;
      std::size_t depth = 0;
      for (const std::string& wanted : texts) {
        if (seen.ends_with(wanted)) match = std::max(match, wanted.size());
        for (std::size_t length = 1; length <= wanted.size(); ++length) {
          if (seen.ends_with(std::string_view(wanted).substr(0, length))) depth = std::max(depth, length);
        }
      }
      if (finder.match(state) != match || finder.depth(state) != depth) FAIL(seen);
    }
  }
}

TEST_CASE("secrets are masked as a naive masker does it, in one piece and in many") {
  Random random;
  int masks = 0;
  for (int round = 0; round < 3'000; ++round) {
    SecretMask mask;
    std::vector<std::string> forms;
    std::size_t longest = 0;
    for (std::size_t count = 1 + random.below(4); count > 0; --count) {
      const std::string secret = random.text(round % 2 == 0 ? "ab" : "ab '/\n\"\xFF", 4, 9);
      const std::vector<std::string> more = secret_forms(secret);
      REQUIRE(mask.add(secret) == !more.empty());
      forms.insert(forms.end(), more.begin(), more.end());
      if (random.below(2) == 0) static_cast<void>(mask.masked("so that the forms are in several tiers"));
    }
    if (forms.empty()) continue;
    for (const std::string& form : forms) longest = std::max(longest, form.size());
    const std::string text = text_with(forms, random);
    const std::string expected = naively_masked(forms, text);
    masks += expected.find("***") != std::string::npos ? 1 : 0;
    INFO(text);
    REQUIRE(mask.masked(text) == expected);
    SecretMask::Stream stream(mask);
    std::string shown;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = random.below(1 + random.below(12));
      shown += stream.write(std::string_view(text).substr(at, size));
      at += std::min(size, text.size() - at);
      if (stream.held() >= longest) FAIL("held " << stream.held());
      if (!expected.starts_with(shown)) FAIL(shown);
    }
    shown += stream.flush();
    REQUIRE(shown == expected);
  }
  CHECK(masks > 1'000);
}

TEST_CASE("secrets added while a text arrives are masked from then on") {
  Random random;
  for (int round = 0; round < 500; ++round) {
    SecretMask mask;
    SecretMask::Stream stream(mask);
    std::string shown;
    std::string expected;
    std::string text;
    for (int count = 0; count < 8; ++count) {
      const std::string secret = "<" + random.text("0123456789abcdef", 12, 20) + ">";
      REQUIRE(mask.add(secret));
      text += secret.substr(0, 5) + "." + secret + "," + secret + secret;
      expected += secret.substr(0, 5) + ".***,***";
      // Some of it is still to come when the next secret is added.
      const std::size_t size = random.below(text.size() + 1);
      shown += stream.write(std::string_view(text).substr(0, size));
      text.erase(0, size);
    }
    shown += stream.write(text);
    shown += stream.flush();
    REQUIRE(shown == expected);
  }
}
