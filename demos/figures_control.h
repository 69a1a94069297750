// demos/figures_control.h - figures of who has the control, and of a choice.
//
// CONCEPT     A call and a coroutine differ before any time passes: in how
//             often control goes in and comes back. So the clock of this
//             figure counts passes of control, one for each, and what is drawn
//             is a caller and a body that really ran. The rule of choice has
//             no clock at all: its picture is the table that `decide` asks.
//             [C-204] [C-216]
// IN PYTHON   next, send and close of a generator
// INVARIANTS  I1. A step of the ladder is one pass of control.
//             I2. Each row of the table is one question, in its order.
// THREADS     One.
// OWNERSHIP   Values.
// READ NEXT   demos/generators_ladder.h
#ifndef DEMOS_FIGURES_CONTROL_H_
#define DEMOS_FIGURES_CONTROL_H_

#include "demos/pictures/picture.h"

namespace demos {

pictures::Picture draw_ladder();
pictures::Picture draw_choice();  // F5

}  // namespace demos

#endif  // DEMOS_FIGURES_CONTROL_H_
