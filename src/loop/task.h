// Task<T>: a lazy coroutine with one awaiter; TaskGroup: starts tasks and awaits them all. Knows nothing of cancellation.
//
// Rules for g++ 12 (a lint enforces them): `co_await` only as a statement of its own, in `T x = co_await …;`, or in
// `co_return co_await …;`; no lambda coroutines; awaiters are classes with constructors.
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "loop/loop.h"

namespace corun {

template <typename T>
class Task;

namespace detail {

// What the promises of all tasks share. A finished task whose awaiter sleeps posts it to the loop; one that finishes
// before its awaiter has gone to sleep lets it go on at once.
class PromiseBase {
 public:
  std::suspend_always initial_suspend() noexcept { return {}; }

  class FinalAwaiter {
   public:
    bool await_ready() const noexcept { return false; }
    template <typename Promise>
    void await_suspend(std::coroutine_handle<Promise> handle) noexcept {
      handle.promise().finish();
    }
    void await_resume() const noexcept {}
  };
  FinalAwaiter final_suspend() noexcept { return {}; }
  void unhandled_exception() { exception_ = std::current_exception(); }

  void finish() {
    finished_ = true;
    if (awaiter_) loop_->post(awaiter_);
  }
  bool finished() const { return finished_; }
  void set_awaiter(Loop& loop, std::coroutine_handle<> awaiter) {
    loop_ = &loop;
    awaiter_ = awaiter;
  }
  Loop* loop() const { return loop_; }
  void set_loop(Loop& loop) { loop_ = &loop; }
  void rethrow() {
    if (exception_) std::rethrow_exception(std::exchange(exception_, nullptr));
  }

 private:
  Loop* loop_ = nullptr;
  std::coroutine_handle<> awaiter_;
  std::exception_ptr exception_;
  bool finished_ = false;
};

template <typename T>
class Promise final : public PromiseBase {
 public:
  Task<T> get_return_object();
  void return_value(T value) { value_.emplace(std::move(value)); }
  T take() {
    rethrow();
    return std::move(*value_);
  }

 private:
  std::optional<T> value_;
};

template <>
class Promise<void> final : public PromiseBase {
 public:
  Task<void> get_return_object();
  void return_void() {}
  void take() { rethrow(); }
};

}  // namespace detail

/// A coroutine that starts when it is awaited (or handed to a TaskGroup) and is destroyed with this object. An exception
/// it lets out reaches its awaiter. A running task must not be destroyed: await it to its end first.
template <typename T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, {});
    }
    return *this;
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  /// Runs the task and gives its value. The awaiting coroutine must itself belong to a loop (be a task or run by `run`).
  class Awaiter {
   public:
    explicit Awaiter(Handle handle) : handle_(handle) {}
    bool await_ready() const noexcept { return false; }
    template <typename Outer>
    bool await_suspend(std::coroutine_handle<Outer> outer) {
      Loop& loop = *outer.promise().loop();
      handle_.promise().set_loop(loop);
      handle_.resume();
      if (handle_.promise().finished()) return false;  // never slept: go on without a turn of the loop
      handle_.promise().set_awaiter(loop, outer);
      return true;
    }
    T await_resume() { return handle_.promise().take(); }

   private:
    Handle handle_;
  };
  Awaiter operator co_await() && { return Awaiter(handle_); }

  /// For TaskGroup and `run`: the coroutine itself, still owned by this object.
  Handle handle() const { return handle_; }

 private:
  Handle handle_;
};

template <typename T>
Task<T> detail::Promise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> detail::Promise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

/// Runs `task` on `loop` to its end and gives its value. Throws what the task throws; std::logic_error if the task waits
/// for something that can never happen.
template <typename T>
T run(Loop& loop, Task<T> task);

/// Starts tasks and awaits them all: nothing it has started outlives it. Frames are freed as their tasks end.
class TaskGroup {
 public:
  explicit TaskGroup(Loop& loop) : loop_(loop) {}
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  /// Everything started must have been joined (std::terminate otherwise: a programming error).
  ~TaskGroup() {
    if (running_ > 0) std::terminate();
  }

  /// Starts `task` in the loop's next turn; it may end at any time after that.
  void start(Task<void> task);
  std::size_t running() const { return running_; }

  /// Waits until every started task has ended, those that they start here included; throws the first exception of any.
  class JoinAwaiter {
   public:
    explicit JoinAwaiter(TaskGroup& group) : group_(group) {}
    bool await_ready() const noexcept { return group_.running_ == 0; }
    void await_suspend(std::coroutine_handle<> joiner) { group_.joiner_ = joiner; }
    void await_resume() {
      if (group_.exception_) std::rethrow_exception(std::exchange(group_.exception_, nullptr));
    }

   private:
    TaskGroup& group_;
  };
  [[nodiscard]] JoinAwaiter join() { return JoinAwaiter(*this); }

 private:
  class Runner;
  static Runner run_to_end(TaskGroup& group, Task<void> task);
  void end_one(std::exception_ptr exception);

  Loop& loop_;
  std::size_t running_ = 0;
  std::coroutine_handle<> joiner_;
  std::exception_ptr exception_;
};

/// Waits for all tasks; results in the order of the tasks.
template <typename T>
Task<std::vector<T>> gather(Loop& loop, std::vector<Task<T>> tasks);

// --- implementation ---

/// The coroutine that carries a started task and destroys itself at the end.
class TaskGroup::Runner {
 public:
  class promise_type {
   public:
    promise_type(TaskGroup& group, Task<void>&) : group_(group) {}
    Runner get_return_object() { return Runner(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { exception_ = std::current_exception(); }
    ~promise_type() { group_.end_one(exception_); }
    Loop* loop() const { return &group_.loop_; }

   private:
    TaskGroup& group_;
    std::exception_ptr exception_;
  };

  explicit Runner(std::coroutine_handle<> handle) : handle_(handle) {}
  std::coroutine_handle<> handle() const { return handle_; }

 private:
  std::coroutine_handle<> handle_;
};

inline TaskGroup::Runner TaskGroup::run_to_end(TaskGroup&, Task<void> task) {
  // The group hears of the end from the promise's destructor.
  co_await std::move(task);
}

inline void TaskGroup::start(Task<void> task) {
  ++running_;
  loop_.post(run_to_end(*this, std::move(task)).handle());
}

inline void TaskGroup::end_one(std::exception_ptr exception) {
  if (exception && !exception_) exception_ = exception;
  if (--running_ == 0 && joiner_) loop_.post(std::exchange(joiner_, {}));
}

namespace detail {

template <typename T>
Task<void> store(Task<T> task, std::optional<T>& slot) {
  T value = co_await std::move(task);
  slot.emplace(std::move(value));
}

[[noreturn]] void throw_stuck_loop();

}  // namespace detail

template <typename T>
T run(Loop& loop, Task<T> task) {
  auto handle = task.handle();
  handle.promise().set_loop(loop);
  loop.post(handle);
  if (!loop.run_until([&] { return handle.promise().finished(); })) detail::throw_stuck_loop();
  return handle.promise().take();
}

template <typename T>
Task<std::vector<T>> gather(Loop& loop, std::vector<Task<T>> tasks) {
  std::vector<std::optional<T>> slots(tasks.size());
  TaskGroup group(loop);
  for (std::size_t i = 0; i < tasks.size(); ++i) group.start(detail::store(std::move(tasks[i]), slots[i]));
  co_await group.join();
  std::vector<T> values;
  values.reserve(slots.size());
  for (std::optional<T>& slot : slots) values.push_back(std::move(*slot));
  co_return values;
}

}  // namespace corun
