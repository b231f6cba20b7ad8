// The codes of diagnostics. Knows nothing of where they are found.
#include "graph/error_codes.h"

#include <array>

namespace corun {
namespace {

constexpr std::array kCodes{
    ErrorCode{code::kInvalidYaml, "the file isn't valid YAML"},
    ErrorCode{code::kTabIndentation, "a tab in the indentation"},
    ErrorCode{code::kNotText, "the file isn't UTF-8 text"},
    ErrorCode{code::kManyDocuments, "more than one YAML document"},
    ErrorCode{code::kTooLarge, "too large, too deep, or expanding too much"},
    ErrorCode{code::kTag, "a YAML tag"},
    ErrorCode{code::kAlias, "an alias that can't be resolved"},
    ErrorCode{code::kEmptyFile, "an empty file"},
    ErrorCode{code::kMerge, "a merge key without a map"},
    ErrorCode{code::kUnknownKey, "an unknown key"},
    ErrorCode{code::kDuplicateKey, "a key written twice"},
    ErrorCode{code::kMissingKey, "a required key is missing"},
    ErrorCode{code::kWrongType, "a value of the wrong type"},
    ErrorCode{code::kBareDuration, "a duration without a unit"},
    ErrorCode{code::kBadFormat, "a value that can't be read"},
    ErrorCode{code::kOutOfRange, "a value out of its range"},
    ErrorCode{code::kNotAChoice, "a value that isn't one of the choices"},
    ErrorCode{code::kConflict, "keys that exclude each other"},
    ErrorCode{code::kNoAction, "a job without an action"},
    ErrorCode{code::kWrongAction, "a key that doesn't work with the job's action"},
    ErrorCode{code::kBadName, "a name that isn't allowed"},
    ErrorCode{code::kExpression, "an expression that isn't closed, or not allowed here"},
    ErrorCode{code::kEmptyValue, "an empty value"},
    ErrorCode{code::kVersion, "an unknown version of the format"},
    ErrorCode{code::kBadHeader, "a header or method that can't be sent"},
    ErrorCode{code::kBadUrl, "a URL that can't be used"},
    ErrorCode{code::kIneffective, "a setting without effect"},
    ErrorCode{code::kUnknownNeed, "a needed job that doesn't exist"},
    ErrorCode{code::kSelfNeed, "a job that needs itself"},
    ErrorCode{code::kListedTwice, "a name listed twice"},
    ErrorCode{code::kCycle, "jobs that need each other"},
    ErrorCode{code::kUnknownBreaker, "a breaker that doesn't exist"},
    ErrorCode{code::kUnknownLimit, "a limit that doesn't exist"},
    ErrorCode{code::kQuorum, "a quorum that can't be met or is missing"},
    ErrorCode{code::kEmptyGather, "a gather that needs members"},
    ErrorCode{code::kUndefined, "a variable that doesn't exist"},
    ErrorCode{code::kInclude, "a job file that can't be included"},
    ErrorCode{code::kBodyWithGet, "a GET request with a body"},
    ErrorCode{code::kNoVerification, "TLS certificates aren't verified"},
    ErrorCode{code::kExposedSecret, "a secret among a program's arguments"},
    ErrorCode{code::kPlainBraces, "braces that look like an expression, and are none"},
    ErrorCode{code::kOfRunsAlone, "a key that counts when the file is run by itself, and not as a graph"},
    ErrorCode{code::kListOfCommands, "a list that looks like several commands"},
    ErrorCode{code::kCronRelativePath, "under cron: a path that depends on the directory"},
    ErrorCode{code::kCronPath, "under cron: a program that its PATH doesn't have"},
    ErrorCode{code::kCronPercent, "under cron: a `%`"},
    ErrorCode{code::kCronVariable, "under cron: a variable of the environment"},
};

}  // namespace

std::span<const ErrorCode> error_codes() { return kCodes; }

}  // namespace corun
