// Forms of co_await that check_coroutines must accept. Never compiled.
Task<int> plain() {
  co_await sleep();
  co_await std::move(task);
  int x = co_await f(1, "co_await in a string", 'c');
  const std::pair<int, std::vector<int>>& pair = co_await g(x);
  x = co_await f();
  if (x) x = co_await f();
  auto* pointer = co_await h(*this)[0];
  [[maybe_unused]] auto value = co_await detail::next<int>(loop_);
  bool waited = co_await Sleep(loop, loop.now() + 10ms, scope);  // co_await { in a comment
  if (waited) co_await sleep();
  if (waited) {
    co_await sleep();
  } else {
    int y = co_await f(1'000);
    co_return y;
  }
  for (int i = 0; i < 3; ++i) co_await sleep();
  while (x > 0) {
    Event::Wake wake = co_await event.wait(scope);
    if (wake == Event::Wake::set) break;
  }
  switch (x) {
    case 1: co_await sleep(); break;
    default: co_return co_await f(x);
  }
  do co_await sleep();
  while (x < 0);
  try {
    co_await sleep();
  } catch (const Error& error) {
    report(error);
  }
  std::vector<int> list{1, 2, 3};
  loop.run_until([&] { return list.empty(); });
  for (int& item : list) {
    item = x > 1 ? 2 : 3;
    co_await f(list[0]);
  }
  Agg agg{.a = x};
  co_return co_await use(agg);
}
Awaiter operator co_await() && { return Awaiter(handle_); }
inline Runner Group::run(Group&, Task<void> task) { co_await std::move(task); }
class Waiter final {
  Task<void> wait() const {
    co_await event_;
    co_return;
  }
  Task<void> wait_too() noexcept { co_await event_; }
};
