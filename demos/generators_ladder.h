// demos/generators_ladder.h - what passes between a caller and a body.
//
// CONCEPT     An ordinary function is entered once and left once. This one is
//             left at every yield and entered again behind it, and what goes
//             in and out each time is an arrow of the picture. [C-071]
// THREADS     One.
// OWNERSHIP   Borrows the verdicts for the call.
#ifndef DEMOS_GENERATORS_LADDER_H_
#define DEMOS_GENERATORS_LADDER_H_

#include "demos/support/report.h"

namespace demos {

// Drives one body to its end and drops a second where it stands; draws it if
// asked to.
void climb_ladder(bool draw, support::Verdicts& verdicts);

}  // namespace demos

#endif  // DEMOS_GENERATORS_LADDER_H_
