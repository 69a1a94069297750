// exercises/explored.h - a mutex and a condition that try every schedule.
//
// CONCEPT     On real threads a lost wake-up shows once in a thousand runs.
//             Here threads take turns on one, and whenever several could go on
//             somebody has to say who: those answers are a list of numbers.
//             explore() runs the program again and again, each time with the
//             next list, until all have been tried:
//
//               0 0 0 | 0 0 1 | 0 1 | 1 0 0 | ...
//
//             A switch is possible wherever a mutex is taken, and whom
//             notify_one() wakes is tried as well. Data are touched under the
//             mutex only (Shelf sees to it), so a switch elsewhere would
//             change nothing.
// IN PYTHON   nothing; gil_sim/explorer.h does the same for bytecode
// INVARIANTS  I1. complete: no schedule was left out.
//             I2. The same list of answers gives the same run.
// THREADS     One kernel thread; the threads of a program are green ones.
// OWNERSHIP   explore() owns the threads; the program what they share.
// ERRORS      What a thread throws is the run's failure. So is a deadlock.
// LEFT OUT    Wake-ups for no reason, and waits that end by a time-out.
// READ NEXT   exercises/bounded_queue.h
#ifndef EXERCISES_EXPLORED_H_
#define EXERCISES_EXPLORED_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace exercises {

// All three are for the threads of a program that explore() runs.
class Mutex {
 public:
  void lock();
  void unlock();
  // By the thread that asks.
  bool held() const;

 private:
  friend class Condition;
  int owner_ = -1;
};

class Condition {
 public:
  // Lets go of `mutex` and waits; holds it again when it returns.
  void wait(Mutex& mutex);
  void notify_one();
  void notify_all();

 private:
  std::vector<int> waiting_;
};

// Room for so many numbers, first in, first out. Refuses, by std::logic_error,
// to be touched without the mutex, and to be used when it is full or empty.
class Shelf {
 public:
  Shelf(const Mutex& mutex, size_t capacity)
      : mutex_(mutex), capacity_(capacity) {}

  bool full() const { return items().size() == capacity_; }
  bool empty() const { return items().empty(); }
  void add(int item);
  int take();

 private:
  const std::deque<int>& items() const;

  const Mutex& mutex_;
  const size_t capacity_;
  std::deque<int> items_;
};

// A program with its threads, and what must hold when they have ended: a
// sentence that says what is wrong, or nothing.
struct Program {
  std::vector<std::function<void()>> threads;
  std::function<std::string()> complaint;
};

struct Explored {
  int schedules = 0;
  bool complete = false;  // [I1]
  std::string failure;    // of the first schedule that fails
};

// Ends at the first failure, or after `most` schedules.
Explored explore(const std::function<Program()>& make, int most);

}  // namespace exercises

#endif  // EXERCISES_EXPLORED_H_
