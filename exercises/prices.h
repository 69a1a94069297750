// exercises/prices.h - what each way of running a program costs, as a formula.
//
// CONCEPT     A rule that chooses a way is right if the way is fast, and for
//             that one must know how long each would take. Here a program is so
//             many tasks that compute and wait by turns, and a machine is so
//             many CPUs; the price of a start and of a wait are round figures,
//             in the order of what `bazel run //demos:switch_cost -- --spawn`
//             prints. Threads have one global lock between them.
//
//               single     all of it, in a row
//               processes  a row for each CPU, and as many starts
//               threads    the computing in a row or the longest task; a start
//                          and a little for each wait
//               async      the same without starts; a wait costs more
//
// THREADS     Functions of their arguments.
// OWNERSHIP   Values.
// LEFT OUT    Files, memory, what tasks say to each other.
// READ NEXT   exercises/better_rule.h
#ifndef EXERCISES_PRICES_H_
#define EXERCISES_PRICES_H_

#include <array>
#include <string_view>

#include "scheduler/choose.h"

namespace exercises {

struct Program {
  int tasks;          // 1 to 2000
  int rounds;         // of each task: 10 to 1000
  double compute_ms;  // of each round: 0, or 0.05 and more
  double wait_ms;
};

inline constexpr std::array<std::string_view, 4> kModels = {
    "single", "processes", "threads", "async"};

// How long it takes under a model: the advice of a row.
double ms_under(std::string_view model, const Program& program, int cpus);

// Under the model that is the fastest.
double least_ms(const Program& program, int cpus);

// What a run of one task after the other shows to who measures it; and all
// tasks want a connection.
scheduler::Facts facts_of(const Program& program);

}  // namespace exercises

#endif  // EXERCISES_PRICES_H_
