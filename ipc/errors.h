// ipc/errors.h - what can go wrong only because there is another process.
//
// CONCEPT     The other side may end, may be killed, may send nonsense. Each
//             of the three has its name, so that nobody mistakes a dead peer
//             for an empty answer.
// IN PYTHON   EOFError, pickle.UnpicklingError, BrokenProcessPool; a worker of
//             multiprocessing.Pool that dies loses its job without a word.
// THREADS     Values; an exception_ptr shares one object, so catch by
//             const reference.
// OWNERSHIP   Own their text.
// READ NEXT   ipc/codec.h
#ifndef IPC_ERRORS_H_
#define IPC_ERRORS_H_

#include <stdexcept>
#include <string>

namespace ipc {

// Every writer is gone and every message has been received.
class EOFError : public std::runtime_error {
 public:
  EOFError() : std::runtime_error("the other end is closed") {}
  using std::runtime_error::runtime_error;
};

// The bytes are not a value of the wanted type.
class DecodeError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The worker that held this job ended before it answered. Whether the job had
// any effect is unknown, so nobody runs it again.
class WorkerDied : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A worker of an executor died, and with it the executor: none of the work
// that was not finished will be, and no more is taken.
class BrokenProcessPool : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A job threw an exception of a type that this side cannot make: its name and
// text are all that travelled.
class RemoteError : public std::runtime_error {
 public:
  RemoteError(std::string type_name, const std::string& text)
      : std::runtime_error(type_name + ": " + text),
        type_name_(std::move(type_name)) {}
  const std::string& type_name() const { return type_name_; }

 private:
  std::string type_name_;
};

}  // namespace ipc

#endif  // IPC_ERRORS_H_
