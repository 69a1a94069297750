// demos/pictures/markup.h - text that stays text, in a page, in a drawing.
//
// CONCEPT     A lane is called what the program that ran called it, and that
//             may be "<script>". Put into a page as it is, it would be obeyed
//             instead of read. So every text goes through one of two doors:
//             printable() leaves whole characters only, escaped() replaces the
//             five that mean something to a browser as well.
//
//               a<b  "x" & y     a&lt;b  &quot;x&quot; &amp; y
//               ESC, a cut-off UTF-8 character     U+FFFD, the mark for it
// IN PYTHON   html.escape(text); text.encode().decode(errors="replace")
// INVARIANTS  I1. printable() gives UTF-8 that XML, JSON and a terminal
//                 accept: no control characters, not even a line end.
//             I2. escaped() gives none of < > & " ' but as the start of an
//                 entity, so it can stand in an attribute too.
// THREADS     Functions of their arguments.
// OWNERSHIP   Values.
// ERRORS      None: what cannot be shown is marked.
// LEFT OUT    Signs that turn the direction of writing: a page gives each name
//             an element of its own, where they end.
// READ NEXT   demos/pictures/bars.h
#ifndef DEMOS_PICTURES_MARKUP_H_
#define DEMOS_PICTURES_MARKUP_H_

#include <string>
#include <string_view>

namespace demos::pictures {

std::string printable(std::string_view text);

// Of a printable text.
std::string escaped(std::string_view text);

}  // namespace demos::pictures

#endif  // DEMOS_PICTURES_MARKUP_H_
