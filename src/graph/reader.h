// Reads the nodes of a document by the key table and keeps what is wrong with them. Knows no single key.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "graph/diagnostic.h"
#include "graph/document.h"
#include "graph/key_table.h"
#include "graph/source.h"

namespace corun {

struct LoadState;

/// One entry of a map: its key and value, aliases resolved.
struct Pair {
  NodeId key = kNoNode;
  NodeId value = kNoNode;
  std::string_view name;
};

/// Walks a document. Every value is read through it, so that each finding says where it belongs.
class Reader {
 public:
  Reader(const Source& source, const Document& document, LoadState& state);

  const Document& document() const { return document_; }
  /// What has been read of the file so far.
  LoadState& state() { return state_; }

  // --- nodes ---

  bool is_map(NodeId node) const { return document_.kind(node) == NodeKind::map; }
  bool is_list(NodeId node) const { return document_.kind(node) == NodeKind::list; }
  bool is_null(NodeId node) const { return document_.kind(node) == NodeKind::null; }
  bool is_scalar(NodeId node) const {
    return document_.kind(node) == NodeKind::plain || document_.kind(node) == NodeKind::quoted;
  }
  bool is_boolean(NodeId node) const;
  bool is_number(NodeId node) const;
  bool is_string(NodeId node) const;
  std::string_view text(NodeId node) const { return document_.text(node); }
  /// Where a node is written; of a quoted scalar on one line, its first character behind the quote.
  Place place(NodeId node) const { return source_.place(document_.text_source(node)); }
  /// Items of a list, aliases resolved.
  std::vector<NodeId> items(NodeId list) const;
  /// Entries of a map in the order of the file, those of merged maps last. Reports keys that are no scalars or written twice.
  std::vector<Pair> pairs(NodeId map);

  // --- maps with known keys ---

  /// The values of a scope's keys in `map`. Reports unknown and missing keys.
  KeyValues match(NodeId map, Scope scope);
  /// Reads one value into `target`, or reports that its key doesn't work with the current action.
  void decode(const Key& key, NodeId value, void* target);
  /// Reads every key of `map` into `target`; or reports that it isn't a map.
  void read_map(NodeId map, Scope scope, void* target);

  // --- findings ---

  /// A finding about `node`, not yet reported.
  Diagnostic finding(NodeId node, std::string_view code, std::string message) const;
  /// Keeps a finding, once; past kMostFindings they are only counted.
  void report(Diagnostic diagnostic);
  void error(NodeId node, std::string_view code, std::string message, std::string label = {}, std::string help = {});
  /// "expected …, found …" for the current key, whose example says how to write it.
  void wrong_type(NodeId node, std::string_view expected, std::string label = {});
  DiagnosticNote note(NodeId node, std::string message) const;
  /// Adds the findings of an included file. `again`: the file has been read before, and what was found then isn't kept twice.
  void adopt(std::vector<Diagnostic> findings, std::size_t omitted, bool again);
  std::size_t errors() const { return errors_; }
  /// The findings by place, at most `most`; how many more there were is added to `omitted`.
  std::vector<Diagnostic> take(std::size_t most, std::size_t& omitted);

  /// "did you mean `…`?" if one of the candidates is similar to `name` or begins like it, else "". `similar`, if given, is set to
  /// it.
  std::string suggest(std::string_view name, std::span<const std::string_view> candidates, std::string_view* similar = nullptr);

  // --- where we are ---

  /// The key whose value is being read; null while it is that of a name.
  const Key* key() const { return frames_.empty() ? nullptr : frames_.back().key; }
  /// The key being read and what it belongs to, such as "`attempts` of `retry` of job `fetch`".
  std::string where() const;
  /// The kinds of action of the job being read, and those with its fallback's; kAnyAction outside of jobs.
  void set_actions(std::uint8_t own, std::uint8_t with_fallback) {
    actions_ = own;
    fallback_actions_ = with_fallback;
  }
  /// While reading defaults, what doesn't work with the current action is left out instead of reported.
  void set_reading_defaults(bool reading) { reading_defaults_ = reading; }
  bool reading_defaults() const { return reading_defaults_; }

  /// Says for its lifetime that a key, or a named thing such as job `fetch`, is being read.
  class Within {
   public:
    Within(Reader& reader, const Key& key) : Within(reader, Frame{"", key.name, &key}) {}
    Within(Reader& reader, std::string_view kind, std::string_view name) : Within(reader, Frame{kind, name, nullptr}) {}
    ~Within() { reader_.frames_.pop_back(); }
    Within(const Within&) = delete;
    Within& operator=(const Within&) = delete;

   private:
    friend class Reader;
    struct Frame {
      std::string_view kind;  // "job"; "" for a key
      std::string_view name;
      const Key* key;
    };
    Within(Reader& reader, Frame frame) : reader_(reader) { reader.frames_.push_back(frame); }

    Reader& reader_;
  };

 private:
  static constexpr std::size_t kMostFindings = 1000;  // errors
  static constexpr std::size_t kMostWarnings = 20;

  bool is_full(Severity severity) const;
  bool keeps(Severity severity);
  void append_merged(NodeId source, std::vector<Pair>& pairs, std::unordered_set<std::string_view>& names);
  void append_pairs(NodeId map, std::vector<Pair>& pairs);
  void report_duplicates(std::vector<Pair>& pairs);
  std::string_view unknown_key(const Pair& pair, Scope scope, std::string_view empty);

  const Source& source_;
  const Document& document_;
  LoadState& state_;
  std::vector<Within::Frame> frames_;
  std::vector<Diagnostic> findings_;
  std::unordered_set<std::string> seen_;  // what tells one finding from another
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
  std::size_t uncounted_ = 0;
  std::size_t comparisons_left_ = 500'000;  // candidates still compared for suggestions: keeps huge broken files fast
  std::uint8_t actions_ = kAnyAction;
  std::uint8_t fallback_actions_ = kAnyAction;
  bool reading_defaults_ = false;
};

}  // namespace corun
