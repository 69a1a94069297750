// gil_sim/local.h - one name, a value for each thread.
//
// CONCEPT     What no other thread can see needs no lock. Each thread that
//             sets the value sees its own, a thread that has not set it sees
//             none, and the value goes when its thread does. In C++ the
//             keyword thread_local does this for one variable of the program;
//             a Local is an object that can be made and passed around.
// IN PYTHON   threading.local
// INVARIANTS  I1. A thread sees what it has set itself, and nothing else.
//             I2. Values are destroyed before the join of their thread returns.
//                 What is destroyed later still finds none, and one that it
//                 sets goes at once.
// THREADS     Any; there is nothing to protect.
// OWNERSHIP   Each thread owns its values. A Local that goes takes the calling
//             thread's value along; those of other threads stay, out of reach,
//             until these end.
// LEFT OUT    Attributes by name: give it a struct.
// READ NEXT   gil_sim/lock.h
#ifndef GIL_SIM_LOCAL_H_
#define GIL_SIM_LOCAL_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>

namespace gil_sim {

template <class T>
class Local {
 public:
  Local() = default;
  Local(const Local&) = delete;
  Local& operator=(const Local&) = delete;
  ~Local() { clear(); }

  void set(T value) {
    if (Values* const mine = values()) {
      (*mine)[key_] = std::make_unique<T>(std::move(value));
    }
  }
  // This thread's value; null if it has set none.
  T* get() {
    Values* const mine = values();
    if (mine == nullptr) {
      return nullptr;
    }
    const auto found = mine->find(key_);
    return found == mine->end() ? nullptr : found->second.get();
  }
  void clear() {
    if (Values* const mine = values()) {
      mine->erase(key_);
    }
  }

 private:
  using Values = std::unordered_map<uint64_t, std::unique_ptr<T>>;

  // Of the calling thread. [I1] Null once they are being destroyed, which those
  // of the main thread are before its global objects. [I2]
  static Values* values() {
    static constinit thread_local bool gone = false;
    struct Owned {
      Values values;
      ~Owned() { gone = true; }
    };
    static thread_local Owned mine;
    return gone ? nullptr : &mine.values;
  }
  static uint64_t next_key() {
    static std::atomic<uint64_t> last{0};
    return ++last;
  }

  // A number that is never used again, unlike an address: a new Local must not
  // find what an old one has left in some thread.
  const uint64_t key_ = next_key();
};

}  // namespace gil_sim

#endif  // GIL_SIM_LOCAL_H_
