// The key tables of `concurrency` and `ping`. Knows nothing of jobs.
#include <array>
#include <utility>

#include "graph/cron_reader.h"
#include "graph/error_codes.h"
#include "graph/key_table.h"
#include "graph/load_state.h"
#include "graph/read_values.h"

namespace corun {
namespace {

using OnConflict = Concurrency::OnConflict;

constexpr std::array<Choice<OnConflict>, 4> kOnConflict{
    {{"allow", OnConflict::allow}, {"skip", OnConflict::skip}, {"wait", OnConflict::wait}, {"replace", OnConflict::replace}}};

void set_group(Reader& reader, NodeId node, void* target) {
  auto group = read_text(reader, node);
  if (!group) return;
  if (group->text.empty()) return reader.error(node, code::kEmptyValue, reader.where() + " is empty");
  static_cast<Concurrency*>(target)->group = *std::move(group);
}

// A URL whose literal beginning, if it has one, is that of the web.
void set_ping_url(Reader& reader, NodeId node, void* target) {
  auto url = read_text(reader, node);
  if (!url) return;
  const std::string& text = url->text;
  if (text.empty()) return reader.error(node, code::kEmptyValue, reader.where() + " is empty");
  if (!text.starts_with("${{") && !text.starts_with("http://") && !text.starts_with("https://")) {
    return reader.error(node, code::kBadUrl, reader.where() + " starts with http:// or https://");
  }
  if (!url->has_expression() && text.find_first_of(" \t\r\n") != std::string::npos) {
    return reader.error(node, code::kBadUrl, "a URL can't hold spaces or control characters");
  }
  static_cast<PingSpec*>(target)->url = *std::move(url);
}

// What is of runs isn't of jobs.
void warn_within_graph(Reader& reader, NodeId node, const std::string& key) {
  if (reader.state().includer == nullptr) return;
  reader.error(node, code::kOfRunsAlone, '`' + key + "` has no effect here: this file is run as a graph of another one's",
               "it counts where the file is run by itself");
}

constexpr std::array kConcurrencyKeys{
    Key{.name = "group",
        .shapes = kText,
        .accepts = "a name",
        .description = "Runs of one group keep out of each other's way; else those of this file.",
        .example = "group: nightly",
        .decode = set_group},
    Key{.name = "on_conflict",
        .shapes = kChoice,
        .accepts = "what to do",
        .default_text = "skip",
        .description = "What a run does while another one of its group is under way.",
        .example = "on_conflict: wait",
        .decode = set<&Concurrency::on_conflict, read_choice<kOnConflict>>,
        .choices = words_of<kOnConflict>},
    Key{.name = "max_age",
        .shapes = kDuration,
        .accepts = "a duration",
        .default_text = "24h",
        .description = "A run that is under way for longer is taken to hang: nobody skips or waits for it in silence.",
        .example = "max_age: 6h",
        .decode = set<&Concurrency::max_age, read_positive_duration>},
    Key{.name = "grace",
        .shapes = kDuration,
        .accepts = "a duration",
        .default_text = "30s",
        .description = "How long a run that is replaced has to end before it is killed.",
        .example = "grace: 1m",
        .decode = set<&Concurrency::grace, read_duration>},
};

constexpr std::array kPingKeys{
    Key{.name = "url",
        .shapes = kText,
        .accepts = "a URL",
        .description = "Asked for when the run has succeeded; with `/fail` at its end when it hasn't.",
        .example = "url: https://hc-ping.com/b0b1",
        .decode = set_ping_url,
        .required = true},
    Key{.name = "start",
        .shapes = kBoolean,
        .accepts = "true or false",
        .default_text = "true",
        .description = "Whether `/start` is asked for when the run starts.",
        .example = "start: false",
        .decode = set<&PingSpec::start, read_boolean>},
};

}  // namespace

void decode_concurrency(Reader& reader, NodeId node, void* target) {
  warn_within_graph(reader, node, "concurrency");
  Concurrency concurrency;
  reader.read_map(node, Scope::concurrency, &concurrency);
  static_cast<LoadState*>(target)->file.concurrency = std::move(concurrency);
}

void decode_ping(Reader& reader, NodeId node, void* target) {
  warn_within_graph(reader, node, "ping");
  PingSpec ping;
  if (reader.is_map(node)) {
    reader.read_map(node, Scope::ping, &ping);
  } else {
    set_ping_url(reader, node, &ping);
  }
  static_cast<LoadState*>(target)->file.ping = std::move(ping);
}

std::span<const Key> concurrency_keys() { return kConcurrencyKeys; }
std::span<const Key> ping_keys() { return kPingKeys; }

}  // namespace corun
