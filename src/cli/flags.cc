// The table of flags. Knows nothing of their values.
#include "cli/flags.h"

#include <array>

namespace corun {
namespace {

constexpr std::uint32_t kRun = bit(CommandKind::run);
constexpr std::uint32_t kCheck = bit(CommandKind::check);
constexpr std::uint32_t kPlan = bit(CommandKind::plan);
constexpr std::uint32_t kResume = bit(CommandKind::resume);
constexpr std::uint32_t kHistory = bit(CommandKind::history);
constexpr std::uint32_t kLogs = bit(CommandKind::logs);
constexpr std::uint32_t kBreaker = bit(CommandKind::breaker);
constexpr std::uint32_t kCache = bit(CommandKind::cache);
constexpr std::uint32_t kPast = kHistory | kLogs;
constexpr std::uint32_t kLock = bit(CommandKind::lock);
constexpr std::uint32_t kCron = bit(CommandKind::cron);
constexpr std::uint32_t kSystemd = bit(CommandKind::systemd);
constexpr std::uint32_t kInit = bit(CommandKind::init);
constexpr std::uint32_t kReport = bit(CommandKind::report);
constexpr std::uint32_t kDraw = bit(CommandKind::graph);
constexpr std::uint32_t kLs = bit(CommandKind::ls);
constexpr std::uint32_t kPrint = kCron | kSystemd;
constexpr std::uint32_t kStart = kRun | kResume;
constexpr std::uint32_t kGraph = kStart | kPlan;
constexpr std::uint32_t kSelect = kRun | kPlan | kDraw | kLs;
constexpr std::uint32_t kAll = kGraph | kCheck | kDraw;

constexpr std::array kFlags = {
    Flag{"jobs", 'j', FlagKind::value, kGraph},
    Flag{"max-http", 0, FlagKind::value, kGraph},
    Flag{"keep-going", 'k', FlagKind::on, kGraph},
    Flag{"fail-fast", 0, FlagKind::on, kGraph},
    Flag{"timeout", 0, FlagKind::value, kGraph | kPrint},
    Flag{"retries", 0, FlagKind::value, kGraph},
    Flag{"exit-code", 0, FlagKind::value, kStart},
    Flag{"dry-run", 'n', FlagKind::on, kRun, false},
    Flag{"only", 0, FlagKind::list, kSelect},
    Flag{"skip", 0, FlagKind::list, kSelect},
    Flag{"from", 0, FlagKind::list, kSelect},
    Flag{"until", 0, FlagKind::list, kSelect},
    Flag{"tag", 0, FlagKind::list, kSelect},
    Flag{"set", 0, FlagKind::list, kGraph},
    Flag{"vars", 0, FlagKind::list, kGraph},
    Flag{"env", 'e', FlagKind::list, kGraph},
    Flag{"secret", 0, FlagKind::list, kGraph},
    Flag{"env-file", 0, FlagKind::list, kGraph},
    Flag{"env-clean", 0, FlagKind::on, kGraph},
    Flag{"output-format", 'o', FlagKind::value, kGraph | kLs | kHistory | kBreaker | kCache | kLock, false},
    Flag{"quiet", 'q', FlagKind::count, kStart, false},
    Flag{"verbose", 'v', FlagKind::count, kStart, false},
    Flag{"progress", 0, FlagKind::value, kStart, false},
    Flag{"log-order", 0, FlagKind::value, kStart, false},
    Flag{"state-dir", 0, FlagKind::value, kGraph | kPast | kBreaker | kCache | kLock | kPrint | kReport | kDraw, false},
    Flag{"no-state", 0, FlagKind::on, kRun, false},
    Flag{"no-cache", 0, FlagKind::on, kStart, false},
    Flag{"older-than", 0, FlagKind::value, kCache, false},
    Flag{"all", 0, FlagKind::on, kCache, false},
    Flag{"resume", 0, FlagKind::on, kRun, false},
    Flag{"cron", 0, FlagKind::on, kStart | kCheck, false},
    Flag{"lock", 0, FlagKind::value, kStart | kPrint},
    Flag{"jitter", 0, FlagKind::value, kRun | kPrint, false},
    Flag{"if-older-than", 0, FlagKind::value, kRun | kPrint, false},
    Flag{"ping", 0, FlagKind::value, kStart | kPrint},
    Flag{"report", 0, FlagKind::list, kStart | kPrint},
    Flag{"schedule", 0, FlagKind::value, kCron},
    Flag{"on-calendar", 0, FlagKind::value, kSystemd},
    Flag{"limit", 'n', FlagKind::value, kHistory, false, false},
    Flag{"failed", 0, FlagKind::on, kHistory, false, false},
    // CORUN_RUN and CORUN_ATTEMPT are there for jobs.
    Flag{"run", 0, FlagKind::value, kLogs | kDraw, false, false},
    Flag{"attempt", 0, FlagKind::value, kLogs, false, false},
    Flag{"follow", 'f', FlagKind::on, kLogs, false, false},
    Flag{"html", 0, FlagKind::value, kReport, false, false},
    Flag{"json", 0, FlagKind::value, kReport, false, false},
    Flag{"junit", 0, FlagKind::value, kReport, false, false},
    Flag{"otlp", 0, FlagKind::value, kReport, false, false},
    Flag{"trace", 0, FlagKind::value, kReport, false, false},
    Flag{"template", 0, FlagKind::value, kInit, false, false},
    Flag{"schema", 0, FlagKind::on, kInit, false, false},
    Flag{"format", 0, FlagKind::value, kCheck | kDraw},
    Flag{"color", 0, FlagKind::value, kAll, false},
    Flag{"directory", 'C', FlagKind::value, kSelect | kCheck | kPrint},
};

}  // namespace

std::span<const Flag> flags() { return kFlags; }

std::string Flag::variable() const {
  std::string variable = "CORUN_";
  for (const char c : name) variable += c == '-' ? '_' : static_cast<char>(c - 'a' + 'A');
  return variable;
}

}  // namespace corun
