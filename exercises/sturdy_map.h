// exercises/sturdy_map.h - map over processes, some of which die.
//
// CONCEPT     A worker is a process: it can be killed in the middle of an item,
//             and whoever waits for its answer waits for ever, unless he
//             watches the pipe as well. Its end is an answer, too: there will
//             be none. The item that it held has perhaps been done by half, so
//             it is not tried again; all others have nothing to do with it.
//
//               items     1   2   3   4   5
//               worker A  1---------->4-->5-->
//               worker B  ..2->3-X                killed at 3
//               results   1   4       16  25      in the order of the items
//
// IN PYTHON   multiprocessing.Pool.map, which never returns if a worker is
//             killed; concurrent.futures breaks the whole pool instead
// INVARIANTS  I1. The result of an item stands at its place; nothing stands
//                 there if its worker died or failed, and only then.
//             I2. No item is begun twice, and each one is begun.
//             I3. At most `workers` of them are at work at a time, and that
//                 many are if there is work for them.
//             I4. A worker serves one item after the other: another process is
//                 started only for one that died.
//             I5. When it returns no process and no descriptor is left.
// THREADS     The caller's.
// OWNERSHIP   Owns its workers for the length of the call.
// ERRORS      The system's refusals.
// LEFT OUT    Chunks, other types than numbers, errors that travel.
// READ NEXT   ipc/process.h, ipc/pipe.h, ipc/wait.h; then ipc/pool_core.h
#ifndef EXERCISES_STURDY_MAP_H_
#define EXERCISES_STURDY_MAP_H_

#include <cstddef>
#include <optional>
#include <vector>

namespace exercises {

using Function = int (*)(int);

// function(item) for each item, in `workers` processes.
std::vector<std::optional<int>> sturdy_map(Function function,
                                           const std::vector<int>& items,
                                           size_t workers);

}  // namespace exercises

#endif  // EXERCISES_STURDY_MAP_H_
