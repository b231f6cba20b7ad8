// Finding names through the layers. Knows nothing of templates.
#include "expr/context.h"

#include <algorithm>

namespace corun {
namespace {

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// Whether a jq program may look at its input other than by names: `.` alone, or a function (`keys`, `tojson`).
bool takes_whole(std::string_view source) {
  bool after_dot = false;
  for (std::size_t i = 0; i < source.size(); ++i) {
    const char c = source[i];
    if (c == '.') {
      const char next = i + 1 < source.size() ? source[i + 1] : '\0';
      if (!is_name_start(next) && next != '"' && next != '.') return true;
      after_dot = true;
      continue;
    }
    if (is_name_start(c)) {
      const bool variable = i > 0 && (source[i - 1] == '$' || source[i - 1] == '@');
      while (i + 1 < source.size() && (is_name_start(source[i + 1]) || (source[i + 1] >= '0' && source[i + 1] <= '9'))) ++i;
      if (!after_dot && !variable) return true;
    }
    after_dot = false;
  }
  return false;
}

}  // namespace

void Context::set(std::string_view name, Json value) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.name == name; });
  Entry& entry = found != entries_.end() ? *found : entries_.emplace_back();
  entry.name = name;
  entry.value = std::move(value);
  entry.make = nullptr;
  entry.made = true;
}

void Context::set(std::string_view name, Make make) {
  set(name, Json());
  Entry& entry = *std::find_if(entries_.begin(), entries_.end(), [&](const Entry& each) { return each.name == name; });
  entry.make = std::move(make);
  entry.made = false;
}

void Context::taint(std::string_view root, std::string_view name, Taint taint) {
  if (taint != Taint::none) tainted_.push_back({std::string(root), std::string(name), taint});
}

Taint Context::taint_of(std::string_view root, std::string_view name) const {
  Taint most = outer_ != nullptr ? outer_->taint_of(root, name) : Taint::none;
  for (const Tainted& each : tainted_) {
    if (!root.empty() && each.root != root) continue;
    if (name.empty() || each.name.empty() || each.name == name) most = std::max(most, each.taint);
  }
  return most;
}

Taint Context::taint_of_names_in(std::string_view source) const {
  Taint most = outer_ != nullptr ? outer_->taint_of_names_in(source) : Taint::none;
  for (const Tainted& each : tainted_) {
    if (each.name.empty() && source.find('.' + each.root) != std::string_view::npos) most = std::max(most, each.taint);
  }
  return most;
}

Json& Context::change(std::string_view name) {
  return std::find_if(entries_.begin(), entries_.end(), [&](const Entry& each) { return each.name == name; })->value;
}

Result<Json> Context::value_of(const Entry& entry) const {
  if (!entry.made) {
    Result<Json> value = entry.make();
    if (!value) return value.error();
    entry.value = std::move(*value);
    entry.made = true;
  }
  return entry.value;
}

Context::Found Context::find(std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (entry.name != name) continue;
    Result<Json> value = value_of(entry);
    if (!value) return value.error();
    return std::optional<Json>(std::move(*value));
  }
  return outer_ != nullptr ? outer_->find(name) : Found(std::optional<Json>());
}

std::optional<Error> Context::add_to(Json& map, std::string_view source, bool whole) const {
  if (outer_ != nullptr) {
    if (std::optional<Error> error = outer_->add_to(map, source, whole)) return error;
  }
  for (const Entry& entry : entries_) {
    const bool mentioned = source.find(entry.name) != std::string_view::npos;
    if (!entry.made && !mentioned && !whole) continue;
    Result<Json> value = value_of(entry);
    if (value) {
      map.set(entry.name, std::move(*value));
    } else if (mentioned) {
      return value.error();
    }
  }
  return std::nullopt;
}

Result<Json> Context::input_of(std::string_view source) const {
  Json map = Json::map();
  if (std::optional<Error> error = add_to(map, source, takes_whole(source))) return *error;
  return map;
}

std::vector<std::string> Context::names_in(std::string_view source) const {
  std::vector<std::string> names;
  for (const Context* layer = this; layer != nullptr; layer = layer->outer_) {
    for (const Entry& entry : layer->entries_) {
      const bool is_new = std::find(names.begin(), names.end(), entry.name) == names.end();
      if (is_new && source.find(entry.name) != std::string_view::npos) names.push_back(entry.name);
    }
  }
  return names;
}

}  // namespace corun
