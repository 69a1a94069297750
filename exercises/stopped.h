// exercises/stopped.h - the sixth state: stopped, as by Ctrl-Z.
//
// CONCEPT     scheduler/task_state.h has five states and six moves between
//             them, and leaves out one that the system has. A task that lives
//             may be stopped, whatever it is doing; it then keeps nothing but
//             its memory. When it is told to continue it queues for the CPU
//             like anybody else: even one that was waiting, which then looks
//             for itself whether what it waits for has come. A stopped task
//             cannot end: to be killed it is continued first.
// IN PYTHON   os.kill(pid, signal.SIGSTOP), signal.SIGCONT; state T in `ps`
// INVARIANTS  I1. Of the 36 pairs those that may_go() admits are the moves that
//                 some history of a task makes, and no others.
// THREADS     Any.
// OWNERSHIP   Owns nothing.
// READ NEXT   scheduler/task_state.h
#ifndef EXERCISES_STOPPED_H_
#define EXERCISES_STOPPED_H_

#include <cstdint>

namespace exercises {

enum class State : uint8_t {
  kNew,
  kReady,
  kRunning,
  kWaiting,
  kStopped,
  kTerminated,
};

bool may_go(State from, State to);

}  // namespace exercises

#endif  // EXERCISES_STOPPED_H_
