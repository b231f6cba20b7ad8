// Finds the texts in what expressions make of secrets. Knows nothing of where secrets come from.
#include "expr/secret_keeper.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/secret_forms.h"

namespace corun {

void SecretKeeper::hide(const Json& value) {
  if (left_ == 0 && is_full_) return;
  switch (value.kind()) {
    case Json::Kind::string:
    case Json::Kind::number: hide_text(value.to_text()); break;
    case Json::Kind::list:
      for (std::size_t i = 0; i < value.size(); ++i) hide(value.at(i));
      break;
    case Json::Kind::map: value.for_each_field([this](std::string_view, const Json& field) { hide(field); }); break;
    default: break;
  }
}

// What is too short to be hidden stays visible: it would make every text unreadable.
void SecretKeeper::hide_text(std::string_view text) {
  if (text.size() > kMaxSecretSize) {  // a whole output: line by line
    while (!text.empty() && !(left_ == 0 && is_full_)) {
      const std::string_view line = text.substr(0, text.find('\n'));
      if (line.size() <= kMaxSecretSize) hide_text(line);
      text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return;
  }
  if (hidden_.contains(std::string(text))) return;
  if (left_ == 0 || text.size() > bytes_left_) {
    if (!secret_forms(text).empty()) is_full_ = true;
    return tell_full();
  }
  if (!mask_.add(text)) return;
  --left_;
  bytes_left_ -= text.size();
  hidden_.emplace(text);
}

void SecretKeeper::when_full(std::function<void(const std::string& why)> tell) {
  tell_ = std::move(tell);
  tell_full();
}

void SecretKeeper::tell_full() {
  if (!is_full_ || told_ || !tell_) return;
  told_ = true;
  tell_("expressions have made more of secrets than can be remembered (" + std::to_string(kMostTexts) + " texts, " +
        std::to_string(kMostBytes >> 10U) + " KiB): what they make from now on isn't hidden, only the secrets themselves are");
}

Json SecretKeeper::masked(const Json& value) const {
  Json out = value;
  switch (value.kind()) {
    case Json::Kind::null: break;
    case Json::Kind::boolean:
    case Json::Kind::number:
    case Json::Kind::string:
      if (mask_.finds_in(value.to_text())) out = Json::string(mask_.masked(value.to_text()));
      break;
    case Json::Kind::list:
      for (std::size_t i = 0; i < value.size(); ++i) out.set(i, masked(value.at(i)));
      break;
    case Json::Kind::map:
      out = Json::map();
      value.for_each_field([&](std::string_view name, const Json& field) { out.set(mask_.masked(name), masked(field)); });
      break;
  }
  return out;
}

bool SecretKeeper::finds_in(const Json& value) const {
  bool found = false;
  switch (value.kind()) {
    case Json::Kind::string:
    case Json::Kind::number: return mask_.finds_in(value.to_text());
    case Json::Kind::list:
      for (std::size_t i = 0; i < value.size() && !found; ++i) found = finds_in(value.at(i));
      break;
    case Json::Kind::map:
      value.for_each_field(
          [&](std::string_view name, const Json& field) { found = found || mask_.finds_in(name) || finds_in(field); });
      break;
    default: break;
  }
  return found;
}

}  // namespace corun
