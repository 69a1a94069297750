// scheduler/errors.h - exceptions that bear Python's names.
//
// CONCEPT     Three kinds of failure are kept apart. A bug in the caller is an
//             assert. What Python defines is thrown as an exception of that
//             name. What the system refuses is std::system_error. Python's
//             RuntimeError is std::runtime_error here, its ValueError
//             std::invalid_argument, its IndexError std::out_of_range.
// IN PYTHON   asyncio.exceptions, concurrent.futures, queue, threading;
//             SystemExit, ExceptionGroup
// INVARIANTS  I1. CancelledError and SystemExit are no std::exceptions: code
//                 that catches ordinary errors must not swallow them.
// THREADS     Values; an exception_ptr shares one object, so catch by
//             const reference.
// OWNERSHIP   Owns its text.
// LEFT OUT    One class for asyncio's and one for concurrent.futures'
//             cancellation: Python tells them apart, a lesson need not.
// READ NEXT   scheduler/task_state.h
#ifndef SCHEDULER_ERRORS_H_
#define SCHEDULER_ERRORS_H_

#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace scheduler {

// Work was told to stop. Final, so that a stored exception can be recognised
// by its exact type without throwing it again. [I1]
class CancelledError final {
 public:
  CancelledError() = default;
  explicit CancelledError(std::string message) : message_(std::move(message)) {}
  const char* what() const { return message_.c_str(); }

 private:
  std::string message_ = "cancelled";
};

// The user pressed Ctrl-C. No std::exception, for the same reason.
class KeyboardInterrupt final {
 public:
  const char* what() const { return "interrupted from the keyboard"; }
};

// The program is asked to end. It passes through loops and groups as itself,
// up to main(), which returns its code. Final for the same reason. [I1]
class SystemExit final {
 public:
  explicit SystemExit(int code) : code_(code) {}
  int code() const { return code_; }

 private:
  int code_;
};

// Several errors at once, in the order in which they happened.
class ErrorGroup : public std::runtime_error {
 public:
  using Errors = std::vector<std::exception_ptr>;

  ErrorGroup(const std::string& message, Errors errors)
      : std::runtime_error(message + " (" + std::to_string(errors.size()) +
                           (errors.size() == 1 ? " error)" : " errors)")),
        errors_(std::make_shared<const Errors>(std::move(errors))) {}
  const Errors& errors() const { return *errors_; }

 private:
  // Shared, because copying an exception must not throw.
  std::shared_ptr<const Errors> errors_;
};

// A result was asked for before there is one, or given twice.
class InvalidStateError : public std::logic_error {
  using std::logic_error::logic_error;
};

// A wait took longer than its caller allowed.
class TimeoutError : public std::runtime_error {
 public:
  TimeoutError() : std::runtime_error("timed out") {}
  using std::runtime_error::runtime_error;
};

// A barrier was aborted, reset, or left by one of those who waited at it.
class BrokenBarrierError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// No item to get, or no room to put one, now or within the time allowed.
class QueueEmpty : public std::runtime_error {
 public:
  QueueEmpty() : std::runtime_error("the queue is empty") {}
};
class QueueFull : public std::runtime_error {
 public:
  QueueFull() : std::runtime_error("the queue is full") {}
};

}  // namespace scheduler

#endif  // SCHEDULER_ERRORS_H_
