// Hides secrets. Knows nothing of where they come from.
#include "base/secret_mask.h"

#include <algorithm>
#include <utility>

#include "base/secret_forms.h"

namespace corun {
namespace {

// Whether a quoted text has been cut before `rest`; jq leaves a part of a character there.
bool is_cut(std::string_view rest) {
  if (rest.starts_with("\uFFFD")) rest.remove_prefix(std::string_view("\uFFFD").size());
  return rest.starts_with("…") || rest.starts_with("...");
}

}  // namespace

bool SecretMask::add(std::string_view secret) {
  std::vector<std::string> forms = secret_forms(secret);
  for (std::string& form : forms) {
    const auto [known, is_new] = forms_.insert(std::move(form));
    if (is_new) new_forms_.push_back(*known);
  }
  return !forms.empty();
}

std::string SecretMask::masked(std::string_view text) const {
  Stream stream(*this);
  std::string out(stream.write(text));
  out += stream.flush();
  return out;
}

std::string SecretMask::masked_message(std::string_view text) const {
  Stream stream(*this);
  stream.hides_beginnings_ = true;
  std::string out(stream.write(text));
  out += stream.flush();
  return out;
}

bool SecretMask::finds_in(std::string_view text) const {
  if (empty()) return false;
  return std::ranges::any_of(tiers(), [text](const Tier& tier) {
    TextFinder::State state = 0;
    return std::ranges::any_of(text, [&](char c) {
      state = tier.finder->next(state, static_cast<unsigned char>(c));
      return tier.finder->match(state) > 0;
    });
  });
}

const std::vector<SecretMask::Tier>& SecretMask::tiers() const {
  if (new_forms_.empty()) return tiers_;
  while (!tiers_.empty() && tiers_.back().forms.size() <= 2 * new_forms_.size()) {
    new_forms_.insert(new_forms_.end(), tiers_.back().forms.begin(), tiers_.back().forms.end());
    tiers_.pop_back();
  }
  auto finder = std::make_shared<const TextFinder>(new_forms_);
  tiers_.push_back({std::exchange(new_forms_, {}), std::move(finder)});
  return tiers_;
}

std::string_view SecretMask::Stream::write(std::string_view piece) {
  if (mask_->empty()) return piece;
  std::size_t from = pending_.size();
  if (const std::vector<Tier>& tiers = mask_->tiers(); !is_up_to_date(tiers)) {
    // What was the beginning of a form still is, so reading what is pending again leads to where we were.
    readers_.clear();
    for (const Tier& tier : tiers) readers_.push_back({tier.finder});
    secrets_.clear();
    from = 0;
  }
  out_.clear();
  pending_ += piece;
  find_secrets(from);
  const std::size_t decided = pending_.size() - undecided();
  show(decided);
  pending_.erase(0, decided);
  shown_ -= decided;
  for (Range& secret : secrets_) secret = {secret.begin - decided, secret.end - decided};
  return out_;
}

std::string_view SecretMask::Stream::flush() {
  if (mask_->empty()) return {};
  static_cast<void>(write({}));  // a secret may be new
  show(pending_.size());
  pending_.clear();
  shown_ = 0;
  for (Reader& reader : readers_) reader.state = 0;
  is_behind_mask_ = false;
  return out_;
}

bool SecretMask::Stream::is_up_to_date(const std::vector<Tier>& tiers) const {
  return std::equal(readers_.begin(), readers_.end(), tiers.begin(), tiers.end(),
                    [](const Reader& reader, const Tier& tier) { return reader.finder == tier.finder; });
}

// How many of the last bytes may be the beginning of a secret.
std::size_t SecretMask::Stream::undecided() const {
  std::size_t most = 0;
  for (const Reader& reader : readers_) most = std::max(most, reader.finder->depth(reader.state));
  return most;
}

// Reads pending_ from `from` on.
void SecretMask::Stream::find_secrets(std::size_t from) {
  std::vector<Range> found;
  for (Reader& reader : readers_) {
    for (std::size_t end = from + 1; end <= pending_.size(); ++end) {
      reader.state = reader.finder->next(reader.state, static_cast<unsigned char>(pending_[end - 1]));
      std::size_t length = reader.finder->match(reader.state);
      if (hides_beginnings_ && is_cut(std::string_view(pending_).substr(end))) {
        if (const std::size_t depth = reader.finder->depth(reader.state); depth >= kMinSecretSize) length = depth;
      }
      if (length > 0) found.push_back({end - length, end});
    }
  }
  if (readers_.size() > 1) std::stable_sort(found.begin(), found.end(), [](Range a, Range b) { return a.end < b.end; });
  for (Range secret : found) {
    while (!secrets_.empty() && secrets_.back().end >= secret.begin) {
      secret.begin = std::min(secret.begin, secrets_.back().begin);
      secrets_.pop_back();
    }
    secrets_.push_back(secret);
  }
}

// Shows pending_ up to `end`, behind which a later secret may begin, and the secrets that begin up to there.
void SecretMask::Stream::show(std::size_t end) {
  const auto show_text = [&](std::size_t text_end) {
    if (text_end <= shown_) return;
    out_.append(pending_, shown_, text_end - shown_);
    shown_ = text_end;
    is_behind_mask_ = false;
  };
  auto secret = secrets_.begin();
  for (; secret != secrets_.end() && secret->begin <= end; ++secret) {
    show_text(secret->begin);
    if (!is_behind_mask_) out_ += "***";
    is_behind_mask_ = true;
    shown_ = std::max(shown_, secret->end);
  }
  secrets_.erase(secrets_.begin(), secret);
  show_text(end);
}

}  // namespace corun
