// demos/await_story.h - a fetch that takes a second, and who tells of it.
//
// CONCEPT     What a demo about awaiting needs: a loop by either clock, lines
//             that begin with the time, and a coroutine that stands for a call
//             over the network. draw() runs one story in the loop and draws
//             its tasks. [C-096]
// THREADS     One.
// OWNERSHIP   Owns its loop; borrows the verdicts.
#ifndef DEMOS_AWAIT_STORY_H_
#define DEMOS_AWAIT_STORY_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "demos/support/demo_loop.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "loop/coroutine.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "scheduler/clock.h"
#include "scheduler/gantt.h"
#include "scheduler/timeline.h"

namespace demos {

struct Story {
  Story(support::Time time, support::Verdicts& found)
      : world(time), verdicts(found) {}

  void tell(const std::string& line) const {
    support::print("[" + support::seconds_text(world.now()) + "] " + line +
                   "\n");
  }
  uint64_t turns() { return world.loop().turns(); }

  support::DemoLoop world;
  support::Verdicts& verdicts;
  int beats = 0;
  int bodies_begun = 0;
  scheduler::Duration body_began{};
  scheduler::Duration body_ended{};
};

inline loop::Coroutine<std::string> fetch(Story* story, std::string what) {
  ++story->bodies_begun;
  story->body_began = story->world.now();
  story->tell("fetch: begins " + what);
  co_await loop::sleep(scheduler::seconds(1));
  story->tell("fetch: has " + what);
  story->body_ended = story->world.now();
  co_return what;
}

// Runs one of them in a loop of its own, and draws it.
inline void draw(Story& story, loop::Coroutine<> main) {
  scheduler::Timeline timeline(story.world.clock());
  story.world.loop().set_observer(&timeline);
  loop::run(std::move(main), story.world.loop());
  const std::vector<scheduler::Slice> slices = timeline.slices();
  support::print(scheduler::draw_gantt(timeline.lanes(), slices) + "\n");
  scheduler::Duration waited{};
  for (const scheduler::Slice& slice : slices) {
    if (slice.lane == 0 && slice.state == scheduler::LaneState::kWaiting) {
      waited += slice.end - slice.start;
    }
  }
  story.verdicts.add("C-096", "found: " + timeline.lanes().front() +
                                  " was paused for " +
                                  support::seconds_text(waited) + " of " +
                                  support::seconds_text(story.world.now()));
}

}  // namespace demos

#endif  // DEMOS_AWAIT_STORY_H_
