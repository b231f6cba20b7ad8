// Threads that ask the C library's resolver, and how they tell the loop. Knows nothing of what the addresses are for.
#include "io/host_resolver.h"

#include <netdb.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "base/unique_fd.h"
#include "loop/awaiters.h"

namespace corun {
namespace {

constexpr int kMostThreads = 32;  // those left behind by cancelled lookups included
std::atomic<int> running_threads{0};

// What a lookup's thread and its coroutine share; the last of them frees it.
struct Lookup {
  std::string host;
  UniqueFd ended;
  std::vector<std::string> addresses;
  std::atomic<bool> done{false};
};

void look_up(Lookup& lookup) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  int error = ::getaddrinfo(lookup.host.c_str(), nullptr, &hints, &found);
  if (error == EAI_NONAME || error == EAI_ADDRFAMILY) {  // a machine with nothing but loopback has no configured address
    hints.ai_flags = 0;
    error = ::getaddrinfo(lookup.host.c_str(), nullptr, &hints, &found);
  }
  if (error != 0) return;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(each->ai_addr, each->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0) {
      lookup.addresses.emplace_back(text.data());
    }
  }
  ::freeaddrinfo(found);
}

// Starts the thread of `lookup`; whether there is one.
bool start(const std::shared_ptr<Lookup>& lookup) {
  if (!lookup->ended || running_threads.fetch_add(1) >= kMostThreads) {
    if (lookup->ended) running_threads.fetch_sub(1);
    return false;
  }
  try {
    std::thread([lookup] {
      look_up(*lookup);
      lookup->done.store(true);
      ::eventfd_write(lookup->ended.get(), 1);
      running_threads.fetch_sub(1);
    }).detach();
    return true;
  } catch (const std::system_error&) {  // no thread to be had
    running_threads.fetch_sub(1);
    return false;
  }
}

// The loop's end of a lookup.
class LookupEnd final : private FdHandler {
 public:
  LookupEnd(Loop& loop, int fd) : loop_(loop), fd_(fd), told_(loop) { loop_.watch(fd_, EPOLLIN, *this); }
  ~LookupEnd() { loop_.unwatch(fd_); }
  LookupEnd(const LookupEnd&) = delete;
  LookupEnd& operator=(const LookupEnd&) = delete;
  Event& told() { return told_; }

 private:
  void on_fd(int fd, std::uint32_t) override {
    loop_.watch(fd, 0, *this);
    told_.set();
  }

  Loop& loop_;
  const int fd_;
  Event told_;
};

}  // namespace

Task<std::vector<std::string>> HostResolver::resolve(std::string host, CancelScope& scope) {
  const HttpLookups::Turn turn = co_await lookups_.wait(host, scope);
  if (turn == HttpLookups::Turn::go) co_return answers_[host];
  if (turn != HttpLookups::Turn::lead) co_return std::vector<std::string>();

  auto lookup = std::make_shared<Lookup>();
  lookup->host = host;
  lookup->ended.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!start(lookup)) {
    lookups_.failed(host);
    co_return std::vector<std::string>();
  }
  LookupEnd end(loop_, lookup->ended.get());
  co_await end.told().wait(scope);
  if (!lookup->done.load()) {
    lookups_.gave_up(host);
    co_return std::vector<std::string>();
  }
  if (lookup->addresses.empty()) {
    lookups_.failed(host);
    co_return std::vector<std::string>();
  }
  answers_[host] = lookup->addresses;
  lookups_.answered(host);
  co_return lookup->addresses;
}

}  // namespace corun
