// YAML text -> Document, through yaml-cpp's events and within fixed bounds. Knows nothing of what keys mean.
#include "graph/yaml_parser.h"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <istream>
#include <streambuf>
#include <string>

#include "graph/error_codes.h"

namespace corun {
namespace {

/// Reads a text in place.
class TextBuffer final : public std::streambuf {
 public:
  explicit TextBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // never written: there is no put area
    setg(begin, begin, begin + text.size());
  }
};

/// Why the document is refused; thrown out of an event, caught in parse_yaml.
struct Refusal {
  std::string_view code;
  std::size_t offset;
  std::string message;
  std::string help;
};

}  // namespace

/// Takes yaml-cpp's events and appends nodes to a document.
class DocumentBuilder final : public YAML::EventHandler {
 public:
  DocumentBuilder(Document& document, std::string_view text) : document_(document), text_(text) {
    document.nodes_.reserve(text.size() / 8 + 16);
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 1) return;
    const std::size_t offset = offset_of(mark);
    if (text_.substr(offset).starts_with("---")) {
      throw Refusal{code::kManyDocuments, offset, "a second YAML document",
                    "a job file is one document: leave out this `---` and what follows"};
    }
    throw Refusal{code::kInvalidYaml, offset, "unexpected text after the end of the document", ""};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const std::size_t offset = content_offset(mark);
    Document::Node& node = add(offset, NodeKind::null);
    // Of a value left out, yaml-cpp's mark is wherever the next one starts: its key says more.
    const bool written = text_.substr(offset).starts_with('~') || text_.substr(offset, 4) == "null" ||
                         text_.substr(offset, 4) == "Null" || text_.substr(offset, 4) == "NULL";
    if (!written && !open_.empty() && is_value()) node.source = (&node - 1)->source;
    leaf(anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    const std::size_t offset = content_offset(mark);
    const bool text_tag = tag == "tag:yaml.org,2002:str";
    if (tag != "?" && tag != "!" && !text_tag) refuse_tag(tag, offset);
    const char first = offset < text_.size() ? text_[offset] : '\0';
    const bool in_quotes = first == '"' || first == '\'';
    const bool plain = tag == "?" || (text_tag && !in_quotes && first != '|' && first != '>');
    Document::Node& node = add(offset, tag == "?" ? NodeKind::plain : NodeKind::quoted);
    node.size = static_cast<std::uint32_t>(value.size());
    const std::size_t start = offset + (in_quotes ? 1U : 0U);
    const bool same = (plain || in_quotes) && text_.substr(std::min(start, text_.size()), value.size()) == value;
    if (same && (!in_quotes || (start + value.size() < text_.size() && text_[start + value.size()] == first))) {
      node.content = static_cast<std::uint32_t>(start);
    } else {
      if (in_quotes) check_closed(offset);
      node.copied = true;
      node.content = static_cast<std::uint32_t>(document_.buffer_.size());
      document_.buffer_ += value;
    }
    if (tag == "?" && value == "<<" && !open_.empty() && is_key()) document_.nodes_[open_.back().node].has_merge = true;
    leaf(anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const std::size_t offset = offset_of(mark);
    const Anchor& target = anchors_.at(anchor - 1);
    if (target.height == 0) throw Refusal{code::kAlias, offset, "an alias inside what it stands for", ""};
    if (open_.size() + target.height > kMaxDepth) refuse_depth(offset);
    alias_nodes_ += target.expanded;
    if (alias_nodes_ > kMaxAliasNodes) {
      throw Refusal{code::kTooLarge, offset, "aliases expand to more than " + std::to_string(kMaxAliasNodes) + " values", ""};
    }
    const std::size_t expanded = target.expanded;
    const std::size_t height = target.height;
    add(offset, NodeKind::alias).content = target.node;
    count(expanded, height);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, NodeKind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, NodeKind::map);
  }
  void OnMapEnd() override {
    document_.nodes_[open_.back().node].size /= 2;
    close();
  }

  /// Where the innermost list or map is opened by `bracket` and not yet closed.
  std::optional<std::size_t> opening(char bracket) const {
    for (auto it = open_.rbegin(); it != open_.rend(); ++it) {
      const std::size_t offset = document_.nodes_[it->node].source;
      if (offset < text_.size() && text_[offset] == bracket) return offset;
    }
    return std::nullopt;
  }

 private:
  /// A list or map whose end is still to come.
  struct Open {
    NodeId node;
    YAML::anchor_t anchor;
    std::size_t expanded;  // nodes inside so far, aliases expanded
    std::size_t height;    // of what is inside
  };

  struct Anchor {
    NodeId node = kNoNode;
    std::size_t expanded = 0;
    std::size_t height = 0;  // 0: still open
  };

  std::size_t offset_of(const YAML::Mark& mark) const {
    return std::min(static_cast<std::size_t>(std::max(mark.pos, 0)), text_.size());
  }

  // Where a node's content starts: yaml-cpp's mark lies before its anchor and tag.
  std::size_t content_offset(const YAML::Mark& mark) const {
    std::size_t offset = offset_of(mark);
    while (offset < text_.size() && (text_[offset] == '&' || text_[offset] == '!')) {
      const std::size_t end = text_.find_first_of(" \t\r\n,[]{}", offset);
      const std::size_t next = end == std::string_view::npos ? end : text_.find_first_not_of(" \t\r\n", end);
      if (next == std::string_view::npos) break;
      offset = next;
    }
    return offset;
  }

  // yaml-cpp accepts a quoted text that the end of the file cuts off.
  void check_closed(std::size_t offset) const {
    const char quote = text_[offset];
    for (std::size_t i = offset + 1; i < text_.size(); ++i) {
      if (text_[i] == '\\' && quote == '"') {
        ++i;
      } else if (text_[i] == quote) {
        if (quote == '"' || i + 1 == text_.size() || text_[i + 1] != quote) return;
        ++i;
      }
    }
    throw Refusal{code::kInvalidYaml, offset, "a quoted text that isn't closed", ""};
  }

  [[noreturn]] static void refuse_depth(std::size_t offset) {
    throw Refusal{code::kTooLarge, offset, "lists and maps more than " + std::to_string(kMaxDepth) + " deep", ""};
  }

  [[noreturn]] static void refuse_tag(const std::string& tag, std::size_t offset) {
    throw Refusal{code::kTag, offset, "the YAML tag `" + tag + "` isn't supported",
                  "job files have no tags but `!!str`; quote a text that starts with `!`"};
  }

  // Whether the node just added is a key of the innermost map.
  bool is_key() const {
    const Document::Node& parent = document_.nodes_[open_.back().node];
    return parent.kind == NodeKind::map && parent.size % 2 == 1;
  }

  // Whether the node just added is the value of the scalar before it.
  bool is_value() const {
    const Document::Node& parent = document_.nodes_[open_.back().node];
    const NodeKind before = document_.nodes_[document_.nodes_.size() - 2].kind;
    return parent.kind == NodeKind::map && parent.size % 2 == 0 && (before == NodeKind::plain || before == NodeKind::quoted);
  }

  Document::Node& add(std::size_t offset, NodeKind kind) {
    if (document_.nodes_.size() == kMaxNodes)
      throw Refusal{code::kTooLarge, offset, "more than " + std::to_string(kMaxNodes) + " values", ""};
    if (!open_.empty()) ++document_.nodes_[open_.back().node].size;
    return document_.nodes_.emplace_back(Document::Node{static_cast<std::uint32_t>(offset), 0, 0, kind, false, false});
  }

  // Counts a finished node into what it lies in.
  void count(std::size_t expanded, std::size_t height) {
    if (open_.empty()) return;
    open_.back().expanded += expanded;
    open_.back().height = std::max(open_.back().height, height);
  }

  void leaf(YAML::anchor_t anchor) {
    if (anchor != 0) remember(anchor, {static_cast<NodeId>(document_.nodes_.size() - 1), 1, 1});
    count(1, 1);
  }

  void remember(YAML::anchor_t anchor, Anchor value) {
    if (anchors_.size() < anchor) anchors_.resize(anchor);
    anchors_[anchor - 1] = value;
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, NodeKind kind) {
    const std::size_t offset = content_offset(mark);
    if (!tag.empty() && tag != "?") refuse_tag(tag, offset);
    if (open_.size() == kMaxDepth) refuse_depth(offset);
    const auto node = static_cast<NodeId>(document_.nodes_.size());
    add(offset, kind);
    open_.push_back({node, anchor, 0, 0});
    if (anchor != 0) remember(anchor, {node, 0, 0});
  }

  void close() {
    const Open it = open_.back();
    open_.pop_back();
    document_.nodes_[it.node].content = static_cast<std::uint32_t>(document_.nodes_.size());
    if (it.anchor != 0) remember(it.anchor, {it.node, it.expanded + 1, it.height + 1});
    count(it.expanded + 1, it.height + 1);
  }

  Document& document_;
  std::string_view text_;
  std::vector<Open> open_;
  std::vector<Anchor> anchors_;
  std::size_t alias_nodes_ = 0;
  std::size_t documents_ = 0;
};

namespace {

Diagnostic diagnostic_at(const Source& source, std::string_view code, std::size_t offset, std::string message, std::string help) {
  Diagnostic diagnostic;
  diagnostic.code = code;
  diagnostic.message = std::move(message);
  diagnostic.place = source.place(offset);
  diagnostic.length = source.extent(offset);
  diagnostic.help = std::move(help);
  return diagnostic;
}

/// What yaml-cpp says, and what a person wants to read.
struct Translation {
  std::string_view from;
  std::string_view message;
  std::string_view help;
};

constexpr std::array<Translation, 7> kTranslations{{
    {"illegal map value", "a `:` that can't be here", "quote a text that holds `: `, and check the indentation"},
    {"end of map not found", "the indentation doesn't fit what is above", ""},
    {"end of sequence not found", "the indentation doesn't fit what is above", ""},
    {"the referenced anchor is not defined", "an alias without an anchor before it", "quote a text that starts with `*`"},
    {"unknown token", "a character that can't start a value", "quote a text that starts with one of @ ` % | >"},
    {"illegal block entry", "a `- ` that can't be here", "check the indentation"},
    {"bad file", "lists and maps nested too deep", ""},
}};

// Where the line around `offset`, or the one above, is indented by a tab.
std::optional<std::size_t> tab_indentation(std::string_view text, std::size_t offset) {
  for (int line = 0; line < 2; ++line) {
    const std::size_t end = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
    const std::size_t start = end == std::string_view::npos ? 0 : end + 1;
    const std::size_t word = text.find_first_not_of(" \t", start);
    const std::size_t tab = text.find('\t', start);
    if (tab != std::string_view::npos && word != std::string_view::npos && tab < word) return tab;
    if (start == 0) break;
    offset = start - 1;
  }
  return std::nullopt;
}

// Whether the word at `offset` ends by a `:`, such as the second one of `{a: b c: d}`.
bool is_before_colon(std::string_view text, std::size_t offset) {
  const std::size_t end = text.find_first_of(" \t\r\n,]}", offset);
  return end != std::string_view::npos && end > offset && text[end - 1] == ':';
}

// A `{` or `[` (`bracket`) whose end wasn't found at `offset`.
Diagnostic unclosed(const Source& source, const DocumentBuilder& builder, char bracket, std::size_t offset) {
  const std::string_view text = source.text();
  if (offset > 0 && text.substr(offset - 1).starts_with("${{")) {
    return diagnostic_at(source, code::kInvalidYaml, offset - 1,
                         "an expression without quotes between `{` and `}` or `[` and `]`",
                         "quote the text that holds it: \"${{ … }}\"");
  }
  const std::string message = std::string("a `") + bracket + "` that isn't closed by `" + (bracket == '{' ? '}' : ']') + '`';
  const std::optional<std::size_t> opening = builder.opening(bracket);
  const bool at_end = text.find_first_not_of(" \t\r\n", offset) == std::string_view::npos;
  const bool on_one_line = opening && text.substr(*opening, offset - *opening).find('\n') == std::string_view::npos;
  const bool colon = !at_end && on_one_line && is_before_colon(text, offset);
  const bool in_text = !at_end && offset > 0 && (text[offset] == '[' || text[offset] == '{') &&
                       std::string_view(" \t\r\n,:[{").find(text[offset - 1]) == std::string_view::npos;
  Diagnostic diagnostic = diagnostic_at(source, code::kInvalidYaml, opening && at_end ? *opening : offset, message,
                                        in_text ? "between brackets a text that holds one must be quoted"
                                        : colon ? "between brackets a text that holds `: ` must be quoted"
                                                : "");
  if (opening && !at_end) {
    diagnostic.notes.push_back({std::string("the `") + bracket + "` is here", source.place(*opening), 1});
  }
  return diagnostic;
}

// The quote that ends a text right before `offset`, where no text can go on: one inside of it is meant. '\0': there is none.
char quote_before(std::string_view text, std::size_t offset) {
  if (offset == 0 || offset >= text.size() || std::string_view(",:]}#\r\n").find(text[offset]) != std::string_view::npos)
    return '\0';
  const std::size_t last = text.find_last_not_of(' ', offset - 1);
  const std::size_t line = text.rfind('\n', offset - 1);
  char before = '\n';  // what isn't a space
  for (std::size_t i = line == std::string_view::npos ? 0 : line + 1; i < offset; ++i) {
    const char c = text[i];
    if ((c == '"' || c == '\'') && std::string_view("\n:,[{-").find(before) != std::string_view::npos) {
      std::size_t end = text.find(c, i + 1);
      while (c == '"' && end != std::string_view::npos && text[end - 1] == '\\') end = text.find(c, end + 1);
      if (end == last) return c;
      if (end == std::string_view::npos) break;
      i = end;
    }
    if (c != ' ') before = c;
  }
  return '\0';
}

Diagnostic text_behind_quote(const Source& source, std::size_t offset, char quote) {
  const bool is_double = quote == '"';
  return diagnostic_at(source, code::kInvalidYaml, offset, "a text goes on behind the quote that ends it",
                       is_double
                           ? "a `\"` inside of a text in `\"` is written `\\\"`; or write the text below a `|`, without quotes"
                           : "a `'` inside of a text in `'` is written `''`; or write the text below a `|`, without quotes");
}

Diagnostic translate(const Source& source, const DocumentBuilder& builder, const YAML::Exception& exception) {
  const std::size_t offset = exception.mark.pos < 0 ? 0 : static_cast<std::size_t>(exception.mark.pos);
  const std::string_view text = source.text();
  if (dynamic_cast<const YAML::DeepRecursion*>(&exception) != nullptr) {
    return diagnostic_at(source, code::kTooLarge, offset, "lists and maps more than " + std::to_string(kMaxDepth) + " deep", "");
  }
  if (const auto tab = tab_indentation(text, std::min(offset, text.size()))) {
    Diagnostic diagnostic = diagnostic_at(source, code::kTabIndentation, *tab, "a tab in the indentation", "");
    diagnostic.length = 1;
    diagnostic.label = "indent with spaces";
    return diagnostic;
  }
  if (const char quote = exception.msg.starts_with("end of ") ? quote_before(text, offset) : '\0'; quote != '\0') {
    return text_behind_quote(source, offset, quote);
  }
  if (exception.msg == "end of map flow not found") return unclosed(source, builder, '{', offset);
  if (exception.msg == "end of sequence flow not found") return unclosed(source, builder, '[', offset);
  for (const Translation& translation : kTranslations) {
    if (exception.msg != translation.from) continue;
    const std::string_view code = exception.msg.find("anchor") == std::string::npos ? code::kInvalidYaml : code::kAlias;
    return diagnostic_at(source, code, offset, std::string(translation.message), std::string(translation.help));
  }
  return diagnostic_at(source, code::kInvalidYaml, offset, exception.msg, "");
}

}  // namespace

std::variant<Document, Diagnostic> parse_yaml(const Source& source) {
  Document document(source.text());
  DocumentBuilder builder(document, source.text());
  try {
    TextBuffer buffer(source.text());
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    bool any = false;
    while (parser.HandleNextDocument(builder)) any = true;
    if (!any)
      return diagnostic_at(source, code::kEmptyFile, 0, "the job file is empty",
                           "a job file starts with `version: 1` and has `jobs:`");
  } catch (const Refusal& refusal) {
    return diagnostic_at(source, refusal.code, refusal.offset, refusal.message, refusal.help);
  } catch (const YAML::Exception& exception) {
    return translate(source, builder, exception);
  }
  return document;
}

}  // namespace corun
