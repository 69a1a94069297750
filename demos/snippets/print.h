// demos/snippets/print.h - print(), as the snippets in Python have it.
//
// CONCEPT     The twins are read side by side, so the same line should stand in
//             both. Each call is one write of one whole line: what processes
//             and threads print does not mix.
// IN PYTHON   print(*words, flush=True)
// THREADS     Any.
// OWNERSHIP   Borrows its arguments.
// ERRORS      A line that nobody takes ends the program with 1, as an error
//             that nobody catches does in Python.
#ifndef DEMOS_SNIPPETS_PRINT_H_
#define DEMOS_SNIPPETS_PRINT_H_

#include <unistd.h>

#include <cstdio>
#include <exception>
#include <sstream>

#include "demos/support/run_demo.h"

namespace demos::snippets {

template <class... Words>
void print(const Words&... words) {
  std::ostringstream line;
  const char* between = "";
  ((line << between << words, between = " "), ...);
  line << "\n";
  try {
    support::print(line.str());
  } catch (const support::ReaderIsGone&) {
    _exit(1);  // not exit(): other threads may be at work
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    _exit(1);
  }
}

}  // namespace demos::snippets

#endif  // DEMOS_SNIPPETS_PRINT_H_
