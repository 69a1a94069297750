// loop/event_loop.h - one thread asks, again and again: what can run now?
//
// CONCEPT     A turn of the loop has four steps: take what other threads sent;
//             wait until a descriptor is ready or the next timer is due, or not
//             at all if somebody can run already; queue whoever has become
//             ready; run exactly those who stand in the queue *now*. What they
//             queue waits for the next turn, so that nobody can keep the loop
//             from looking at the world. Everything runs in one thread, one
//             after another: what blocks, blocks all.
//
//                   .--> poll --> descriptors --> timers --> run the queue --.
//                   '---------------------------------------------------------'
//
// IN PYTHON   asyncio.BaseEventLoop._run_once, call_soon, call_later
// INVARIANTS  I1. Callbacks and tasks run only inside a turn, in the order in
//                 which they became ready. A turn costs O(1) for each of them,
//                 however many others there are.
//             I2. Within a turn: what was ready before, then descriptors and
//                 signals, then timers.
//             I3. No poll while somebody can run and nothing is watched; no
//                 look at the clock while no timer runs.
//             I4. What a callback throws is reported; the next one runs. Only
//                 SystemExit leaves the run.
// THREADS     The thread that runs it; call_soon_threadsafe() any.
// OWNERSHIP   Owns poller, callbacks and default executor; ends its tasks at
//             close(), the youngest first. Borrows clock, observer and
//             descriptors. A forked child cannot use it: it shares the kernel's
//             list with its parent.
// ERRORS      RuntimeError when closed or running already, std::logic_error
//             from a wrong thread or process, std::system_error from the
//             poller.
// LEFT OUT    Transports and protocols, the default handler's log levels, and
//             a handle from call_soon_threadsafe(): whether to cancel could
//             only be decided in the loop's thread.
// READ NEXT   loop/gather.h, loop/run.h
#ifndef LOOP_EVENT_LOOP_H_
#define LOOP_EVENT_LOOP_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "loop/core.h"
#include "loop/coroutine.h"
#include "loop/descriptors.h"
#include "loop/future.h"
#include "loop/future_slot.h"
#include "loop/handle.h"
#include "loop/inbox.h"
#include "loop/poller.h"
#include "loop/ref.h"
#include "loop/report.h"
#include "loop/runnable.h"
#include "loop/signal_handlers.h"
#include "loop/task.h"
#include "scheduler/clock.h"
#include "scheduler/executor.h"
#include "scheduler/trace.h"

namespace loop {

class EventLoop {
 public:
  // Waits with epoll, by the machine's clock.
  EventLoop();
  // For other pollers and times. A virtual poller and its loop share a clock.
  EventLoop(std::unique_ptr<Poller> poller, const scheduler::Clock& clock);
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  ~EventLoop();

  // Calls function(arguments...) in the next turn.
  template <class Function, class... Arguments>
  Handle call_soon(Function function, Arguments... arguments) {
    check_usable();
    auto& callback =
        make_callback(std::move(function), std::move(arguments)...);
    Handle handle(callback);
    core_->ready.push(callback);
    return handle;
  }
  // The same from any thread, waking the loop. The one way in for others.
  template <class Function, class... Arguments>
  void call_soon_threadsafe(Function function, Arguments... arguments);

  // Calls it once `delay` has passed; zero and less: as soon as timers are
  // looked at.
  template <class Function, class... Arguments>
  TimerHandle call_later(scheduler::Duration delay, Function function,
                         Arguments... arguments) {
    check_usable();
    return call_at(scheduler::after(time(), delay), std::move(function),
                   std::move(arguments)...);
  }
  template <class Function, class... Arguments>
  TimerHandle call_at(scheduler::TimePoint when, Function function,
                      Arguments... arguments) {
    check_usable();
    auto& callback =
        make_callback(std::move(function), std::move(arguments)...);
    TimerHandle handle(callback, when);
    try {
      core_->timers.push(callback, when);
    } catch (...) {
      callback.discard();
      throw;
    }
    return handle;
  }
  scheduler::TimePoint time() const {
    core_->check_open();  // a closed loop has no clock any more
    return core_->now();
  }

  template <class T>
  Task<T> create_task(Coroutine<T> coroutine, std::string name = {}) {
    return Task<T>(*core_, std::move(coroutine), std::move(name));
  }
  template <class T>
  Future<T> create_future() {
    return Future<T>(*core_);
  }

  // Calls `function` in every turn in which `fd` can be read (written), until
  // removed. A second one replaces the first. Remove it before closing `fd`.
  void add_reader(int fd, std::function<void()> function);
  void add_writer(int fd, std::function<void()> function);
  // True if there was one.
  bool remove_reader(int fd);
  bool remove_writer(int fd);

  // Calls `function` in a turn after each `signal`, until removed; in the main
  // thread only. See signal_handlers.h.
  void add_signal_handler(int signal, std::function<void()> function) {
    signals_.add(signal, std::move(function));
  }
  // True if there was one.
  bool remove_signal_handler(int signal) { return signals_.remove(signal); }

  // Runs until stop(). Stopped beforehand, it runs one turn.
  void run_forever();
  // Runs until the future is done; its result or error.
  template <class T>
  T run_until_complete(Future<T> future) {
    run_until_done(future.slot());
    if constexpr (std::is_void_v<T>) {
      future.result();
    } else {
      return future.slot().take_result();
    }
  }
  template <class T>
  T run_until_complete(Coroutine<T> coroutine) {
    core_->check_can_enter();
    Future<T> task = create_task(std::move(coroutine));
    return run_until_complete(std::move(task));
  }
  // Ends the run after the turn in progress. From another thread:
  // call_soon_threadsafe([&] { loop.stop(); }).
  void stop() {
    core_->check_thread();
    stopping_ = true;
  }
  bool is_running() const { return core_->is_running(); }

  // Ends what is left: callbacks unrun, tasks where they stand (each is
  // reported). Closing twice is harmless.
  void close();
  bool is_closed() const { return core_->closed(); }

  // Gets every report. An empty one means report_unraisable().
  void set_exception_handler(std::function<void(const Report&)> handler);
  // Watches tasks: created, running, suspended, woken, finished.
  void set_observer(scheduler::Observer* observer);
  // With debug on, a callback or turn of a task that takes longer than
  // `slow_callback` is reported by name.
  void set_debug(bool on,
                 scheduler::Duration slow_callback = scheduler::seconds(0.1));

  // Takes the jobs of to_thread() and of run_in_executor() without executor.
  void set_default_executor(std::unique_ptr<scheduler::Executor> executor);
  scheduler::Executor& default_executor();
  // Takes it away and waits for its jobs while the loop runs on. Who calls it
  // meanwhile returns at once; who cancels it stops the loop until they ended.
  Coroutine<> shutdown_default_executor();

  // What loop_inside looks at.
  uint64_t turns() const { return turns_; }
  size_t timers() const { return core_->timers.size(); }
  size_t watched() const { return descriptors_.watched(); }
  std::vector<AnyTask> tasks() const {
    core_->check_thread();
    return all_tasks(*core_);
  }

  // For what is built on the loop: readiness.h, run_in_executor.h, run.h.
  Core& core() { return *core_; }
  Descriptors& descriptors() { return descriptors_; }
  const std::shared_ptr<Inbox>& inbox() const { return inbox_; }
  SignalHandlers& signals() { return signals_; }

 private:
  template <class Function, class... Arguments>
  Callback& make_callback(Function function, Arguments... arguments) {
    return *new CallbackOf<Function, Arguments...>(*core_, std::move(function),
                                                   std::move(arguments)...);
  }
  void check_usable() const {
    core_->check_open();
    core_->check_thread();
  }
  void run_until_done(FutureSlot& future);
  void run_once();
  void poll();
  void queue_expired_timers();
  void run_turn();
  void run_timed(Runnable& item);
  void report_failure();

  const Ref<Core> core_;
  std::unique_ptr<Poller> poller_;
  Descriptors descriptors_;
  // Shared with threads that may deliver after the loop is gone.
  const std::shared_ptr<Inbox> inbox_;
  SignalHandlers signals_;
  ReadyQueue turn_;  // those whose turn it is
  bool stopping_ = false;
  uint64_t turns_ = 0;
  bool debug_ = false;
  scheduler::Duration slow_callback_{};
  std::unique_ptr<scheduler::Executor> default_executor_;
};

// The loop that runs in this thread; RuntimeError if there is none.
EventLoop& get_running_loop();

template <class Function, class... Arguments>
void EventLoop::call_soon_threadsafe(Function function,
                                     Arguments... arguments) {
  core_->check_process();
  auto& callback = make_callback(std::move(function), std::move(arguments)...);
  if (Core::running() == core_.get()) {
    core_->ready.push(callback);  // in its order among call_soon()s
    return;
  }
  try {
    inbox_->post(callback);
  } catch (...) {
    callback.discard();
    throw;
  }
}

}  // namespace loop

#endif  // LOOP_EVENT_LOOP_H_
