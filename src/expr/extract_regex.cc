// Extracts values by regular expression. Knows nothing of where the text comes from.
//
// By PCRE2: what `grep -P` and git use (each Debian has it), it is maintained, and it alone counts its steps and memory, so that
// a pattern that would go on for ever ends with an error.
#include <time.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/text.h"
#include "expr/extract.h"
#include "expr/pcre2_api.h"

namespace corun {
namespace {

// Bounds of one match. Steps stop what backtracks without end; time stops what looks at much text in few steps.
constexpr std::uint64_t kMaxSteps = 5'000'000;
constexpr std::uint64_t kMaxStepsPerByte = 4;
constexpr std::uint32_t kMaxHeap = 64U << 10;   // KiB
constexpr std::int64_t kMaxTime = 500'000'000;  // nanoseconds of this thread, so that a busy machine makes no difference
constexpr std::size_t kMaxPattern = std::size_t{64} << 10;

using Code = std::unique_ptr<pcre2_code_8, decltype(&pcre2_code_free_8)>;

std::string message_of(const Pcre2Api& api, int code) {
  std::array<PCRE2_UCHAR8, 256> text{};
  api.get_error_message(code, text.data(), text.size());
  return reinterpret_cast<const char*>(text.data());
}

Result<Code> compile(const Pcre2Api& api, std::string_view pattern) {
  if (pattern.size() > kMaxPattern) return Error{"a regular expression may have at most 64 KiB"};
  int error = 0;
  std::size_t offset = 0;
  Code code(api.compile(reinterpret_cast<PCRE2_SPTR8>(pattern.data()), pattern.size(),
                        PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_AUTO_CALLOUT | PCRE2_NEVER_BACKSLASH_C, &error,
                        &offset, nullptr),
            api.code_free);
  if (code == nullptr) {
    return Error{"`" + std::string(pattern) + "` isn't a regular expression: " + message_of(api, error) + " (at byte " +
                 std::to_string(offset + 1) + ")"};
  }
  return code;
}

std::int64_t thread_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

// Called before each part of a pattern is tried; ends the match when its time is up.
class Deadline {
 public:
  static int check(pcre2_callout_block_8* /*where*/, void* deadline) {
    auto& it = *static_cast<Deadline*>(deadline);
    constexpr std::uint32_t kCallsPerLook = 16;
    return ++it.calls_ % kCallsPerLook == 0 && thread_time() > it.end_ ? PCRE2_ERROR_CALLOUT : 0;
  }

 private:
  std::int64_t end_ = thread_time() + kMaxTime;
  std::uint32_t calls_ = 0;
};

// The named groups of a pattern in its order. A name may belong to several groups.
std::vector<std::pair<std::uint32_t, std::string_view>> named_groups(const Pcre2Api& api, const pcre2_code_8* code) {
  std::uint32_t count = 0;
  std::uint32_t entry_size = 0;
  PCRE2_SPTR8 entry = nullptr;
  api.pattern_info(code, PCRE2_INFO_NAMECOUNT, &count);
  api.pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &entry_size);
  api.pattern_info(code, PCRE2_INFO_NAMETABLE, &entry);
  std::vector<std::pair<std::uint32_t, std::string_view>> groups;
  for (std::uint32_t i = 0; i < count; ++i, entry += entry_size) {  // two bytes of number, then the name, ended by NUL
    groups.emplace_back((std::uint32_t{entry[0]} << 8) | entry[1], reinterpret_cast<const char*>(entry + 2));
  }
  std::sort(groups.begin(), groups.end());
  return groups;
}

// The groups of a match by number, 0 being all of it.
class Groups {
 public:
  Groups(std::string_view text, std::span<const std::size_t> offsets) : text_(text), offsets_(offsets) {}

  bool is_set(std::size_t group) const { return offsets_[2 * group] != PCRE2_UNSET; }
  void append(std::string& json, std::size_t group) const {
    if (!is_set(group)) {
      json += "null";
      return;
    }
    const std::size_t start = offsets_[2 * group];
    const std::size_t end = std::max(start, offsets_[2 * group + 1]);  // \K may put the start behind the end
    append_json_string(json, text_.substr(start, end - start));
  }

 private:
  std::string_view text_;
  std::span<const std::size_t> offsets_;
};

std::string named_json(const Groups& groups, const std::vector<std::pair<std::uint32_t, std::string_view>>& names) {
  std::string json = "{";
  for (auto it = names.begin(); it != names.end(); ++it) {
    const auto has_name = [&](const auto& other) { return other.second == it->second; };
    if (std::any_of(names.begin(), it, has_name)) continue;
    // Of several groups with this name the first that took part.
    const auto taken =
        std::find_if(it, names.end(), [&](const auto& other) { return has_name(other) && groups.is_set(other.first); });
    if (json.size() > 1) json += ',';
    append_json_string(json, it->second);
    json += ':';
    groups.append(json, taken == names.end() ? it->first : taken->first);
  }
  return json + "}";
}

std::string list_json(const Groups& groups, std::uint32_t count) {
  std::string json = "[";
  for (std::uint32_t group = 1; group <= count; ++group) {
    if (group > 1) json += ',';
    groups.append(json, group);
  }
  return json + "]";
}

std::string match_json(const Pcre2Api& api, const pcre2_code_8* code, const Groups& groups) {
  if (const auto names = named_groups(api, code); !names.empty()) return named_json(groups, names);
  std::uint32_t count = 0;
  api.pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &count);
  if (count > 1) return list_json(groups, count);
  std::string json;
  groups.append(json, count);
  return json;
}

}  // namespace

Result<std::string> extract_regex(std::string_view text, std::string_view pattern) {
  const Result<const Pcre2Api*>& loaded = load_pcre2();
  if (!loaded) return loaded.error();
  const Pcre2Api& api = **loaded;
  const Result<Code> code = compile(api, pattern);
  if (!code) return code.error();

  const std::unique_ptr<pcre2_match_context_8, decltype(&pcre2_match_context_free_8)> context(api.match_context_create(nullptr),
                                                                                              api.match_context_free);
  const std::uint64_t steps = kMaxSteps + kMaxStepsPerByte * text.size();
  api.set_match_limit(context.get(), static_cast<std::uint32_t>(std::min<std::uint64_t>(steps, UINT32_MAX)));
  api.set_heap_limit(context.get(), kMaxHeap);
  Deadline deadline;
  api.set_callout(context.get(), &Deadline::check, &deadline);
  const std::unique_ptr<pcre2_match_data_8, decltype(&pcre2_match_data_free_8)> data(
      api.match_data_create_from_pattern(code->get(), nullptr), api.match_data_free);
  const int count =
      api.match(code->get(), reinterpret_cast<PCRE2_SPTR8>(text.data()), text.size(), 0, 0, data.get(), context.get());
  if (count == PCRE2_ERROR_NOMATCH) return std::string("null");
  if (count < 0) {
    const bool is_limit = count == PCRE2_ERROR_MATCHLIMIT || count == PCRE2_ERROR_HEAPLIMIT || count == PCRE2_ERROR_CALLOUT;
    return Error{"`" + std::string(pattern) + "` " +
                 (is_limit ? "takes too much time or memory on this text: its repetitions can match in too many ways"
                           : "can't be matched: " + message_of(api, count))};
  }
  std::uint32_t groups = 0;
  api.pattern_info(code->get(), PCRE2_INFO_CAPTURECOUNT, &groups);
  const std::span<const std::size_t> offsets(api.get_ovector_pointer(data.get()), 2 * (std::size_t{groups} + 1));
  return match_json(api, code->get(), Groups(text, offsets));
}

std::optional<std::string> regex_problem(std::string_view pattern) {
  const Result<const Pcre2Api*>& loaded = load_pcre2();
  if (!loaded) return loaded.error().message;
  const Result<Code> code = compile(**loaded, pattern);
  if (!code) return code.error().message;
  return std::nullopt;
}

}  // namespace corun
