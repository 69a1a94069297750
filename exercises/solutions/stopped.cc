#include "exercises/stopped.h"

namespace exercises {

bool may_go(State from, State to) {
  switch (from) {
    case State::kNew:
    case State::kStopped:
      return to == State::kReady;
    case State::kReady:
      return to == State::kRunning || to == State::kStopped;
    case State::kRunning:
      return to != State::kNew && to != State::kRunning;
    case State::kWaiting:
      return to == State::kReady || to == State::kStopped;
    case State::kTerminated:
      return false;
  }
  return false;
}

}  // namespace exercises
