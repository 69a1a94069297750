// demos/lifecycle_live.h - the same states, looked up in /proc.
#ifndef DEMOS_LIFECYCLE_LIVE_H_
#define DEMOS_LIFECYCLE_LIVE_H_

namespace demos {

// Children that spin, sleep, wait for a vfork, are stopped and have ended; the
// letter of each, what it is among the five states, its switches. [C-023]
// [C-052]
void show_real_states();

}  // namespace demos

#endif  // DEMOS_LIFECYCLE_LIVE_H_
