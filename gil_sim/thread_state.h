// gil_sim/thread_state.h - what a thread and all its handles share.
//
// CONCEPT     A handle may live longer than the thread and the other way round,
//             so what both need stands in an object of its own, which the last
//             of them destroys.
//
//               [new] --> [running] --> [finished] --> [joining] --> [joined]
//                              |             '---- if detached -------^
//                              '---- in a forked child; main at exit -^
//
// IN PYTHON   the attributes of threading.Thread; _started, _tstate_lock
// INVARIANTS  I1. The phase moves forward only, along the arrows above.
// THREADS     Any, under the mutex; what stands above it is said there.
// OWNERSHIP   Shared by handles, the list of the living, and the thread.
// READ NEXT   gil_sim/thread_registry.h
#ifndef GIL_SIM_THREAD_STATE_H_
#define GIL_SIM_THREAD_STATE_H_

#include <pthread.h>
#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "os/mutex.h"

namespace gil_sim {

// Who moves the phase, and when:
//   kNew -> kRunning       start()
//   kRunning -> kFinished  the thread, when run() is over
//   kFinished -> kJoining  the first of those in join()
//   kJoining -> kJoined    the same one, when the system's thread is gone
//   kFinished -> kJoined   of a thread that is detached, by the first in join()
//   kRunning -> kJoined    of the main thread, when the program's end begins
//   any -> kJoined         in a forked child, of all but the forking thread
struct ThreadState : std::enable_shared_from_this<ThreadState> {
  enum class Phase { kNew, kRunning, kFinished, kJoining, kJoined };

  // Set once, before the start.
  bool overridden = false;  // run() is a subclass's
  bool dummy = false;       // not started here
  int64_t number = 0;       // its place in the registry

  std::function<void()> target;     // its own thread only, once started
  std::atomic<pid_t> native_id{0};  // told by the thread itself

  os::Mutex mutex;
  os::CondVar changed;
  Phase phase GUARDED_BY(mutex) = Phase::kNew;
  bool locals_gone GUARDED_BY(mutex) = false;  // its thread-local objects
  bool detached GUARDED_BY(mutex) = false;
  pthread_t handle GUARDED_BY(mutex) = {};
  std::string name GUARDED_BY(mutex);
  bool daemon GUARDED_BY(mutex) = false;
};

}  // namespace gil_sim

#endif  // GIL_SIM_THREAD_STATE_H_
