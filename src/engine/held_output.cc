// Pieces of output in a file. Knows nothing of attempts.
#include "engine/held_output.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "loop/awaiters.h"

namespace corun {
namespace {

constexpr std::size_t kLargestPiece = 64 * 1024;
constexpr std::size_t kPiecesInTurn = 16;

// What stands before the bytes of a piece.
struct Head {
  std::uint32_t size = 0;
  Stream stream = Stream::standard_output;
};

}  // namespace

void HeldOutput::append(Stream stream, std::string_view bytes) {
  if (!file_) file_ = logs_.create_nameless();
  while (!bytes.empty() && whole_) {
    const std::string_view part = bytes.substr(0, kLargestPiece);
    bytes.remove_prefix(part.size());
    Head head;
    head.size = static_cast<std::uint32_t>(part.size());
    head.stream = stream;
    std::string piece(sizeof head, '\0');
    std::memcpy(piece.data(), &head, sizeof head);
    const std::uint64_t end = file_->size() + sizeof head + part.size();
    file_->append(piece.append(part));
    whole_ = file_->size() == end;
  }
}

Task<void> HeldOutput::give(Loop& loop, const Take& take) const {
  if (!file_) co_return;
  const std::uint64_t size = file_->size();
  std::size_t pieces = 0;
  for (std::uint64_t at = 0; at + sizeof(Head) < size;) {
    Head head;
    const std::string start = file_->read(at, sizeof head);
    if (start.size() < sizeof head) break;
    std::memcpy(&head, start.data(), sizeof head);
    const std::string bytes = file_->read(at + sizeof head, std::min<std::size_t>(head.size, kLargestPiece));
    if (bytes.empty()) break;  // it couldn't be written whole
    take(head.stream, bytes);
    at += sizeof head + bytes.size();
    if (bytes.size() < head.size) break;
    if (++pieces % kPiecesInTurn == 0) {
      co_await NextTurn(loop);
    }
  }
}

}  // namespace corun
