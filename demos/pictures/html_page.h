// demos/pictures/html_page.h - pictures that can be stepped through, in one
// file.
//
// CONCEPT     A whole run at a glance hides its order. The page draws the same
//             bars as the SVG file and adds a line that moves: a slider and two
//             buttons, or the arrow keys, go from moment to moment - a moment
//             is where any bar begins or ends - and each panel says in words
//             who runs, who is ready and who waits.
//
//               [< back] [step >]  ----o------------   moment 4 of 17, 3 ms
//               A  |####|....     # running: B
//               B  |----|#..      . waiting: A
//
//             One file: style and script are inside (page.css, page.js), and
//             its policy forbids it to fetch anything. Opened with #selftest
//             behind its name it presses its own buttons and keys, and writes
//             into the page what came of it; .ci/pictures reads that.
// IN PYTHON   nothing built in
// INVARIANTS  I1. Names appear escaped only, and the script never turns a text
//                 into markup.
//             I2. Same pictures, same text.
//             I3. From 400 px on, nothing has to be scrolled sideways.
// THREADS     A function of its arguments.
// OWNERSHIP   Values.
// ERRORS      None.
// LEFT OUT    Playing by itself: who steps, thinks. Without a script the page
//             still shows the whole pictures.
// READ NEXT   demos/pictures/page.js
#ifndef DEMOS_PICTURES_HTML_PAGE_H_
#define DEMOS_PICTURES_HTML_PAGE_H_

#include <string>
#include <vector>

#include "demos/pictures/picture.h"

namespace demos::pictures {

// A whole file. Each picture has controls of its own.
std::string html_page(const std::string& title,
                      const std::vector<Picture>& pictures);

// What a page is made of, for one that shows more than pictures: `content` is
// markup already. It is put between a head with style and policy and the
// script, which finds every picture_section() in it. `style` is what else the
// content needs.
std::string page_around(const std::string& title, const std::string& content,
                        const std::string& style = "");
std::string picture_section(const Picture& picture);

}  // namespace demos::pictures

#endif  // DEMOS_PICTURES_HTML_PAGE_H_
