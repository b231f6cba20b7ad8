// Forms of co_await that check_coroutines must reject: exactly the lines marked `bad`. Never compiled.
Task<int> conditions() {
  if (co_await f()) g();                 // bad
  if (int x = co_await f(); x > 0) g();  // bad
  while (co_await f()) g();              // bad
  switch (co_await f()) {                // bad
    default: break;
  }
  for (int i = co_await f(); i < 3; ++i) {  // bad
  }
  for (int item : co_await list()) g();  // bad
  for (; co_await f(); ++x) g();         // bad
  do g();
  while (!co_await f());  // bad
}
Task<int> expressions() {
  int x = c ? co_await f() : 0;          // bad
  int w = c ? 0 : co_await f();          // bad
  int y = co_await f() + co_await g();   // bad
  member_.x = co_await f();              // bad
  *pointer = co_await f();               // bad
  call(1, co_await f());                 // bad
  auto [a, b] = co_await pair();         // bad
  const auto& [c, d] = co_await pair();  // bad
  (void)co_await f();                    // bad
  int z = (co_await f()).size();         // bad
  co_await (c ? f() : g());              // bad
  list[0] = co_await f();                // bad
  return_value(co_await f()), g();       // bad
  co_return 1 + co_await f();            // bad
  bool late = !co_await f();             // bad
  co_return {co_await f(), 1};           // bad
}
Task<int> aggregates() {
  Agg agg{co_await f(), 1};             // bad
  Agg other = {co_await f(), 1};        // bad
  auto made = Agg{.a = co_await f()};   // bad
  co_await Aw{1};                       // bad
  int x = co_await f({.a = 1});         // bad
  co_await f(Agg{1, "x"}, 2);           // bad
  co_await f([&] { return 1; });        // bad
  std::vector<int> list{co_await f()};  // bad
}
void lambdas() {
  auto task = [&]() -> Task<int> {
    co_await sleep();  // bad
    co_return 1;       // bad
  };
  start([text = std::move(text)]() mutable -> Task<void> { co_return; });   // bad
  start([](int x) -> Task<std::pair<int, int>> { co_return make(x); }(1));  // bad
  auto simple = [self] { co_await self->wait(); };                          // bad
  return [] { co_yield 1; };                                                // bad
}
