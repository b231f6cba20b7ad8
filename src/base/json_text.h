// JSON as text: built piece by piece, shown in lines. Knows nothing of what it says.
#pragma once

#include <string>
#include <string_view>

namespace corun {

/// An object or a list of JSON being built. Names must differ.
class JsonText {
 public:
  static JsonText object() { return JsonText('{', '}'); }
  static JsonText list() { return JsonText('[', ']'); }

  /// A field whose value is JSON already.
  JsonText& json(std::string_view name, std::string_view value);
  /// A field whose value is a string.
  JsonText& text(std::string_view name, std::string_view value);
  /// An item of a list, JSON already.
  JsonText& item(std::string_view value);
  bool empty() const { return text_.size() == 1; }
  std::string str() const { return text_ + end_; }

 private:
  JsonText(char begin, char end) : text_(1, begin), end_(end) {}
  void separate() {
    if (text_.size() > 1) text_ += ',';
  }

  std::string text_;
  char end_;
};

/// Valid JSON with a line for each field and item, but one line for what is short; ends with a newline.
std::string indented_json(std::string_view json);

}  // namespace corun
