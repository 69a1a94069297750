// tests/loop/sync/support.h - what the tests of loop/sync/ share.
//
// CONCEPT     The order of a program is told turn by turn: `ticks` writes a "|"
//             in each turn of the loop, and the words between two of them were
//             written in one turn. The logs compared with are those of Python
//             3.11 for the same bodies. Everything runs over every poller.
// THREADS     One.
// OWNERSHIP   A body gets what it shares by pointer; the test owns it.
#ifndef TESTS_LOOP_SYNC_SUPPORT_H_
#define TESTS_LOOP_SYNC_SUPPORT_H_

#include <string>
#include <utility>

#include "loop/coroutine.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "tests/loop/support.h"
#include "tests/loop/worlds.h"

namespace tests {

// Lets the others go first, `count` times.
inline loop::Coroutine<> turns(int count) {
  for (int i = 0; i < count; ++i) {
    co_await loop::sleep(ms(0));
  }
}

inline loop::Coroutine<> ticks(Log* log, int count) {
  for (int i = 0; i < count; ++i) {
    log->push_back("|");
    co_await loop::sleep(ms(0));
  }
}

class EveryOrder : public EveryWorld {
 protected:
  void run(loop::Coroutine<> body) { loop::run(std::move(body), loop); }
  Log log_;
};

}  // namespace tests

#endif  // TESTS_LOOP_SYNC_SUPPORT_H_
