// How responses become a file. Knows nothing of libcurl or of connections.
#include "io/http_save.h"

#include <algorithm>
#include <utility>

#include "base/checksum.h"
#include "io/http_range.h"

namespace corun {
namespace {

constexpr std::size_t kHashAtOnce = 4 << 20;  // some 10 ms
constexpr int kNotModified = 304;

}  // namespace

bool HttpSave::open(ActionResult& result) {
  std::optional<Outcome> end = make_ready(result);
  if (!end) return false;
  result.outcome = *std::move(end);
  result.outcome.unsent = true;
  return true;
}

std::optional<Outcome> HttpSave::make_ready(ActionResult& result) {
  const auto failed = [](const Error& error) { return failure(FailureKind::save, error.message); };
  if (!target_.checksum.empty()) {
    Result<Checksum> checksum = parse_checksum(target_.checksum);
    if (!checksum) return failure(FailureKind::invalid_request, checksum.error().message);
    Result<ByteDigest> digest = ByteDigest::create(checksum->algorithm);
    if (!digest) return failed(digest.error());
    digest_ = std::move(*digest);
    expected_ = std::move(checksum->digest);
  }
  part_.tell_apart(target_.part);
  if (const std::optional<Error> error = part_.locate(target_.file)) return failed(*error);
  if (part_.is_directory()) return failed(Error{"can't save to " + target_.file + ": it is a directory"});
  if (target_.if_exists != SaveSpec::IfExists::replace && part_.exists()) {
    if (target_.if_exists == SaveSpec::IfExists::fail) {
      return failed(Error{"can't save to " + target_.file + ": the file exists (`if_exists: skip` or `replace` is for that)"});
    }
    Outcome skipped;
    skipped.message = target_.file + " exists, nothing was requested";
    result.saved = SavedFile{target_.file, part_.size_in_place()};
    result.unrequested = true;
    return skipped;
  }
  if (const std::optional<Error> error = part_.open(target_.resume)) return failed(*error);
  if (part_.size() > 0) etag_ = etag_of({{"ETag", part_.etag()}});
  return std::nullopt;
}

bool HttpSave::prepare() {
  if (!digest_ || hashed_ >= part_.size()) return false;
  const Result<std::string> bytes = part_.read(hashed_, kHashAtOnce);
  if (!bytes || bytes->empty()) {
    empty_part();
    return false;
  }
  digest_->update(*bytes);
  hashed_ += bytes->size();
  return hashed_ < part_.size();
}

std::string HttpSave::header_lines() const {
  if (!target_.resume || part_.size() == 0) return {};
  std::string lines = "Range: bytes=" + std::to_string(part_.size()) + "-\n";
  if (is_strong(etag_)) lines += "If-Range: " + etag_ + '\n';
  return lines;
}

bool HttpSave::accepts(int status) const {
  if (status == 0) return true;
  if (status == kNotModified) return false;  // which says that there is nothing to save, whether that is expected or not
  if (target_.status.empty()) return status / 100 == 2;
  return std::ranges::any_of(target_.status,
                             [status](const CodeRange& range) { return range.first <= status && status <= range.last; });
}

void HttpSave::fail(FailureKind kind, std::string message) {
  course_ = Course::failed;
  problem_ = failure(kind, std::move(message));
}

// False if it can't be emptied.
bool HttpSave::empty_part() {
  if (digest_) digest_->restart();
  hashed_ = 0;
  etag_.clear();
  std::optional<Error> error = part_.start_over();
  if (!error && target_.resume) error = part_.set_etag("");
  if (error) fail(FailureKind::save, std::move(error->message));
  return !error;
}

void HttpSave::begin_whole(const HttpHeaders& headers) {
  if (part_.size() > 0 && !empty_part()) return;
  course_ = Course::file;
  if (!target_.resume) return;
  etag_ = etag_of(headers);
  if (is_encoded(headers)) part_.forget();  // decoded bytes can't be continued from
  if (std::optional<Error> error = part_.set_etag(etag_)) fail(FailureKind::save, std::move(error->message));
}

void HttpSave::decide(int status, const HttpHeaders& headers) {
  continues_ = false;
  end_.reset();
  total_.reset();
  const std::uint64_t have = part_.size();
  const bool ranges = target_.resume && status != 0;
  const RangeAnswer answer = ranges ? range_answer(status, headers, have, etag_) : RangeAnswer();
  switch (answer.kind) {
    case RangeAnswer::Kind::whole:
      if (!accepts(status)) {
        course_ = Course::memory;
      } else if (status == 0) {
        continues_ = have > 0;
        course_ = Course::file;
      } else {
        begin_whole(headers);
      }
      return;
    case RangeAnswer::Kind::rest:
      continues_ = true;
      end_ = answer.end;
      total_ = answer.total;
      course_ = Course::file;
      return;
    case RangeAnswer::Kind::complete:
      continues_ = true;
      course_ = Course::complete;
      return;
    case RangeAnswer::Kind::start_over: course_ = Course::start_over; return;
    case RangeAnswer::Kind::unasked: fail(FailureKind::transfer, "the server sent a part of the file, which wasn't asked for");
  }
}

bool HttpSave::wants(int status, const HttpHeaders& headers) {
  if (course_ == Course::undecided) decide(status, headers);
  return course_ != Course::memory && course_ != Course::complete;
}

bool HttpSave::write(std::string_view bytes) {
  if (course_ != Course::file) return false;
  if (std::optional<Error> error = part_.write(bytes)) {
    fail(FailureKind::save, std::move(error->message));
    return false;
  }
  if (digest_) {
    digest_->update(bytes);
    hashed_ += bytes.size();
  }
  return true;
}

void HttpSave::finish(ActionResult& result) {
  const std::uint64_t size = part_.size();
  // A response that brings less than the whole must at least bring what it says.
  for (const std::optional<std::uint64_t>& wanted : {total_, end_}) {
    if (!wanted || size == *wanted) continue;
    if (size > *wanted) part_.forget();
    return fail(FailureKind::transfer, "server sent " + std::to_string(size) + " of " + std::to_string(*wanted) + " bytes");
  }
  if (digest_) {
    if (const std::string found = digest_->finish(); found != expected_) {
      part_.forget();
      return fail(FailureKind::checksum, "wrong checksum: " + target_.checksum + " expected, " + found + " received");
    }
  }
  result.saved = SavedFile{target_.file, size};
  if (continues_ && result.outcome.http_status != 0) result.outcome.http_status = 200;  // of the whole
  result.body.clear();
  std::optional<Outcome> unmet = target_.judge != nullptr ? target_.judge->judge(result) : std::nullopt;
  if (unmet) {
    part_.forget();
    return fail(unmet->kind, std::move(unmet->message));
  }
  if (std::optional<Error> error = part_.put_in_place(target_.if_exists == SaveSpec::IfExists::replace)) {
    return fail(FailureKind::save, std::move(error->message));
  }
}

bool HttpSave::settle(ActionResult& result) {
  Outcome& outcome = result.outcome;
  if (outcome.ok() && course_ == Course::undecided) decide(outcome.http_status, result.headers);
  if (course_ == Course::start_over && outcome.kind != FailureKind::cancelled && empty_part()) return true;
  if (outcome.ok() && (course_ == Course::file || course_ == Course::complete)) finish(result);
  if (course_ == Course::failed) {
    const int status = outcome.http_status;
    outcome = problem_;
    outcome.http_status = status;
    result.saved.reset();
  }
  if (!outcome.ok() && part_.stays()) {
    outcome.message += " (" + std::to_string(part_.size()) + " bytes are kept in " + part_.part_path() + ")";
  }
  return false;
}

}  // namespace corun
