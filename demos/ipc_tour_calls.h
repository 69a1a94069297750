// demos/ipc_tour_calls.h - how many system calls does that make?
//
// CONCEPT     The system can stop a process at every call it makes and hand it
//             to another one, which is how strace and debuggers work. Here
//             that other one does nothing but count, for the process and for
//             all threads and children that it starts meanwhile.
// IN PYTHON   strace -f -c
// THREADS     One, whose only children are those of the call.
// OWNERSHIP   Owns the processes for the length of the call.
// ERRORS      std::system_error from ptrace and waitid; std::runtime_error if
//             the body fails. A system that forbids it is an answer: nullopt.
#ifndef DEMOS_IPC_TOUR_CALLS_H_
#define DEMOS_IPC_TOUR_CALLS_H_

#include <cstdint>
#include <functional>
#include <optional>

namespace demos {

// Calls `body` in a child of its own; the number of system calls made there.
std::optional<int64_t> system_calls_of(const std::function<void()>& body);

}  // namespace demos

#endif  // DEMOS_IPC_TOUR_CALLS_H_
