// demos/inside_clicks.h - "when A happens, do B".
//
// CONCEPT     At its bottom every loop is a table from events to callbacks. A
//             letter is pressed; the loop finds the keyboard readable and calls
//             who watches it; that one calls all who asked for this letter.
//             [C-080] [C-081]
// THREADS     One.
// OWNERSHIP   Borrows the verdicts for the call.
#ifndef DEMOS_INSIDE_CLICKS_H_
#define DEMOS_INSIDE_CLICKS_H_

#include <string>
#include <string_view>

#include "demos/support/demo_loop.h"
#include "demos/support/report.h"

namespace demos {

// `text` if it is 1 to 100 small letters; std::invalid_argument if not.
std::string letters_of(std::string_view text);

// Presses the letters one after the other. `a` has two handlers, `b` one.
void show_clicks(const std::string& letters, support::Time time,
                 support::Verdicts& verdicts);

}  // namespace demos

#endif  // DEMOS_INSIDE_CLICKS_H_
