// A YAML document as a flat array of small nodes. Knows nothing of what its keys mean.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace corun {

/// Index of a node in its document.
using NodeId = std::uint32_t;
inline constexpr NodeId kNoNode = UINT32_MAX;

enum class NodeKind : std::uint8_t { null, plain, quoted, list, map, alias };

/// The nodes of one YAML document in the order of its text: what a list or map holds follows it directly. A map holds
/// key, value, key, value. Scalars view the source's text, which must outlive the document, wherever the two agree.
class Document {
 public:
  /// 16 bytes a node: most of what loading a file takes.
  struct Node {
    std::uint32_t source;   ///< where it is written: offset into the source
    std::uint32_t content;  ///< scalar: where its text starts; list, map: index after its last node; alias: what it stands for
    std::uint32_t size;     ///< scalar: bytes of its text; list: items; map: pairs
    NodeKind kind;
    bool copied;     ///< scalar: its text isn't in the source but in the document's own buffer
    bool has_merge;  ///< map: one of its keys is `<<`
  };

  explicit Document(std::string_view source) : source_(source) {}

  NodeKind kind(NodeId node) const { return nodes_[node].kind; }
  /// Number of items of a list, of pairs of a map.
  std::uint32_t size(NodeId node) const { return nodes_[node].size; }
  bool has_merge(NodeId node) const { return nodes_[node].has_merge; }
  /// Offset into the source where the node is written.
  std::uint32_t source(NodeId node) const { return nodes_[node].source; }
  /// The same, but of a quoted scalar on one line the offset of its first character, behind the quote.
  std::uint32_t text_source(NodeId node) const {
    const Node& it = nodes_[node];
    return (it.kind == NodeKind::plain || it.kind == NodeKind::quoted) && !it.copied ? it.content : it.source;
  }
  /// Text of a scalar.
  std::string_view text(NodeId node) const {
    const Node& scalar = nodes_[node];
    return (scalar.copied ? std::string_view(buffer_) : source_).substr(scalar.content, scalar.size);
  }

  /// First node inside a list or map that isn't empty.
  static NodeId first(NodeId node) { return node + 1; }
  /// The node after `node` and all it holds.
  NodeId next(NodeId node) const {
    const Node& it = nodes_[node];
    return it.kind == NodeKind::list || it.kind == NodeKind::map ? it.content : node + 1;
  }
  /// `node`, or what it stands for if it is an alias.
  NodeId resolve(NodeId node) const { return nodes_[node].kind == NodeKind::alias ? nodes_[node].content : node; }

 private:
  friend class DocumentBuilder;

  std::string_view source_;
  std::string buffer_;
  std::vector<Node> nodes_;
};

}  // namespace corun
