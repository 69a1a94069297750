#include "exercises/explored.h"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <stdexcept>
#include <utility>

#include "scheduler/green/scheduler.h"

namespace exercises {

namespace {

// One run of a program under one list of answers.
class Run {
 public:
  // At the front of `path` stand the answers to repeat; new ones are added.
  struct Answer {
    size_t chosen;
    size_t options;
  };

  explicit Run(std::vector<Answer>& path) : path_(path) {}

  std::string run(const Program& program) {
    scheduler::green::Scheduler scheduler;
    current_ = this;
    blocked_.resize(program.threads.size());
    ended_.resize(program.threads.size());
    for (size_t i = 0; i < program.threads.size(); ++i) {
      scheduler.spawn("", [&, i] { play(static_cast<int>(i), program); });
    }
    hand_over();
    scheduler.run();
    current_ = nullptr;
    return failure_.empty() && program.complaint ? program.complaint()
                                                 : failure_;
  }

  static Run& current() {
    if (current_ == nullptr) {
      throw std::logic_error("only a thread of explore() can do this");
    }
    return *current_;
  }
  int self() const { return turn_; }
  bool failed() const { return !failure_.empty(); }

  size_t choose(size_t options) {
    if (at_ == path_.size()) {
      path_.push_back({0, options});
    }
    return path_[at_++].chosen;
  }

  // Others may go first, and this one not before `may_go_on()`.
  void pause_until(std::function<bool()> may_go_on) {
    const int me = turn_;
    blocked_[static_cast<size_t>(me)] = std::move(may_go_on);
    hand_over();
    wait_for_turn(me);
  }

 private:
  struct GivenUp {};  // thrown through the threads when the run has failed

  void play(int me, const Program& program) {
    try {
      wait_for_turn(me);
      program.threads[static_cast<size_t>(me)]();
    } catch (const GivenUp&) {
      return;
    } catch (const std::exception& error) {
      failure_ = error.what();
      return;
    }
    ended_[static_cast<size_t>(me)] = true;
    hand_over();
  }

  void wait_for_turn(int me) {
    while (turn_ != me && !failed()) {
      scheduler::green::Scheduler::current().yield();
    }
    if (failed()) {
      throw GivenUp();
    }
  }

  void hand_over() {
    // What a thread does before its first lock touches nobody, so it is no
    // choice when that happens: each begins at once.
    if (begun_ < ended_.size()) {
      turn_ = static_cast<int>(begun_++);
      return;
    }
    std::vector<int> able;
    bool all_ended = true;
    for (size_t i = 0; i < ended_.size(); ++i) {
      all_ended = all_ended && ended_[i];
      if (!ended_[i] && (!blocked_[i] || blocked_[i]())) {
        able.push_back(static_cast<int>(i));
      }
    }
    if (!able.empty()) {
      turn_ = able[able.size() == 1 ? 0 : choose(able.size())];
    } else if (!all_ended) {
      failure_ = "deadlock: nobody can go on";
    }
  }

  static Run* current_;

  std::vector<Answer>& path_;
  size_t at_ = 0;
  int turn_ = -1;
  size_t begun_ = 0;                            // so many have had a first turn
  std::vector<std::function<bool()>> blocked_;  // by thread; empty: it is not
  std::vector<bool> ended_;
  std::string failure_;
};

Run* Run::current_ = nullptr;

}  // namespace

void Mutex::lock() {
  Run& run = Run::current();
  if (owner_ == run.self()) {
    throw std::logic_error("a thread locks the mutex that it holds");
  }
  run.pause_until([this] { return owner_ == -1; });
  owner_ = run.self();
}

void Mutex::unlock() {
  Run& run = Run::current();
  if (run.failed()) {
    return;  // the stack is being unwound
  }
  if (owner_ != run.self()) {
    throw std::logic_error("a thread unlocks a mutex that it does not hold");
  }
  owner_ = -1;
}

bool Mutex::held() const {
  return owner_ != -1 && owner_ == Run::current().self();
}

void Condition::wait(Mutex& mutex) {
  Run& run = Run::current();
  if (!mutex.held()) {
    throw std::logic_error("a thread waits without holding the mutex");
  }
  const int me = run.self();
  mutex.owner_ = -1;
  waiting_.push_back(me);
  run.pause_until([this, &mutex, me] {
    return mutex.owner_ == -1 &&
           std::find(waiting_.begin(), waiting_.end(), me) == waiting_.end();
  });
  mutex.owner_ = me;
}

void Condition::notify_one() {
  if (!waiting_.empty()) {
    const size_t whom =
        waiting_.size() == 1 ? 0 : Run::current().choose(waiting_.size());
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(whom));
  }
}

void Condition::notify_all() {
  waiting_.clear();
}

const std::deque<int>& Shelf::items() const {
  if (!mutex_.held()) {
    throw std::logic_error("the shelf is touched without its mutex");
  }
  return items_;
}

void Shelf::add(int item) {
  if (full()) {
    throw std::logic_error("an item is put on a full shelf");
  }
  items_.push_back(item);
}

int Shelf::take() {
  if (empty()) {
    throw std::logic_error("an item is taken from an empty shelf");
  }
  const int item = items_.front();
  items_.pop_front();
  return item;
}

Explored explore(const std::function<Program()>& make, int most) {
  Explored result;
  std::vector<Run::Answer> path;
  while (result.schedules < most) {
    ++result.schedules;
    Run run(path);
    result.failure = run.run(make());
    if (!result.failure.empty()) {
      return result;
    }
    // The next list: the last answer that can be another one is.
    while (!path.empty() && path.back().chosen + 1 == path.back().options) {
      path.pop_back();
    }
    if (path.empty()) {
      result.complete = true;
      return result;
    }
    ++path.back().chosen;
  }
  return result;
}

}  // namespace exercises
