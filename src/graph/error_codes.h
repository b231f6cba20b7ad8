// The codes of diagnostics: one table, stable for ever. Knows nothing of where they are found.
#pragma once

#include <span>
#include <string_view>

namespace corun {

/// A code and what it stands for.
struct ErrorCode {
  std::string_view code;
  std::string_view title;
};

/// Every code, in order.
std::span<const ErrorCode> error_codes();

namespace code {
inline constexpr std::string_view kInvalidYaml = "E001";
inline constexpr std::string_view kTabIndentation = "E002";
inline constexpr std::string_view kNotText = "E003";
inline constexpr std::string_view kManyDocuments = "E004";
inline constexpr std::string_view kTooLarge = "E005";
inline constexpr std::string_view kTag = "E006";
inline constexpr std::string_view kAlias = "E007";
inline constexpr std::string_view kEmptyFile = "E008";
inline constexpr std::string_view kMerge = "E009";
inline constexpr std::string_view kUnknownKey = "E101";
inline constexpr std::string_view kDuplicateKey = "E102";
inline constexpr std::string_view kMissingKey = "E103";
inline constexpr std::string_view kWrongType = "E104";
inline constexpr std::string_view kBareDuration = "E105";
inline constexpr std::string_view kBadFormat = "E106";
inline constexpr std::string_view kOutOfRange = "E107";
inline constexpr std::string_view kNotAChoice = "E108";
inline constexpr std::string_view kConflict = "E109";
inline constexpr std::string_view kNoAction = "E110";
inline constexpr std::string_view kWrongAction = "E111";
inline constexpr std::string_view kBadName = "E112";
inline constexpr std::string_view kExpression = "E113";
inline constexpr std::string_view kEmptyValue = "E114";
inline constexpr std::string_view kVersion = "E115";
inline constexpr std::string_view kBadHeader = "E116";
inline constexpr std::string_view kBadUrl = "E117";
inline constexpr std::string_view kIneffective = "E118";
inline constexpr std::string_view kUnknownNeed = "E201";
inline constexpr std::string_view kSelfNeed = "E202";
inline constexpr std::string_view kListedTwice = "E203";
inline constexpr std::string_view kCycle = "E204";
inline constexpr std::string_view kUnknownBreaker = "E205";
inline constexpr std::string_view kUnknownLimit = "E206";
inline constexpr std::string_view kQuorum = "E207";
inline constexpr std::string_view kEmptyGather = "E208";
inline constexpr std::string_view kUndefined = "E209";
inline constexpr std::string_view kInclude = "E210";
inline constexpr std::string_view kBodyWithGet = "W001";
inline constexpr std::string_view kNoVerification = "W002";
inline constexpr std::string_view kExposedSecret = "W003";
inline constexpr std::string_view kPlainBraces = "W004";
inline constexpr std::string_view kOfRunsAlone = "W005";
inline constexpr std::string_view kListOfCommands = "W006";
inline constexpr std::string_view kCronRelativePath = "W010";
inline constexpr std::string_view kCronPath = "W011";
inline constexpr std::string_view kCronPercent = "W012";
inline constexpr std::string_view kCronVariable = "W013";
}  // namespace code

}  // namespace corun
