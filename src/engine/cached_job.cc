// Looking up, waiting, keeping. Knows nothing of attempts or retries.
#include "engine/cached_job.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "engine/cache_key.h"
#include "io/http_words.h"
#include "loop/awaiters.h"

namespace corun {
namespace {

constexpr Duration kLongestWait = 1h;  // for another that is at the same; then it is done twice
constexpr Duration kFirstPause = 20ms;
constexpr Duration kLongestPause = 500ms;

// Output as one text: `o` or `e`, the length, `:`, the bytes.
std::string packed(const std::vector<CachedOutput>& output) {
  std::string text;
  for (const CachedOutput& piece : output) {
    text += piece.stream == Stream::standard_output ? 'o' : 'e';
    text += std::to_string(piece.bytes.size()) + ':' + piece.bytes;
  }
  return text;
}

std::vector<CachedOutput> unpacked(std::string_view text) {
  std::vector<CachedOutput> output;
  while (text.size() > 2) {
    std::size_t size = 0;
    const auto [end, failure] = std::from_chars(text.data() + 1, text.data() + text.size(), size);
    const auto head = static_cast<std::size_t>(end - text.data()) + 1;
    if (failure != std::errc() || head > text.size() || size > text.size() - head) break;
    output.push_back({text[0] == 'o' ? Stream::standard_output : Stream::standard_error, std::string(text.substr(head, size))});
    text.remove_prefix(head + size);
  }
  return output;
}

// A failure that says something of what was done, and not of how this job happened to get on.
bool is_verdict(const Outcome& outcome) {
  return outcome.kind == FailureKind::exit_code || outcome.kind == FailureKind::http_status ||
         outcome.kind == FailureKind::expectation;
}

std::string header_of(const ActionResult& result, std::string_view name) {
  for (const auto& [header, value] : result.headers) {
    if (equal_ignoring_case(header, name)) return value;
  }
  return {};
}

bool has_header(const HttpRequest& request, std::string_view name) {
  return std::ranges::any_of(request.headers, [&](const auto& header) { return equal_ignoring_case(header.first, name); });
}

// Whether the directives of a Cache-Control header list `no-store`.
bool says_no_store(std::string_view directives) {
  while (!directives.empty()) {
    std::string_view each = directives.substr(0, directives.find(','));
    directives.remove_prefix(std::min(directives.size(), each.size() + 1));
    while (each.starts_with(' ')) each.remove_prefix(1);
    while (each.ends_with(' ')) each.remove_suffix(1);
    if (equal_ignoring_case(each, "no-store")) return true;
  }
  return false;
}

}  // namespace

// --- before the first attempt ---

// False: there is none, and the job runs without, unless that is a problem of its own.
Task<bool> CachedJob::make_key(CancelScope& scope) {
  Result<CacheKeyDraft> draft = begin_cache_key(run_.expressions, run_.top, member_, names_, problem_);
  if (!draft) {
    const bool is_new = !problem_ && !std::exchange(run_.cache_flights.told_trouble, true);
    if (is_new) run_.parts.report.warning("`cache` of job `" + member_.job().name + "`: " + run_.masked(draft.error().message));
    co_return false;
  }
  if (!draft->globs.empty() || !draft->files.empty()) {
    const auto fail = [&](const std::string& message) {
      problem_ = failure(FailureKind::invalid_request, "`cache`, `inputs`: " + run_.masked(message));
    };
    std::vector<std::string> files;
    if (!draft->globs.empty()) {
      Result<std::vector<std::string>> found = find_files(draft->directory, draft->globs);
      if (!found) {
        fail(found.error().message);
        co_return false;
      }
      files = std::move(*found);
    }
    const std::size_t inputs = files.size();
    files.insert(files.end(), draft->files.begin(), draft->files.end());
    Result<InputDigest> contents = InputDigest::create(draft->directory, std::move(files), run_.cache_flights.files);
    if (!contents) co_return false;
    while (contents->step()) {
      co_await NextTurn(run_.loop());
      if (scope.cancelled()) co_return false;
    }
    if (contents->error()) {
      // What is wrong with a body's file is the request's to tell.
      if (inputs > 0) fail(contents->error()->message);
      co_return false;
    }
    draft->digest.update(contents->finish());
    inputs_ = contents->take_files();
  }
  key_ = draft->digest.finish();
  co_return true;
}

// What counts of what is kept.
std::optional<CacheEntry> CachedJob::find() const {
  std::optional<CacheEntry> entry = cache().find(key_);
  if (!entry) return std::nullopt;
  // Milliseconds are all that is known of when it was stored.
  const WallTime oldest = std::chrono::floor<std::chrono::milliseconds>(run_.cache_flights.run_started);
  if (!run_.settings.use_cache && entry->stored < oldest) return std::nullopt;
  const std::uint16_t used = run_.expressions.used_of(member_.job());
  if (entry->ok() && (used & ~entry->parts) != 0) return std::nullopt;
  return entry;
}

// What was stored ahead of time counts no longer than what was stored just now: a clock that was wrong for a while must not keep
// it for years.
bool CachedJob::within(const CacheEntry& entry, const std::optional<Duration>& time) const {
  return time && std::chrono::abs(run_.loop().clock().wall_now() - entry.stored) < *time;
}

std::optional<CacheAnswer> CachedJob::answer(const CacheEntry& entry, CacheUse use) const {
  CacheAnswer answer;
  answer.outcome.kind = entry.kind;
  answer.outcome.exit_code = entry.exit_code;
  answer.outcome.http_status = entry.http_status;
  answer.outcome.message = entry.message;
  answer.use = use;
  answer.attempts = entry.attempts;
  if (!entry.data.empty()) {
    Result<Json> data = Json::parse(entry.data);
    if (!data) return std::nullopt;
    answer.data = std::move(*data);
  }
  answer.output = unpacked(entry.output);
  return answer;
}

// What this job has waited for counts, however short its time is.
std::optional<CacheAnswer> CachedJob::fresh(const std::optional<WallTime>& waited_since) {
  old_.reset();
  std::optional<CacheEntry> entry = find();
  if (!entry) return std::nullopt;
  const bool counts = entry->ok() ? !spec().ttl || within(*entry, spec().ttl) : within(*entry, spec().negative_ttl);
  if (counts || (entry->ok() && waited_since && entry->stored >= *waited_since)) return answer(*entry, CacheUse::hit);
  if (entry->ok()) old_ = std::move(entry);
  return std::nullopt;
}

Task<std::optional<CacheAnswer>> CachedJob::look(CancelScope& scope) {
  const bool has_key = co_await make_key(scope);
  if (!has_key) {
    if (!problem_) co_return std::nullopt;
    CacheAnswer answer;
    answer.outcome = *problem_;
    co_return answer;
  }
  co_return co_await look_while_waiting(scope);
}

Task<std::optional<CacheAnswer>> CachedJob::look_while_waiting(CancelScope& scope) {
  const TimePoint give_up = run_.now() + kLongestWait;
  const WallTime begin = std::chrono::floor<std::chrono::milliseconds>(run_.loop().clock().wall_now());
  std::optional<WallTime> waited_since;
  for (;;) {  // behind others of this run
    if (std::optional<CacheAnswer> found = fresh(waited_since)) co_return found;
    const std::shared_ptr<CacheFlight> flight = run_.cache_flights.find(key_);
    if (flight == nullptr) break;
    Event over(run_.loop());
    flight->followers.push_back(&over);
    const Event::Wake wake = co_await over.wait(scope, give_up);
    std::erase(flight->followers, &over);
    if (wake != Event::Wake::set) co_return std::nullopt;
    waited_since = begin;
    if (takes(flight->end)) co_return *flight->end.answer;
    if (flight->end.too_large) co_return std::nullopt;
  }
  run_.cache_flights.begin(key_);
  flies_ = true;
  for (Duration pause = kFirstPause;; pause = std::min(pause * 2, kLongestPause)) {  // behind other runs
    leads_ = cache().lead(key_);
    if (std::optional<CacheAnswer> found = fresh(waited_since)) {
      give_way({});
      co_return found;
    }
    if (leads_ || run_.now() >= give_up) co_return std::nullopt;
    const bool waited = co_await Sleep(run_.loop(), run_.now() + pause, scope);
    if (!waited) co_return std::nullopt;
    waited_since = begin;
  }
}

// --- of an attempt ---

void CachedJob::wrote(Stream stream, std::string_view bytes) {
  output_bytes_ += bytes.size();
  if (output_bytes_ > cache().bounds().entry) return output_.clear();
  if (output_.empty() || output_.back().stream != stream) output_.push_back({stream, {}});
  output_.back().bytes += bytes;
}

void CachedJob::ask_if_modified(HttpRequest& request) const {
  if (!old_ || (request.method != "GET" && request.method != "HEAD")) return;
  if (has_header(request, "If-None-Match") || has_header(request, "If-Modified-Since")) return;
  if (!old_->etag.empty()) request.headers.emplace_back("If-None-Match", old_->etag);
  if (!old_->modified.empty()) request.headers.emplace_back("If-Modified-Since", old_->modified);
}

bool CachedJob::is_unmodified(const ActionResult& result) const {
  constexpr int kNotModified = 304;
  return old_ && result.outcome.ok() && result.outcome.http_status == kNotModified &&
         (!old_->etag.empty() || !old_->modified.empty());
}

void CachedJob::take_headers(const ActionResult& result) {
  unmodified_ = is_unmodified(result);
  is_private_ = says_no_store(header_of(result, "cache-control"));
  etag_ = header_of(result, "etag");
  modified_ = header_of(result, "last-modified");
}

// --- of the job ---

std::optional<CacheAnswer> CachedJob::settle(const Outcome& outcome, std::uint32_t attempts, const Json& data,
                                             bool holds_secret) {
  if (key_.empty()) return std::nullopt;
  if (const std::string* changed = inputs_.changed()) {  // nobody knows what of it the job has seen
    tell_not_kept('`' + run_.masked(*changed) + "` has changed while the job ran");
    give_way({});
    return std::nullopt;
  }
  std::optional<CacheAnswer> instead;
  if (outcome.ok() && unmodified_) {
    cache().renew(key_);
    instead = answer(*old_, CacheUse::renewed);
  } else if (outcome.ok()) {
    if (holds_secret) {
      tell_not_kept("it holds a secret");
    } else if (is_private_) {
      tell_not_kept("the response says no-store");
    } else {
      keep(outcome, attempts, data);
    }
  } else if (outcome.kind != FailureKind::cancelled) {
    const std::optional<Duration>& more = spec().stale_if_error;
    if (more && old_ && spec().ttl && within(*old_, *spec().ttl + *more)) instead = answer(*old_, CacheUse::stale);
    if (instead) {
      instead->outcome.message = outcome.message;
    } else if (spec().negative_ttl && is_verdict(outcome)) {
      keep(outcome, attempts, Json());
    }
  }
  give_way(for_followers(outcome, attempts, data, holds_secret, instead));
  return instead;
}

// Whoever does the same in this run needs no store for it: it may hold a secret, or count for no time at all.
CacheFlight::End CachedJob::for_followers(const Outcome& outcome, std::uint32_t attempts, const Json& data, bool holds_secret,
                                          const std::optional<CacheAnswer>& instead) const {
  CacheFlight::End end;
  if (!flies_ || !run_.cache_flights.has_followers(key_)) return end;
  if (instead) {
    end.answer = instead;
    end.parts = old_->parts;
    if (instead->use == CacheUse::stale) {
      end.only_for = &spec();
    } else {
      end.answer->use = CacheUse::hit;
    }
  } else if (outcome.ok() && output_bytes_ > cache().bounds().entry) {
    end.too_large = true;
  } else if (outcome.ok() || is_verdict(outcome)) {
    end.answer.emplace();
    end.answer->outcome = outcome;
    end.answer->use = outcome.ok() ? CacheUse::hit : CacheUse::none;
    end.answer->attempts = attempts;
    end.answer->output = output_;
    end.parts = run_.expressions.used_of(member_.job());
    if (outcome.ok()) {
      end.answer->data = data;
      end.answer->holds_secret = holds_secret;
    }
  }
  return end;
}

bool CachedJob::takes(const CacheFlight::End& end) const {
  if (!end.answer || (end.only_for != nullptr && end.only_for != &spec())) return false;
  return !end.answer->outcome.ok() || (run_.expressions.used_of(member_.job()) & ~end.parts) == 0;
}

void CachedJob::keep(const Outcome& outcome, std::uint32_t attempts, const Json& data) {
  CacheEntry entry;
  entry.key = key_;
  entry.job = member_.job().name;
  std::error_code ignored;
  entry.file = std::filesystem::weakly_canonical(member_.file().file.path, ignored).string();
  entry.kind = outcome.kind;
  entry.exit_code = outcome.exit_code;
  entry.http_status = outcome.http_status;
  entry.message = run_.masked(outcome.message);
  entry.attempts = attempts;
  entry.parts = run_.expressions.used_of(member_.job());
  entry.etag = etag_;
  entry.modified = modified_;
  if (!data.is_null()) entry.data = data.dump();
  entry.output = packed(output_);
  const std::uint64_t bytes = std::max(entry.bytes(), std::uint64_t{output_bytes_});
  if (bytes > cache().bounds().entry) {
    return tell_not_kept("more than " + std::to_string(cache().bounds().entry >> 20) + " MiB of data and output");
  }
  if (run_.masked(entry.data) != entry.data) return tell_not_kept("it holds a secret");
  cache().keep(std::move(entry));
}

// Once for all items of a job.
void CachedJob::tell_not_kept(const std::string& reason) {
  const Job& job = member_.job();
  const bool is_new = run_.cache_flights.told_not_kept.insert(job.written().id).second;
  if (is_new) run_.parts.report.note(job, "not cached: " + reason);
}

void CachedJob::give_way(CacheFlight::End end) {
  if (std::exchange(leads_, false)) cache().release(key_);
  if (std::exchange(flies_, false)) run_.cache_flights.end(key_, std::move(end));
}

}  // namespace corun
