// loop/report.h - what went wrong where nobody can catch it.
//
// CONCEPT     Some errors have no caller: a callback throws and there is only
//             the loop behind it; a future dies with an error that nobody ever
//             looked at; a coroutine is dropped before it began. Throwing is
//             impossible there, silence would hide a bug. So they are
//             *reported*: one sentence, and the error where there is one.
// IN PYTHON   loop.call_exception_handler, sys.unraisablehook, warnings.warn
// INVARIANTS  I1. Reporting never throws: it happens in destructors.
// THREADS     Any. The hook may be called by several threads at once.
// OWNERSHIP   A report owns its text and shares the error.
// READ NEXT   loop/core.h
#ifndef LOOP_REPORT_H_
#define LOOP_REPORT_H_

#include <exception>
#include <functional>
#include <string>
#include <typeinfo>

#include "scheduler/errors.h"

namespace loop {

struct Report {
  std::string message;
  std::exception_ptr error;  // null where nothing was thrown
};

// The type and the text of an error: "std::out_of_range: no such key".
std::string describe(const std::exception_ptr& error);

// The name of a type as it stands in the source.
std::string readable_name(const std::type_info& type);

// Whether `error` is a CancelledError. By its exact type, without throwing it
// again, which would take a thousand times longer.
bool is_cancellation(const std::exception_ptr& error);
// Likewise, whether it is a SystemExit.
bool is_exit_request(const std::exception_ptr& error);

// For what concerns no loop: hands the report to the hook. The first hook
// writes one line to the standard error.
void report_unraisable(const Report& report) noexcept;

// Sets the hook, returns the one before. An empty one means the first again.
using ReportHook = std::function<void(const Report&)>;
ReportHook set_report_hook(ReportHook hook);

}  // namespace loop

#endif  // LOOP_REPORT_H_
