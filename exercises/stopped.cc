#include "exercises/stopped.h"

namespace exercises {

// What is here admits the first two moves of every task.
bool may_go(State from, State to) {
  return (from == State::kNew && to == State::kReady) ||
         (from == State::kReady && to == State::kRunning);
}

}  // namespace exercises
