// Finds functions in a shared library loaded at run time. Knows nothing of what they do.
#pragma once

#include <dlfcn.h>

#include <string>

namespace corun {

/// A library loaded on first use, so that only a run that needs it pays for it. It stays loaded.
class SharedLibrary {
 public:
  explicit SharedLibrary(const char* name) : handle_(::dlopen(name, RTLD_LAZY | RTLD_LOCAL)) {
    if (handle_ != nullptr) return;
    const char* reason = ::dlerror();
    problem_ = reason != nullptr ? reason : std::string(name) + " can't be loaded";
  }

  /// Why it isn't there; "" if it is.
  const std::string& problem() const { return problem_; }

  /// Sets `symbol` (a function, or a pointer to a variable) to what the library has under `name`; the first missing one stays
  /// noted.
  template <typename Symbol>
  void find(const char* name, Symbol& symbol) {
    symbol = reinterpret_cast<Symbol>(::dlsym(handle_, name));
    if (symbol == nullptr && missing_.empty()) missing_ = name;
  }
  /// The first name that wasn't found; "" if all were.
  const std::string& missing() const { return missing_; }

 private:
  void* handle_;
  std::string problem_;
  std::string missing_;
};

}  // namespace corun
