// What is written at a node, whatever its layout. Knows nothing of what it means.
#include "graph/written.h"

#include <span>

#include "base/digest.h"

namespace corun {

void append_written(std::string& out, Reader& reader, NodeId node) {
  if (reader.is_scalar(node)) {
    out += reader.document().kind(node) == NodeKind::plain ? 'p' : 'q';
    out += std::to_string(reader.text(node).size());
    out += ':';
    out += reader.text(node);
  } else if (reader.is_list(node)) {
    out += '[';
    for (const NodeId item : reader.items(node)) append_written(out, reader, item);
    out += ']';
  } else if (reader.is_map(node)) {
    out += '{';
    for (const Pair& pair : reader.pairs(node)) {
      append_written(out, reader, pair.key);
      append_written(out, reader, pair.value);
    }
    out += '}';
  } else {
    out += '~';
  }
}

std::uint64_t digest_of(Reader& reader, Scope scope, const KeyValues& values, std::uint8_t actions, Defines defines) {
  Digest digest;
  std::string written;
  const std::span<const Key> table = keys(scope);
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (values[i] == kNoNode || table[i].defines != defines || (table[i].actions & actions) == 0) continue;
    written = table[i].name;
    append_written(written, reader, values[i]);
    digest.add(written);
  }
  return digest.value();
}

}  // namespace corun
