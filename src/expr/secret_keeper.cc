// Finds the texts in what expressions make of secrets. Knows nothing of where secrets come from.
#include "expr/secret_keeper.h"

#include <string>

namespace corun {

void SecretKeeper::hide(const Json& value) {
  if (left_ == 0) return;
  switch (value.kind()) {
    case Json::Kind::string:
    case Json::Kind::number:
      // What is too short to be hidden stays visible: it would make every text unreadable.
      if (mask_.add(value.to_text())) --left_;
      break;
    case Json::Kind::list:
      for (std::size_t i = 0; i < value.size(); ++i) hide(value.at(i));
      break;
    case Json::Kind::map: value.for_each_field([this](std::string_view, const Json& field) { hide(field); }); break;
    default: break;
  }
}

}  // namespace corun
