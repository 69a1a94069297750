// ipc/remote_error.h - an exception that crosses a process border.
//
// CONCEPT     An exception is an object in the memory of one process; only
//             bytes travel. So the type's name and the text are sent, and the
//             receiver throws an exception of the same type with the same
//             text - if it is a type that can be made from a text. There is no
//             way to make an object from the name of its class in C++, so the
//             known types stand in a table; any other one arrives as
//             RemoteError, which carries name and text.
// IN PYTHON   pickled exceptions, multiprocessing.pool.RemoteTraceback
// INVARIANTS  I1. what() of a known type is the same on both sides.
// THREADS     Any.
// OWNERSHIP   Values.
// ERRORS      DecodeError for bytes that are no error.
// LEFT OUT    The stack trace; types of the program's own.
// READ NEXT   ipc/child.h
#ifndef IPC_REMOTE_ERROR_H_
#define IPC_REMOTE_ERROR_H_

#include <exception>
#include <string>

#include "ipc/codec.h"

namespace ipc {

struct ErrorReport {
  std::string type_name;  // "std::runtime_error"
  std::string text;       // what(), or empty if it has none
  int code = 0;           // of a std::system_error

  static constexpr auto kFields = std::tuple(
      &ErrorReport::type_name, &ErrorReport::text, &ErrorReport::code);
};

// The exception being handled; call it in a catch block.
ErrorReport current_error();

// An exception of the reported type.
std::exception_ptr make_error(const ErrorReport& report);

}  // namespace ipc

#endif  // IPC_REMOTE_ERROR_H_
