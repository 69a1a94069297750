// ipc/pipe.h - the two ends of a new channel.
//
// CONCEPT     A one-way pipe has an end to read and an end to write:
//
//               first (reads) <=====================< second (writes)
//
//             A duplex one is a pair of connected sockets, and both ends do
//             both. Made before a fork, one end goes to the child and one
//             stays; that is how two processes get to talk.
// IN PYTHON   multiprocessing.Pipe(duplex)
// INVARIANTS  I1. From the first call on SIGPIPE is ignored in this process,
//                 as CPython does when it starts: a vanished reader is an
//                 error of the write that noticed, not the end of the program.
// THREADS     Any.
// OWNERSHIP   The caller owns both ends.
// ERRORS      std::system_error from pipe2 or socketpair (EMFILE).
// READ NEXT   ipc/process.h
#ifndef IPC_PIPE_H_
#define IPC_PIPE_H_

#include <utility>

#include "ipc/connection.h"

namespace ipc {

// One way: the first end reads, the second writes.
std::pair<Connection, Connection> make_pipe(bool duplex = true);

}  // namespace ipc

#endif  // IPC_PIPE_H_
