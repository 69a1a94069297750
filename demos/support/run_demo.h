// demos/support/run_demo.h - what main() owes its caller: output that arrived,
// one line if it did not, and an exit code that says which.
//
// CONCEPT     A program that prints into a full disk and ends with 0 has lied
//             to the script that called it. So nothing is printed here without
//             looking at the answer, and every way out of a demo ends in one
//             place:
//
//               0        all was printed       1   it failed; one line says why
//               2        a wrong flag          128 + signal   Ctrl-C
//
//             A reader who has gone (`demo | head -1`) has seen what he wanted:
//             the demo ends at once, with 1, and complains to nobody.
// IN PYTHON   print(..., flush=True), sys.exit, BrokenPipeError
// INVARIANTS  I1. What print() was given has been taken by the system when it
//                 returns.
//             I2. run_demo() writes at most one line of its own.
// THREADS     The main thread.
// OWNERSHIP   Borrows standard output and standard error.
// ERRORS      print(): std::system_error "standard output: ..."; ReaderIsGone,
//             which is no std::exception, for a closed pipe.
// LEFT OUT    Looking at standard error as well: there is no third stream to
//             complain to.
// READ NEXT   demos/support/flags.h
#ifndef DEMOS_SUPPORT_RUN_DEMO_H_
#define DEMOS_SUPPORT_RUN_DEMO_H_

#include <functional>
#include <string_view>

namespace demos::support {

// Standard output is a pipe that nobody reads any more.
class ReaderIsGone final {};

// Writes all of `text` to standard output, unbuffered. [I1]
void print(std::string_view text);

// Calls `body` and gives the exit code to leave main() with: what the body
// returned, or that of the exception that left it. SIGPIPE is ignored from here
// on, so that a closed pipe is an error like any other.
int run_demo(std::string_view name, const std::function<int()>& body);

}  // namespace demos::support

#endif  // DEMOS_SUPPORT_RUN_DEMO_H_
