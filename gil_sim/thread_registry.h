// gil_sim/thread_registry.h - who is alive, and who am I?
//
// CONCEPT     A process knows its threads only by what they tell: each enters
//             itself into a list when it starts and leaves it when it ends. A
//             thread finds its own state in a thread-local variable; one that
//             was not started here is given a state when it first asks. Who
//             has left the list may still be destroying its thread-local
//             objects, so there is a second list, of those not yet joined.
//             Some threads wait for orders; who gives those orders leaves a
//             call here, by which the program's end has them told to stop.
// IN PYTHON   threading._active, _shutdown_locks, _after_fork, _MainThread,
//             _DummyThread, _register_atexit
// INVARIANTS  I1. In a forked child only the forking thread is on the lists,
//                 and the states of all others say "joined".
//             I2. Nobody in a forked child waits for a mutex of a state that
//                 was held at the fork.
// THREADS     Any.
// OWNERSHIP   Never destroyed: daemons outlive main(). The list shares the
//             state of a thread from its start until it is joined.
// LEFT OUT    Making the forking thread the main one of the child.
// READ NEXT   gil_sim/thread.h
#ifndef GIL_SIM_THREAD_REGISTRY_H_
#define GIL_SIM_THREAD_REGISTRY_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gil_sim/thread_state.h"

namespace gil_sim {

class ThreadRegistry {
 public:
  static ThreadRegistry& instance();

  // "Thread-N", N counting from 1.
  std::string next_name();

  // From start to end it is among alive(), and until it is joined, or left to
  // itself for good, among unjoined().
  void started(const std::shared_ptr<ThreadState>& state);
  void ended(const ThreadState& state);
  void joined(const ThreadState& state);
  // In the order of their starts, without the main thread.
  std::vector<std::shared_ptr<ThreadState>> alive();
  std::vector<std::shared_ptr<ThreadState>> unjoined();

  // What the program's end calls before it waits for threads.
  void add_call_at_end(void (*call)());
  std::vector<void (*)()> calls_at_end();

  // The state of the thread that asks.
  ThreadState& current();
  // Whether `state` is that; gives the asking thread no state.
  static bool is_current(const ThreadState& state);
  // The calling thread is the one of `state` from now on.
  static void become(std::shared_ptr<ThreadState> state);
  static ThreadState& main();

 private:
  using ByStart = std::map<int64_t, std::shared_ptr<ThreadState>>;

  ThreadRegistry();
  void after_fork_in_child();
  static void renew(ThreadState& state);
  static void forget(ThreadState& state);
  static void forget_other_threads(ByStart& list);

  // Guards all below. No os::Mutex: a forked child unlocks what the parent has
  // locked, and that would take it for a stranger.
  std::mutex mutex_;
  int64_t names_ = 0;
  int64_t dummies_ = 0;
  int64_t starts_ = 0;
  ByStart alive_;
  ByStart unjoined_;
  std::vector<void (*)()> calls_at_end_;
};

}  // namespace gil_sim

#endif  // GIL_SIM_THREAD_REGISTRY_H_
