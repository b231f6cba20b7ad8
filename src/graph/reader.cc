// Reads the nodes of a document by the key table and keeps what is wrong with them. Knows no single key.
#include "graph/reader.h"

#include <algorithm>

#include "base/text.h"
#include "graph/error_codes.h"
#include "graph/load_state.h"
#include "graph/other_names.h"
#include "graph/scalar.h"

namespace corun {
namespace {

// The candidate that begins most like `name`; "" if less than three characters and three fifths of the shorter agree.
std::string_view same_beginning(std::string_view name, std::span<const std::string_view> candidates) {
  std::string_view best;
  std::size_t most = 2;
  for (const std::string_view candidate : candidates) {
    const std::size_t shorter = std::min(name.size(), candidate.size());
    const auto end = std::mismatch(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(shorter), candidate.begin()).first;
    const auto common = static_cast<std::size_t>(end - name.begin());
    if (common <= most || common * 5 < shorter * 3) continue;
    most = common;
    best = candidate;
  }
  return best;
}

}  // namespace

Reader::Reader(const Source& source, const Document& document, LoadState& state)
    : source_(source), document_(document), state_(state) {}

// --- nodes ---

bool Reader::is_boolean(NodeId node) const {
  return document_.kind(node) == NodeKind::plain && scalar_type(text(node)) == ScalarType::boolean;
}

bool Reader::is_number(NodeId node) const {
  return document_.kind(node) == NodeKind::plain && scalar_type(text(node)) == ScalarType::number;
}

bool Reader::is_string(NodeId node) const {
  return document_.kind(node) == NodeKind::quoted ||
         (document_.kind(node) == NodeKind::plain && scalar_type(text(node)) == ScalarType::string);
}

std::vector<NodeId> Reader::items(NodeId list) const {
  std::vector<NodeId> nodes;
  nodes.reserve(document_.size(list));
  NodeId node = Document::first(list);
  for (std::uint32_t i = 0; i < document_.size(list); ++i, node = document_.next(node)) nodes.push_back(document_.resolve(node));
  return nodes;
}

void Reader::append_pairs(NodeId map, std::vector<Pair>& pairs) {
  NodeId node = Document::first(map);
  for (std::uint32_t i = 0; i < document_.size(map); ++i) {
    const NodeId key = document_.resolve(node);
    const NodeId value_node = document_.next(node);
    const NodeId value = document_.resolve(value_node);
    node = document_.next(value_node);
    if (!is_scalar(key)) {
      error(key, code::kWrongType, "a key that isn't text", "write a name here");
      continue;
    }
    if (document_.has_merge(map) && document_.kind(key) == NodeKind::plain && text(key) == "<<") continue;
    pairs.push_back({key, value, text(key)});
  }
}

void Reader::report_duplicates(std::vector<Pair>& pairs) {
  std::vector<std::uint32_t> order(pairs.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return pairs[a].name != pairs[b].name ? pairs[a].name < pairs[b].name : a < b;
  });
  std::vector<bool> repeated(pairs.size());
  bool any = false;
  std::uint32_t first = 0;
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (pairs[order[i]].name != pairs[order[first]].name) {
      first = static_cast<std::uint32_t>(i);
      continue;
    }
    any = repeated[order[i]] = true;
    Diagnostic diagnostic =
        finding(pairs[order[i]].key, code::kDuplicateKey, quoted(pairs[order[i]].name) + " is written twice in " + where());
    diagnostic.notes.push_back(note(pairs[order[first]].key, "it is first written here"));
    report(std::move(diagnostic));
  }
  if (!any) return;
  std::size_t index = 0;
  std::erase_if(pairs, [&](const Pair&) { return repeated[index++]; });
}

void Reader::append_merged(NodeId source, std::vector<Pair>& pairs, std::unordered_set<std::string_view>& names) {
  if (is_list(source)) {
    for (const NodeId item : items(source)) {
      if (is_map(item)) {
        append_merged(item, pairs, names);
      } else {
        error(item, code::kMerge, "`<<` takes a map, or a list of maps", "not a map");
      }
    }
    return;
  }
  if (!is_map(source)) {
    error(source, code::kMerge, "`<<` takes a map, or a list of maps", "not a map");
    return;
  }
  for (const Pair& pair : this->pairs(source)) {
    if (names.insert(pair.name).second) pairs.push_back(pair);
  }
}

std::vector<Pair> Reader::pairs(NodeId map) {
  std::vector<Pair> pairs;
  pairs.reserve(document_.size(map));
  append_pairs(map, pairs);
  bool distinct = true;
  if (pairs.size() <= 16) {
    for (std::size_t i = 1; i < pairs.size() && distinct; ++i) {
      distinct = std::none_of(pairs.begin(), pairs.begin() + static_cast<std::ptrdiff_t>(i),
                              [&](const Pair& pair) { return pair.name == pairs[i].name; });
    }
  }
  if (!distinct || pairs.size() > 16) report_duplicates(pairs);
  if (!document_.has_merge(map)) return pairs;
  std::unordered_set<std::string_view> names;
  for (const Pair& pair : pairs) names.insert(pair.name);
  NodeId node = Document::first(map);
  for (std::uint32_t i = 0; i < document_.size(map); ++i) {
    const NodeId key = document_.resolve(node);
    const NodeId value = document_.next(node);
    node = document_.next(value);
    if (document_.kind(key) == NodeKind::plain && text(key) == "<<") append_merged(document_.resolve(value), pairs, names);
  }
  return pairs;
}

// --- maps with known keys ---

// Reports it, and says which key must be meant; "" if it isn't clear. `empty` is the key above it that has no value.
std::string_view Reader::unknown_key(const Pair& pair, Scope scope, std::string_view empty) {
  std::vector<std::string_view> names;
  std::string list;
  for (const Key& key : keys(scope)) {
    names.push_back(key.name);
    if (!list.empty()) list += ", ";
    list += key.name;
  }
  OtherName other = other_name(scope, pair.name);
  std::string_view meant = other.key;
  std::string label = std::move(other.label);
  if (label.empty() && pair.name.size() > 1) label = suggest(pair.name, names, &meant);
  const std::string_view unit = is_number(pair.value) ? unit_of_name(pair.name) : std::string_view();
  const bool is_duration = std::any_of(keys(scope).begin(), keys(scope).end(),
                                       [&](const Key& key) { return key.name == meant && (key.shapes & kDuration) != 0; });
  if (!unit.empty() && is_duration) {
    label = "write `" + std::string(meant) + ": " + std::string(text(pair.value)) + std::string(unit) + '`';
    meant = {};  // not to be read as one without a unit
  }
  if (pair.name.starts_with("\xC2\xA0")) label = "it begins with a no-break space: indent with plain ones";
  if (label.empty() && !empty.empty()) label = "if it belongs to `" + std::string(empty) + "`, indent it";
  error(pair.key, code::kUnknownKey, "unknown key `" + std::string(pair.name) + "` in " + where(), std::move(label),
        "valid here: " + list);
  return meant;
}

KeyValues Reader::match(NodeId map, Scope scope) {
  const std::span<const Key> table = keys(scope);
  KeyValues values;
  values.fill(kNoNode);
  const auto find = [&](std::string_view name) {
    const auto key = std::find_if(table.begin(), table.end(), [&](const Key& row) { return row.name == name; });
    return static_cast<std::size_t>(key - table.begin());
  };
  std::vector<std::pair<std::size_t, NodeId>> misspelt;
  std::string_view empty;
  for (const Pair& pair : pairs(map)) {
    const std::size_t index = find(pair.name);
    if (index != table.size()) {
      values[index] = pair.value;
      empty = is_null(pair.value) ? pair.name : std::string_view();
    } else if (const std::string_view meant = unknown_key(pair, scope, empty); !meant.empty()) {
      misspelt.emplace_back(find(meant), pair.value);
    }
  }
  // Read as what was meant: its value may be wrong too, and the key isn't missing.
  for (const auto& [index, value] : misspelt) {
    if (values[index] == kNoNode) values[index] = value;
  }
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (!table[i].required || values[i] != kNoNode) continue;
    error(map, code::kMissingKey, "missing key `" + std::string(table[i].name) + "` in " + where(), {},
          "for example `" + std::string(table[i].example) + "`");
  }
  return values;
}

void Reader::decode(const Key& key, NodeId value, void* target) {
  const Within within(*this, key);
  const std::uint8_t present = key.for_fallback ? fallback_actions_ : actions_;
  if ((key.actions & present) != 0) {
    key.decode(*this, value, target);
    return;
  }
  if (reading_defaults_) return;
  constexpr std::array<std::pair<std::uint8_t, std::string_view>, 6> kNames{
      {{kRun, "run"}, {kHttp, "http"}, {kSql, "sql"}, {kGather, "gather"}, {kGraph, "graph"}, {kSleep, "sleep"}}};
  std::string action;
  std::string fitting;
  for (const auto& [bit, name] : kNames) {
    if ((actions_ & bit) != 0) action = name;
    if ((key.actions & bit) != 0) fitting += (fitting.empty() ? "" : ", ") + std::string(name);
  }
  error(value, code::kWrongAction,
        where() + " doesn't work on " + (action == "http" || action == "sql" ? "an `" : "a `") + action + "`",
        "it is for: " + fitting,
        actions_ == kGather  ? "set it on the members of the group"
        : actions_ == kGraph ? "set it on the jobs of the file"
                             : "");
}

void Reader::read_map(NodeId map, Scope scope, void* target) {
  if (!is_map(map)) {
    const bool named = !frames_.empty() && frames_.back().key == nullptr;  // such as a breaker: the file says its name
    return wrong_type(map, "a map", named ? "write it like `{" + std::string(keys(scope)[0].example) + "}`" : "");
  }
  const KeyValues values = match(map, scope);
  const std::span<const Key> table = keys(scope);
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (values[i] != kNoNode) decode(table[i], values[i], target);
  }
}

// --- findings ---

namespace {

Severity severity_of(std::string_view code) { return code.starts_with('W') ? Severity::warning : Severity::error; }

}  // namespace

Diagnostic Reader::finding(NodeId node, std::string_view code, std::string message) const {
  const std::size_t offset = document_.source(node);
  Diagnostic diagnostic;
  diagnostic.severity = severity_of(code);
  diagnostic.code = code;
  diagnostic.message = std::move(message);
  diagnostic.place = source_.place(offset);
  const bool on_one_line = document_.kind(node) == NodeKind::plain && source_.text().substr(offset).starts_with(text(node));
  diagnostic.length = on_one_line ? source_.characters(offset, offset + text(node).size()) : source_.extent(offset);
  return diagnostic;
}

DiagnosticNote Reader::note(NodeId node, std::string message) const {
  const Diagnostic diagnostic = finding(node, {}, {});
  return {std::move(message), diagnostic.place, diagnostic.length};
}

bool Reader::is_full(Severity severity) const {
  return severity == Severity::error ? errors_ >= kMostFindings : warnings_ >= kMostWarnings;
}

// Counts a finding; false if there are enough of its kind. Warnings take no place from errors.
bool Reader::keeps(Severity severity) {
  const bool full = is_full(severity);
  ++(severity == Severity::error ? errors_ : warnings_);
  uncounted_ += static_cast<std::size_t>(full);
  return !full;
}

void Reader::report(Diagnostic diagnostic) {
  if (!keeps(diagnostic.severity)) return;
  // What an alias or a default stands for is read more than once; only where it is read differs.
  std::string identity = diagnostic.message;
  const std::string reading = where();
  if (const std::size_t at = identity.find(reading); at != std::string::npos) identity.erase(at, reading.size());
  identity += ' ' + diagnostic.code + ' ' + std::to_string(diagnostic.place.line) + ' ' + std::to_string(diagnostic.place.column);
  if (seen_.insert(std::move(identity)).second) findings_.push_back(std::move(diagnostic));
}

void Reader::error(NodeId node, std::string_view code, std::string message, std::string label, std::string help) {
  // Asked here too, so that thousands of findings cost little.
  if (is_full(severity_of(code))) {
    keeps(severity_of(code));
    return;
  }
  Diagnostic diagnostic = finding(node, code, std::move(message));
  diagnostic.label = std::move(label);
  diagnostic.help = std::move(help);
  report(std::move(diagnostic));
}

void Reader::wrong_type(NodeId node, std::string_view expected, std::string label) {
  std::string found;
  switch (document_.kind(node)) {
    case NodeKind::null: found = "nothing"; break;
    case NodeKind::list: found = "a list"; break;
    case NodeKind::map: found = "a map"; break;
    default: found = is_boolean(node) ? "a boolean" : is_number(node) ? "a number" : "a string";
  }
  if (label.empty() && !frames_.empty() && frames_.back().key != nullptr && !frames_.back().key->example.empty()) {
    label = "write it like `" + std::string(frames_.back().key->example) + '`';
  }
  error(node, code::kWrongType, "expected " + std::string(expected) + " for " + where() + ", found " + found, std::move(label));
}

void Reader::adopt(std::vector<Diagnostic> findings, std::size_t omitted, bool again) {
  uncounted_ += omitted;
  for (Diagnostic& finding : findings) {
    const Place place = finding.place;
    std::string identity =
        finding.code + ' ' + std::to_string(place.file) + ' ' + std::to_string(place.line) + ' ' + std::to_string(place.column);
    const bool is_new = state_.share.reported.insert(std::move(identity)).second || !again;
    if (!is_new) {
      ++(finding.severity == Severity::error ? errors_ : warnings_);
    } else if (keeps(finding.severity)) {
      findings_.push_back(std::move(finding));
    }
  }
}

std::vector<Diagnostic> Reader::take(std::size_t most, std::size_t& omitted) {
  omitted += uncounted_ + keep_most(findings_, most);
  return std::move(findings_);
}

std::string Reader::suggest(std::string_view name, std::span<const std::string_view> candidates, std::string_view* similar) {
  candidates = candidates.first(std::min(candidates.size(), comparisons_left_));
  comparisons_left_ -= candidates.size();
  std::string_view best = most_similar(name, candidates);
  if (best.empty()) best = same_beginning(name, candidates);
  if (similar != nullptr) *similar = best;
  return best.empty() ? "" : "did you mean `" + std::string(best) + "`?";
}

// --- where we are ---

std::string Reader::where() const {
  if (frames_.empty()) return "the file";
  std::string owner;
  for (auto frame = frames_.rbegin(); frame != frames_.rend(); ++frame) {
    if (!owner.empty()) owner += " of ";
    if (!frame->kind.empty()) return owner + std::string(frame->kind) + " `" + std::string(frame->name) + '`';
    owner += quoted(frame->name);
  }
  return owner;
}

}  // namespace corun
