// loop/unraisable.h - where an error goes that nobody can catch.
//
// CONCEPT     A destructor cannot throw. If clean-up that runs inside one fails
//             there is no caller to tell, yet silence would hide the bug. Such
//             an error is reported to a hook, and the program goes on.
// IN PYTHON   sys.unraisablehook; "Exception ignored in: <generator ...>"
// THREADS     Any thread may report or replace the hook; the hook itself runs
//             on the reporting thread.
// OWNERSHIP   The hook is a plain function: nothing to own.
// ERRORS      A hook does not throw.
// READ NEXT   loop/generator_link.h
#ifndef LOOP_UNRAISABLE_H_
#define LOOP_UNRAISABLE_H_

#include <exception>

namespace loop {

// `where` says what was being done, as "closing a generator".
using UnraisableHook = void (*)(const char* where, std::exception_ptr error);

// Installs `hook`, or the built-in one (a line on the error stream) for null.
// Returns the hook that was in force, null for the built-in one.
UnraisableHook set_unraisable_hook(UnraisableHook hook);

void report_unraisable(const char* where, std::exception_ptr error) noexcept;

}  // namespace loop

#endif  // LOOP_UNRAISABLE_H_
