// exercises/selector.h - a third way to ask the system what is ready.
//
// CONCEPT     A loop does not care how its poller asks. epoll keeps the list in
//             the kernel, poll sends it along each time, and select, the oldest
//             of the three, sends three sets of bits, one bit a descriptor:
//
//               in    read  0 0 0 1 0 1 1 0      watched: 3, 5, 6
//               out   read  0 0 0 0 0 1 0 0      ready: 5; the rest was wiped
//
//             What is wiped has to be filled in anew. One closed descriptor in
//             a set, and the call refuses them all. And a set has 1024 bits.
// IN PYTHON   selectors.SelectSelector
// INVARIANTS  Those of loop/poller.h, I1 to I4.
// THREADS     The loop's thread.
// OWNERSHIP   Borrows every descriptor.
// ERRORS      As loop/poller.h; std::invalid_argument for a descriptor for
//             which the sets have no bit.
// READ NEXT   loop/poller.h, loop/poll_poller.h; afterwards
//             tests/loop/select_poller.h, where the loop's own tests have one
#ifndef EXERCISES_SELECTOR_H_
#define EXERCISES_SELECTOR_H_

#include <memory>

#include "loop/poller.h"

namespace exercises {

// One that asks by select(), or pselect().
std::unique_ptr<loop::Poller> make_selector();

}  // namespace exercises

#endif  // EXERCISES_SELECTOR_H_
