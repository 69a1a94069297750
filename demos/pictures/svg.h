// demos/pictures/svg.h - a picture as a drawing that any browser opens.
//
// CONCEPT     SVG is a list of shapes in text: a strip of bars for each lane
//             (bars.h), a scale below, and the legend, because a picture is
//             often shown without the page that it came from. It follows the
//             reader's choice of a light or a dark screen, has no script, and
//             is the same text for the same run, so that a test can keep it.
//
//               F1  work for the CPU
//               processes, 2 CPUs                    16 ms
//                 A  |#######|
//                 B  |---#####|
//                    0      10 ms
//               # running  - ready
// IN PYTHON   matplotlib.pyplot.savefig("f1.svg")
// INVARIANTS  I1. All panels have the same scale.
//             I2. Names appear escaped only.
// THREADS     A function of its argument.
// OWNERSHIP   Values.
// ERRORS      None.
// LEFT OUT    Lines that wrap: SVG does not break text, so captions are short.
// READ NEXT   demos/pictures/html_page.h
#ifndef DEMOS_PICTURES_SVG_H_
#define DEMOS_PICTURES_SVG_H_

#include <string>

#include "demos/pictures/picture.h"

namespace demos::pictures {

// A whole file.
std::string svg_file(const Picture& picture);

}  // namespace demos::pictures

#endif  // DEMOS_PICTURES_SVG_H_
