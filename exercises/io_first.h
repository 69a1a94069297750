// exercises/io_first.h - a global lock that lets those pass who have waited.
//
// CONCEPT     A thread that computes keeps the lock for 5 ms at a time, and one
//             that returns from a read and needs it for a moment queues behind:
//             the convoy. Let it pass. But then a crowd of threads that only
//             ever return from a read would leave nothing to those who compute,
//             and one that says it returns from a read might stay for long. So
//             to pass is a favour, and there is an account of favours.
//
//               plain     cpu #####g....#####      io  .ggggg#......
//               io first  cpu ##ggg#....#####      io  .g#..........
//
// IN PYTHON   nothing; issue 7946 has patches that were not taken
// INVARIANTS  I1. Whoever takes the lock waits for it. It is not free while
//                 somebody does.
//             I2. Those who need it for 1 ms at most each time wait no longer
//                 than all of them would need it, if they want less than a
//                 third of the time together.
//             I3. Those who compute have 40 % of the time at least, together,
//                 if nobody else needs the lock for more than 1 ms.
//             I4. Each who computes has half of an equal share, whatever the
//                 others do.
// THREADS     One: time is counted, not measured.
// OWNERSHIP   Whoever makes a lock owns it.
// READ NEXT   gil_sim/gil_model.h, then `bazel run //demos:convoy`
#ifndef EXERCISES_IO_FIRST_H_
#define EXERCISES_IO_FIRST_H_

#include <memory>

namespace exercises {

// Time is counted in ticks, ten for a millisecond. Each tick of a computing
// thread ends in a check point.
inline constexpr int kMillisecond = 10;
inline constexpr int kInterval = 5 * kMillisecond;

class Lock {
 public:
  virtual ~Lock() = default;

  // `thread` waits for the lock from now on: for the first time, because it
  // was made to drop it, or because it returns from I/O.
  enum class From { kStart, kDrop, kIo };
  virtual void wants(int thread, From from, int now) = 0;

  // The lock is free and somebody waits: who has it now?
  virtual int take(int now) = 0;

  // The holder has computed for another tick and would go on. Shall it drop
  // the lock? If so, it wants it at once again. Asked only if somebody waits.
  virtual bool must_drop(int now) = 0;

  // The holder drops the lock by itself, for I/O or for good.
  virtual void dropped(int now) = 0;
};

std::unique_ptr<Lock> make_io_first();

}  // namespace exercises

#endif  // EXERCISES_IO_FIRST_H_
