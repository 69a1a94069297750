// exercises/schedules.h - break it, and then mend it so that nobody can.
//
// CONCEPT     One schedule that goes wrong is enough to show that a program is
//             wrong; that it is right takes all of them. So first you are the
//             scheduler and find the one. Then you write programs, and the
//             explorer is the scheduler and must find none.
//
//               level   of `bazel run //demos:play -- --level=N`
//                 1     x = x + 1, switches after every instruction
//                 3     x = x + one(), at backward jumps and calls
//                 6     two locks, taken crosswise
//
// INVARIANTS  I1. A schedule names a thread for each step, to the end, and a
//                 thread that is named can make a step.
// THREADS     Functions of their arguments.
// OWNERSHIP   Values.
// READ NEXT   gil_sim/assembler.h, gil_sim/examples.h, gil_sim/explorer.h
#ifndef EXERCISES_SCHEDULES_H_
#define EXERCISES_SCHEDULES_H_

#include <string>
#include <vector>

namespace exercises {

// A schedule of level 1, 3 or 6 that breaks it: "AABB..." [I1]
std::string breaking(int level);

// Threads A and B, each of which `laps` times loads the global x, adds 1 and
// stores it; as text for gil_sim::assemble(), with `expect x = ...`. No
// schedule may lose an update. No ATOMIC_ADD; and between two laps the other
// thread can have its turn.
std::string mended_counter(int laps);

// Each thread wants some locks, all at once, and takes them one after the
// other: wanted[t] lists those of thread t. The same locks for each, in an
// order in which no schedule can deadlock, whatever was wanted.
std::vector<std::vector<int>> mended_order(
    std::vector<std::vector<int>> wanted);

}  // namespace exercises

#endif  // EXERCISES_SCHEDULES_H_
