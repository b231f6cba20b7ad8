// What expressions see: names with their values, in layers (the run, the group, the job, its result). Knows nothing of templates.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "expr/json.h"

namespace corun {

class SecretKeeper;

/// How a value has to do with secrets, from least to most.
enum class Taint : std::uint8_t {
  none,
  holds,   ///< a secret stands somewhere in it, among other things: what a program makes of it may be made of the secret
  derived  ///< it comes of a secret
};

/// One layer of names over another. Values may be made on first use.
class Context {
 public:
  /// Nothing, or the reason why a value can't be made.
  using Found = Result<std::optional<Json>>;
  using Make = std::function<Result<Json>()>;

  /// `outer` must outlive this; null: none.
  explicit Context(const Context* outer = nullptr) : outer_(outer) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  /// Sets a name in this layer, where it hides the outer one's.
  void set(std::string_view name, Json value);
  /// The same, with a value that is made when it is first asked for.
  void set(std::string_view name, Make make);

  /// Says how what is called `root`, or its field `name`, has to do with secrets.
  void taint(std::string_view root, std::string_view name = {}, Taint taint = Taint::derived);
  /// How it does; `name` "": the most that anything in `root` does, `root` "": the most that anything at all does.
  Taint taint_of(std::string_view root, std::string_view name) const;
  /// The most that a name does that is tainted as a whole and occurs in `source`.
  Taint taint_of_names_in(std::string_view source) const;
  /// Whoever hides what expressions make of secrets, for this layer and those inside; null: there are none.
  void set_keeper(SecretKeeper* keeper) { keeper_ = keeper; }
  SecretKeeper* keeper() const { return keeper_ != nullptr || outer_ == nullptr ? keeper_ : outer_->keeper(); }

  /// The value of a name of this layer, to be changed in place; the name must be set.
  Json& change(std::string_view name);

  /// The value of a name, from this layer or one further out.
  Found find(std::string_view name) const;
  /// The names, of all layers, that occur in `source`.
  std::vector<std::string> names_in(std::string_view source) const;
  /// Everything as one map, as the input of jq program `source`. What must be made first is in it only if the program
  /// may look at it: mentions its name, or takes the whole.
  Result<Json> input_of(std::string_view source) const;

 private:
  struct Entry {
    std::string name;
    Make make;  // null: the value is there
    mutable Json value;
    mutable bool made = true;
  };

  struct Tainted {
    std::string root;
    std::string name;
    Taint taint;
  };

  Result<Json> value_of(const Entry& entry) const;
  std::optional<Error> add_to(Json& map, std::string_view source, bool whole) const;

  const Context* outer_;
  std::vector<Entry> entries_;
  std::vector<Tainted> tainted_;
  SecretKeeper* keeper_ = nullptr;
};

}  // namespace corun
