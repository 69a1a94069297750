// demos/kitchen_ways.h - the metaphors as programs for the simulated kernel.
//
// CONCEPT     A stove or a shovel is a CPU, the oven or the excavator is a
//             wait, and a scheduler says whose turn it is. Then a metaphor is
//             a workload on a machine, and can be run instead of believed.
//             [C-207] [C-212]
// IN PYTHON   nothing built in
// INVARIANTS  I1. Virtual time: each run of a way is the same.
// THREADS     One.
// OWNERSHIP   Values.
// READ NEXT   demos/kitchen.cc
#ifndef DEMOS_KITCHEN_WAYS_H_
#define DEMOS_KITCHEN_WAYS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "scheduler/cpu_sim/job.h"
#include "scheduler/cpu_sim/simulator.h"
#include "scheduler/timeline.h"

namespace demos {

struct Way {
  std::string model;
  std::string scene;
  scheduler::cpu_sim::Workload work;
  scheduler::cpu_sim::Machine machine;
  std::string policy = "fcfs";
};

struct Outcome {
  std::vector<std::string> lanes;
  std::vector<scheduler::Slice> slices;
  double length = 0;  // in units of the simulator
  double waited = 0;  // for a CPU, all jobs together
  uint64_t hand_overs = 0;
  double busy = 0;  // share of the CPUs' time, without hand-overs
};

Outcome run(const Way& way);

// Ten dishes: one after another, in ten kitchens, by ten cooks at one stove, by
// one cook.
std::vector<Way> cooking_ways();

// The same with dishes that are only chopped: one after another, by one cook.
std::vector<Way> chopping_ways();

// A pool with so many shovels: alone, with a friend, with a friend who digs a
// ditch, by others.
std::vector<Way> digging_ways(int shovels);

}  // namespace demos

#endif  // DEMOS_KITCHEN_WAYS_H_
