// demos/isolation.cc - what stands between two processes, and not between two
// threads.
//
// --memory  the same address holds two values [C-021] [C-129]; a thread's write
//           is seen by the others [C-030]
// --crash   a fault ends a process: all threads of it, and no other [C-033]
// --kill    a process can be killed; a thread has to be asked [C-051]
// --cow     what is private is shared nevertheless, until it is written [C-130]
//
//   bazel run //demos:isolation
//   bazel run //demos:isolation -- --cow --megabytes=64
//
// Predict how many pages two processes share after a fork, and after the child
// has written to half of them. Expected: a table for each part, and last
//   VERDICT C-130 imprecise: ...
#include <string>

#include "demos/isolation_faults.h"
#include "demos/isolation_memory.h"
#include "demos/support/flags.h"
#include "demos/support/interrupt.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("isolation", [&] {
    bool memory = false;
    bool crash = false;
    bool kill = false;
    bool cow = false;
    int megabytes = 16;
    support::Flags flags(
        "isolation", "what stands between processes; all parts unless chosen");
    flags.toggle("memory", &memory, "one address, two values");
    flags.toggle("crash", &crash, "a fault in a thread and in a process");
    flags.toggle("kill", &kill, "who can be ended from outside");
    flags.toggle("cow", &cow, "pages shared until they are written");
    flags.number("megabytes", &megabytes, 1, 512, "that are shared by --cow");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    const bool all = !memory && !crash && !kill && !cow;
    const support::InterruptScope interruptible;
    support::Verdicts verdicts;
    if (all || memory) {
      show_memory(verdicts);
    }
    support::throw_if_interrupted();
    if (all || crash) {
      show_crash(verdicts);
    }
    support::throw_if_interrupted();
    if (all || kill) {
      show_kill(verdicts);
    }
    support::throw_if_interrupted();
    if (all || cow) {
      show_copy_on_write(static_cast<size_t>(megabytes) << 20, verdicts);
    }
    support::throw_if_interrupted();
    support::print(verdicts.text());
    return 0;
  });
}
