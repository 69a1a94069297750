// demos/support/gate.h - closed until somebody opens it, once and for all.
//
// CONCEPT     Threads that are to be seen together, or to begin together, wait
//             at a gate. It is opened by a scope as well: a thread that could
//             not be started must not leave those before it waiting.
//
//               Gate gate;  threads...;  OpensGate at_the_end(gate);
//
// IN PYTHON   threading.Event
// INVARIANTS  I1. However the scope of an OpensGate is left, nobody waits at
//                 its gate for ever.
// THREADS     Any may wait; its owner opens it.
// OWNERSHIP   The gate outlives the threads, so it is declared before them; who
//             opens it is declared after them, and so goes before they do.
// ERRORS      None.
#ifndef DEMOS_SUPPORT_GATE_H_
#define DEMOS_SUPPORT_GATE_H_

#include <latch>
#include <utility>

namespace demos::support {

class Gate {
 public:
  void wait() { latch_.wait(); }
  void open() {
    if (!std::exchange(opened_, true)) {
      latch_.count_down();
    }
  }

 private:
  std::latch latch_{1};
  bool opened_ = false;  // the owner's
};

class [[nodiscard]] OpensGate {
 public:
  explicit OpensGate(Gate& gate) : gate_(gate) {}
  OpensGate(const OpensGate&) = delete;
  OpensGate& operator=(const OpensGate&) = delete;
  ~OpensGate() { gate_.open(); }  // [I1]

 private:
  Gate& gate_;
};

}  // namespace demos::support

#endif  // DEMOS_SUPPORT_GATE_H_
