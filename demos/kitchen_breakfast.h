// demos/kitchen_breakfast.h - breakfast by one cook, in fifteen minutes.
//
// CONCEPT     Some of it has an order: coffee first, juice last, jam on toast.
//             Some of it only needs a look now and then: while the bacon is in
//             the pan, the cook's hands are free for the eggs. So it takes as
//             long as the longest chain of steps that have to follow each
//             other, the critical path, if the hands are never what is short.
//             [C-222]
// IN PYTHON   the breakfast of many introductions to asyncio
// THREADS     One.
// OWNERSHIP   Nothing is kept.
// READ NEXT   demos/kitchen.cc
#ifndef DEMOS_KITCHEN_BREAKFAST_H_
#define DEMOS_KITCHEN_BREAKFAST_H_

#include <string>
#include <vector>

#include "demos/support/report.h"
#include "scheduler/timeline.h"

namespace demos {

// The cook and what cooks by itself; a second is a minute.
struct BreakfastChart {
  std::vector<std::string> lanes;
  std::vector<scheduler::Slice> slices;
};
BreakfastChart chart_breakfast();

void make_breakfast(support::Verdicts& verdicts);

}  // namespace demos

#endif  // DEMOS_KITCHEN_BREAKFAST_H_
