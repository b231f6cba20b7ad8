// The body of a response on its way into a file: which responses go there, from where they continue, what they must come to.
// Knows nothing of libcurl or of connections.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "io/digest.h"
#include "io/executor.h"
#include "io/http_response.h"
#include "io/part_file.h"

namespace corun {

/// One download. `open`, then `prepare` until it says that all is ready; each exchange between `begin_exchange` and the last
/// `write`; in the end `settle`. What ends before that leaves nothing but, with `resume`, the part that is there.
class HttpSave {
 public:
  /// `target` must outlive this.
  explicit HttpSave(const SaveTarget& target) : target_(target) {}

  /// Makes ready. True if that is all, with `result` as it is then: a failure, or success where the file exists and isn't
  /// wanted anew.
  bool open(ActionResult& result);
  /// Reads some of what is there already, for the checksum; true while there is more.
  bool prepare();

  bool resumes() const { return target_.resume; }
  /// Bytes that are there already, so aren't asked for.
  std::uint64_t offset() const { return part_.size(); }
  /// Lines of the request's head that ask for the rest, each ended by a newline.
  std::string header_lines() const;

  /// A request is about to be sent.
  void begin_exchange() { course_ = Course::undecided; }
  /// Whether the body of this response goes into the file; asked before each part of it. `status` 0: the protocol has none.
  bool wants(int status, const HttpHeaders& headers);
  /// Takes bytes of a wanted body. False: the transfer must end.
  bool write(std::string_view bytes);
  /// The server can't continue where the part ends.
  void refuse_offset() { course_ = Course::start_over; }

  /// What the last exchange means for the file: puts it in place if all is well, else says in `result` why not. True if the
  /// part was of no use and is emptied now: send the request once more.
  bool settle(ActionResult& result);

 private:
  // What becomes of the body.
  enum class Course : std::uint8_t { undecided, file, memory, complete, start_over, failed };

  void decide(int status, const HttpHeaders& headers);
  void begin_whole(const HttpHeaders& headers);
  std::optional<Outcome> make_ready(ActionResult& result);
  bool accepts(int status) const;
  void fail(FailureKind kind, std::string message);
  bool empty_part();
  void finish(ActionResult& result);

  const SaveTarget& target_;
  PartFile part_;
  std::optional<ByteDigest> digest_;
  std::string expected_;      // hexadecimal, with `digest_`
  std::uint64_t hashed_ = 0;  // bytes that `digest_` has seen
  std::string etag_;          // of what is in the part; "": unknown
  Course course_ = Course::undecided;
  bool continues_ = false;              // the body is the rest of the part
  std::optional<std::uint64_t> end_;    // size of the file with what a partial response said it brings
  std::optional<std::uint64_t> total_;  // size of the whole, if a partial response said it
  Outcome problem_;
};

}  // namespace corun
