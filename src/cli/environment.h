// Variables of the environment. Knows nothing of what they mean.
#pragma once

#include <functional>
#include <string>

namespace corun {

/// Looks up a variable of the environment; null if it isn't set.
using GetVariable = std::function<const char*(const char* name)>;

/// The variable's value; "" if it isn't set.
inline std::string variable_text(const GetVariable& variable, const char* name) {
  const char* text = variable(name);
  return text == nullptr ? std::string() : text;
}

}  // namespace corun
