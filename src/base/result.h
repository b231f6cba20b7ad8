// A value or the reason why there is none. Knows nothing of who reports the reason.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace corun {

/// Why an operation gave no value, in words fit for a user.
struct Error {
  std::string message;
};

/// A `T`, or an `Error`. Test with `if (result)` before `*result`.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() { return std::get<0>(state_); }
  const T& operator*() const { return std::get<0>(state_); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

}  // namespace corun
