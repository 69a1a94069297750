// demos/gil_picture.h - one run of the lock's algorithm, to be asked and drawn.
//
// CONCEPT     The events of a run say more than its bars: that a waiter has
//             asked, and when the holder has answered by a drop. Both stand
//             below the chart, in its columns, by the initial of the thread:
//
//                     0                   7 ms
//               A     |#########!gggg|
//               B     |ggggggggg#####|
//               asks  |         B    |
//               drops |         A    |
// THREADS     One.
// OWNERSHIP   Values. A run does not move: its timeline borrows its clock.
// READ NEXT   demos/gil_timeline.cc
#ifndef DEMOS_GIL_PICTURE_H_
#define DEMOS_GIL_PICTURE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "gil_sim/gil_model.h"
#include "scheduler/clock.h"
#include "scheduler/timeline.h"

namespace demos {

struct GilRun {
  // An ask, and the drop that answered it.
  struct Request {
    size_t asker;
    scheduler::Duration asked;
    size_t holder;
    scheduler::Duration dropped;
  };

  GilRun(std::vector<gil_sim::GilThread> them,
         const gil_sim::GilModelOptions& options);
  GilRun(const GilRun&) = delete;
  GilRun& operator=(const GilRun&) = delete;

  std::vector<Request> requests() const;

  // The longest time from an event of one kind, or the start, to the next of
  // another; of all threads or of one.
  scheduler::Duration longest(
      gil_sim::GilEvent::What from, gil_sim::GilEvent::What to,
      std::optional<size_t> thread = std::nullopt) const;

  int takes() const;
  // Who had the lock, one after the other.
  std::string holders() const;
  // True if no take comes before the drop of the last holder.
  bool has_one_holder() const;

  scheduler::ManualClock clock;
  scheduler::Timeline timeline{clock};
  std::vector<gil_sim::GilThread> threads;
  std::vector<gil_sim::GilEvent> events;
};

std::string picture_of(const std::string& title, const GilRun& run);

}  // namespace demos

#endif  // DEMOS_GIL_PICTURE_H_
