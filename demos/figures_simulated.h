// demos/figures_simulated.h - figures whose runs are simulated.
//
// CONCEPT     Tasks of equal work, dealt out to one CPU or to two, by turns or
//             in a row, with the global lock or without: the simulated kernel
//             and the model of the lock run them in virtual time, so that the
//             lengths are exact. The kitchens and the pool are such runs too.
//             [C-006] [C-128] [C-207] [C-212]
// IN PYTHON   nothing built in
// INVARIANTS  I1. Every bar was recorded; each run of a figure is the same.
// THREADS     One.
// OWNERSHIP   Values.
// READ NEXT   demos/figures_on_loop.h
#ifndef DEMOS_FIGURES_SIMULATED_H_
#define DEMOS_FIGURES_SIMULATED_H_

#include <string>

#include "demos/pictures/picture.h"
#include "scheduler/cpu_sim/job.h"
#include "scheduler/cpu_sim/simulator.h"

namespace demos {

// One run as a panel, with the numbers of its bars as caption; a turn is two
// units long.
pictures::Panel simulated(const std::string& title,
                          const scheduler::cpu_sim::Workload& work,
                          const scheduler::cpu_sim::Machine& machine,
                          const std::string& policy);

// "16 ms; alive together 100 %, on a CPU together 100 %"
std::string caption_of(const pictures::Panel& panel,
                       const pictures::Unit& unit);

pictures::Picture draw_cpu_work();  // F1
pictures::Picture draw_turns();     // F3
pictures::Picture draw_kitchens();
pictures::Picture draw_pool();

}  // namespace demos

#endif  // DEMOS_FIGURES_SIMULATED_H_
