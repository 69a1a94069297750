// loop/hand_over.h - what is dropped in a thread that is not its loop's.
//
// CONCEPT     Whoever asks from a wrong thread is refused by an exception. A
//             destructor cannot refuse; nor may it touch the loop's tables, or
//             close a descriptor that stands in them: the number would be given
//             out again, and the loop take the new file for the old. So it says
//             what was wrong, and sends what it holds to the loop, which lets
//             go of it in its own thread.
// IN PYTHON   loop.call_soon_threadsafe(transport.close), by hand; a transport
//             that is forgotten is closed by __del__ with a ResourceWarning.
// INVARIANTS  I1. What is sent is neither copied nor counted on the way: no
//                 counter of the loop's is touched from outside.
//             I2. A descriptor keeps its number until the loop has forgotten
//                 it.
// THREADS     Any but the loop's, which must not be closed at this moment.
// OWNERSHIP   Takes what `close` holds; the loop drops it after the call, or
//             uncalled when it closes.
// ERRORS      Reported. Without memory for that the program ends, as to let go
//             here after all would be what must not be done.
// READ NEXT   loop/sockets.h
#ifndef LOOP_HAND_OVER_H_
#define LOOP_HAND_OVER_H_

#include <exception>
#include <string>
#include <utility>

#include "loop/core.h"
#include "loop/event_loop.h"
#include "loop/report.h"

namespace loop {

// For a destructor, in the handler of what refused it. `what` is "a socket".
template <class Close>
void hand_over(Core& core, const std::string& what, Close close) noexcept {
  report_unraisable({what + " was dropped in a thread that is not its loop's",
                     std::current_exception()});
  core.loop().call_soon_threadsafe(std::move(close));
}

}  // namespace loop

#endif  // LOOP_HAND_OVER_H_
