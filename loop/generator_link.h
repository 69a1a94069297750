// loop/generator_link.h - one body in a chain of generators, without its types.
//
// CONCEPT     A body that delegates ("yield from") stands still while another
//             one serves its consumer. So generators form a chain: the *root*
//             is what the consumer holds, the *leaf* is the body that really
//             runs.
//
//               consumer -> [root] --inner--> [middle] --inner--> [leaf]
//                           [    ] <--outer-- [      ] <--outer-- [    ]
//                             '----------------leaf-----------------^
//
//             Walking down the chain for every value is what CPython does; ten
//             levels then cost five times as much as one. Here the root keeps
//             a pointer to its leaf and resumes it directly: the depth costs
//             nothing. A body never resumes another one. It only marks itself
//             as delegating or finished, and the loop in run() moves down or
//             up: so the machine stack stays flat at any depth. Resuming the
//             inner body from within the outer one (symmetric transfer) was
//             rejected: without optimisation it grows the stack.
//
//                       first resume            delegate
//               [fresh] ------------> [running] --------> [delegating]
//                                      ^  |  |                |
//                               resume |  |  | body ends      | inner ends
//                                      |  |  '-> [finished]   |
//                               yield  |  v                   |
//                                   [suspended] <-------------'
//
// IN PYTHON   gi_frame_state and gi_yieldfrom of a generator object
// INVARIANTS  I1. Only suspended and fresh bodies are resumed, and only by
//                 runs_to_a_yield(): there is one place where bodies start.
//             I2. From a root's leaf_, following inner leads to the body that
//                 serves the chain; while the chain rests, it is that body or
//                 one that ended or went on when it was driven by itself.
//             I3. A link with an outer has leaf_ == this: pointers from the
//                 middle of a chain could be left behind when its end goes.
//             I4. error_ is what this body meets when it is resumed, or what
//                 it left with.
// THREADS     One at a time; a generator may be handed from thread to thread.
// OWNERSHIP   Lives in the promise, that is, in the coroutine's frame. Borrows
//             its neighbours: an inner generator lives in a local or a
//             temporary of the outer body and so goes before it.
// ERRORS      std::invalid_argument (Python's ValueError) for resuming a
//             generator whose body executes; std::runtime_error for a body
//             that answers close() by a yield; TypeError for a null error
//             thrown in.
// LEFT OUT    Two bodies that delegate to the same generator at once.
// READ NEXT   loop/generator_port.h
#ifndef LOOP_GENERATOR_LINK_H_
#define LOOP_GENERATOR_LINK_H_

#include <coroutine>
#include <cstdint>
#include <exception>

namespace loop {

class GeneratorLink {
 public:
  // The first two can be resumed; the order is part of resume().
  enum class State : uint8_t {
    kFresh,
    kSuspended,
    kRunning,
    kDelegating,
    kFinished
  };

  explicit GeneratorLink(std::coroutine_handle<> body) : body_(body) {}
  GeneratorLink(const GeneratorLink&) = delete;
  GeneratorLink& operator=(const GeneratorLink&) = delete;

  // --- For the consumer.

  // Runs the chain until its leaf yields, and gives that leaf, or until this
  // body is over, and gives null.
  GeneratorLink* resume() {
    GeneratorLink* const leaf = leaf_;
    if (leaf->state_ <= State::kSuspended && leaf->runs_to_a_yield())
        [[likely]] {
      return leaf;
    }
    return resume_slowly();
  }

  // Raises `error` where the leaf stands, then as resume(). A body that is
  // not there any more, or not yet, cannot catch it: it comes straight back.
  GeneratorLink* throw_in(std::exception_ptr error);

  // Raises GeneratorExit in every body of the chain, the leaf first.
  void close();

  // close() for destructors: what fails is reported, not thrown.
  void abandon() noexcept;

  // The body that a sent value reaches. Refuses if it executes.
  GeneratorLink& receiver();

  // Where receiver() is most of the time, without a walk.
  GeneratorLink& leaf() { return *leaf_; }

  State state() const { return state_; }
  // True while the body, or one that it delegates to, executes.
  bool running() const;
  // Rethrows the error with which the body left, once. [I4]
  void rethrow_error() {
    if (error_) [[unlikely]] {
      raise();
    }
  }

  // --- For the body.

  void stop_at_delegation(GeneratorLink& inner);
  void stop_for_good() { state_ = State::kFinished; }
  // Inside a handler: stores what leaves the body. A StopIteration becomes an
  // ordinary error first, or it would pass for the body's own end (PEP 479).
  void store_leaving_error() noexcept;

  bool has_outer() const { return outer_ != nullptr; }

 protected:
  ~GeneratorLink() = default;

 private:
  // One step of this body alone. One byte decides what stopped it: the body
  // writes there that it ended or delegates, and a yield writes nothing.
  // Asking the handle whether it is done() costs as much as the switch itself.
  bool runs_to_a_yield() {
    state_ = State::kRunning;
    body_.resume();  // [I1]
    if (state_ != State::kRunning) [[unlikely]] {
      return false;
    }
    state_ = State::kSuspended;
    return true;
  }
  // Out of line: in place, its clean-up makes every resume save registers.
  [[noreturn, gnu::noinline, gnu::cold]] void raise();
  // What resume() does when the leaf has moved, or could not run at all. One
  // way out for both: with two, the usual way pays for what they share.
  GeneratorLink* resume_slowly();
  GeneratorLink* run();
  std::exception_ptr close_inner();
  std::exception_ptr close_body(std::exception_ptr signal);
  GeneratorLink& innermost();
  GeneratorLink& unlink();
  void let_root_search();

  const std::coroutine_handle<> body_;
  GeneratorLink* leaf_ = this;
  GeneratorLink* outer_ = nullptr;
  GeneratorLink* inner_ = nullptr;  // not null while delegating
  std::exception_ptr error_;
  State state_ = State::kFresh;
};

}  // namespace loop

#endif  // LOOP_GENERATOR_LINK_H_
