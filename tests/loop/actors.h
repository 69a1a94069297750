// tests/loop/actors.h - tasks for others to wait for, and their log.
//
// CONCEPT     child() ends, boom() fails, both after a time and both in the
//             log; ticks() writes a line in every turn, so that a log also
//             shows how many turns something took.
// THREADS     One.
// OWNERSHIP   The log outlives the tasks that write to it.
#ifndef TESTS_LOOP_ACTORS_H_
#define TESTS_LOOP_ACTORS_H_

#include <string>

#include "loop/coroutine.h"
#include "loop/sleep.h"
#include "scheduler/errors.h"
#include "tests/loop/support.h"

namespace tests {

inline loop::Coroutine<std::string> child(Log* log, std::string name,
                                          int after_ms) {
  try {
    co_await loop::sleep(ms(after_ms));
  } catch (const scheduler::CancelledError&) {
    log->push_back(name + " cancelled");
    throw;
  }
  log->push_back(name + " done");
  co_return name;
}

template <class Error>
loop::Coroutine<> boom(Log* log, std::string name, int after_ms) {
  co_await loop::sleep(ms(after_ms));
  log->push_back("raise " + name);
  throw Error(name);
}

inline loop::Coroutine<> ticks(Log* log, int count) {
  for (int i = 0; i < count; ++i) {
    log->push_back("tick " + std::to_string(i));
    co_await loop::sleep(ms(0));
  }
}

}  // namespace tests

#endif  // TESTS_LOOP_ACTORS_H_
