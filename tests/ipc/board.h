// tests/ipc/board.h - memory that a test shares with the workers it forks.
//
// CONCEPT     A job in a worker cannot touch the variables of the test: it has
//             copies. This page is mapped shared before the fork, so both see
//             the same words. Jobs wait at its gate until the test opens it:
//             an event, where a sleep would be a guess.
// THREADS     Atomic words, for any thread of any process.
// OWNERSHIP   One page for the whole test program.
#ifndef TESTS_IPC_BOARD_H_
#define TESTS_IPC_BOARD_H_

#include <sched.h>

#include <array>
#include <atomic>
#include <new>

#include "os/mapping.h"

namespace ipc {

struct Board {
  std::atomic<bool> gate_open;
  std::atomic<int> entered;  // how many jobs have come to the gate
  std::array<std::atomic<int>, 4096> runs;  // how often each job has begun

  void reset() {
    gate_open = false;
    entered = 0;
    for (std::atomic<int>& count : runs) {
      count = 0;
    }
  }
};

inline Board& board() {
  static const os::Mapping page =
      os::Mapping::anonymous(sizeof(Board), os::Mapping::Sharing::kShared);
  static Board* const made = new (page.data()) Board;
  return *made;
}

// Lets others run until `happened()`.
template <class Condition>
void wait_until(Condition happened) {
  while (!happened()) {
    sched_yield();
  }
}

// A job that does not end before the test opens the gate.
inline int pass_gate(int value) {
  ++board().entered;
  wait_until([] { return board().gate_open.load(); });
  return value;
}

}  // namespace ipc

#endif  // TESTS_IPC_BOARD_H_
