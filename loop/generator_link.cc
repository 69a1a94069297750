#include "loop/generator_link.h"

#include <cassert>
#include <stdexcept>
#include <typeinfo>
#include <utility>

#include "loop/report.h"
#include "loop/stop_iteration.h"

namespace loop {

namespace {

// Compares type descriptors, which libstdc++ lets one reach without throwing:
// 0.5 ns, where rethrowing and catching costs a microsecond. Exact, because
// the class is final.
bool is_generator_exit(const std::exception_ptr& error) {
  return *error.__cxa_exception_type() == typeid(GeneratorExit);
}

}  // namespace

GeneratorLink* GeneratorLink::resume_slowly() {
  leaf_->receiver();  // refuses if the chain executes [I2]
  let_root_search();
  GeneratorLink* const yielded = run();
  if (outer_ != nullptr) {
    leaf_ = this;  // [I3]
  }
  return yielded;
}

GeneratorLink* GeneratorLink::run() {
  for (;;) {
    GeneratorLink* const leaf = leaf_;
    switch (leaf->state_) {
      case State::kFresh:
      case State::kSuspended:
        if (leaf->runs_to_a_yield()) {
          return leaf;
        }
        break;
      case State::kDelegating:
        leaf_ = &leaf->innermost();
        break;
      case State::kFinished:
        if (leaf == this) {
          return nullptr;
        }
        leaf_ = &leaf->unlink();
        break;
      case State::kRunning:
        assert(false && "receiver() refuses a chain that executes");
    }
  }
}

GeneratorLink* GeneratorLink::throw_in(std::exception_ptr error) {
  if (!error) {
    throw TypeError("nothing was thrown into a generator");
  }
  GeneratorLink& target = receiver();
  if (&target != this) {
    // Python closes the inner generators on GeneratorExit, as if by close().
    if (is_generator_exit(error)) {
      error_ = close_inner();
    } else {
      target.error_ = std::move(error);
    }
    return resume();
  }
  if (state_ == State::kFinished) {
    std::rethrow_exception(std::move(error));
  }
  if (state_ == State::kFresh) {
    state_ = State::kFinished;
    try {
      std::rethrow_exception(std::move(error));
    } catch (...) {
      store_leaving_error();  // as if raised at the beginning of the body
    }
    return nullptr;
  }
  error_ = std::move(error);
  return resume();
}

void GeneratorLink::close() {
  receiver();  // refuses if the chain executes
  if (state_ == State::kFresh || state_ == State::kFinished) {
    state_ = State::kFinished;
    return;
  }
  if (std::exception_ptr failure = close_body(close_inner())) {
    std::rethrow_exception(std::move(failure));
  }
}

// Closes what this body delegates to, from the leaf outwards, in a loop and
// not by recursion: a chain may be longer than the machine stack. Returns what
// is to be raised in this body: GeneratorExit, or the error of an inner one
// that would not close.
std::exception_ptr GeneratorLink::close_inner() {
  const std::exception_ptr exit = std::make_exception_ptr(GeneratorExit());
  std::exception_ptr signal = exit;
  GeneratorLink* link = &innermost();
  let_root_search();
  leaf_ = this;  // what it points to is about to go
  while (link != this) {
    std::exception_ptr failure = link->close_body(signal);
    signal = failure ? std::move(failure) : exit;
    link = &link->unlink();
  }
  return signal;
}

// Raises `signal` in this body alone. Null if the body ended as it should.
std::exception_ptr GeneratorLink::close_body(std::exception_ptr signal) {
  if (state_ == State::kFinished) {
    return nullptr;  // it was driven to its end by itself
  }
  error_ = signal;
  leaf_ = this;
  GeneratorLink* const yielded = run();
  if (outer_ != nullptr) {
    leaf_ = this;  // [I3]
  }
  if (yielded != nullptr) {
    return std::make_exception_ptr(
        std::runtime_error("generator ignored GeneratorExit"));
  }
  std::exception_ptr left_with = std::exchange(error_, nullptr);
  if (!left_with || is_generator_exit(left_with)) {
    return nullptr;
  }
  return left_with;
}

void GeneratorLink::abandon() noexcept {
  assert(outer_ == nullptr && "another generator delegates to this one");
  assert(!running() && "a body cannot destroy itself");
  try {
    close();
  } catch (...) {
    report_unraisable(
        {"a generator could not be closed", std::current_exception()});
  }
  if (inner_ != nullptr) {
    inner_->unlink();  // it will be abandoned by its owner, our frame
  }
}

GeneratorLink& GeneratorLink::innermost() {
  GeneratorLink* link = this;
  while (link->state_ == State::kDelegating) {
    link = link->inner_;
  }
  return *link;
}

bool GeneratorLink::running() const {
  const GeneratorLink* link = this;
  while (link->state_ == State::kDelegating) {
    link = link->inner_;
  }
  return link->state_ == State::kRunning;
}

GeneratorLink& GeneratorLink::receiver() {
  GeneratorLink& link = innermost();
  if (link.state_ == State::kRunning) {
    throw std::invalid_argument("generator already executing");
  }
  return link;
}

void GeneratorLink::stop_at_delegation(GeneratorLink& inner) {
  inner.outer_ = this;
  inner.leaf_ = &inner;  // [I3]
  inner_ = &inner;
  state_ = State::kDelegating;
}

// Takes this link off the end of its chain; its error goes to the outer body,
// which can be resumed now.
GeneratorLink& GeneratorLink::unlink() {
  GeneratorLink& outer = *std::exchange(outer_, nullptr);
  if (error_) {
    outer.error_ = std::exchange(error_, nullptr);
  }
  outer.inner_ = nullptr;
  outer.state_ = State::kSuspended;
  return outer;
}

// This link is about to change what stands below it. If it is in the middle of
// a chain (Python allows driving it by itself), the root's leaf_ may point
// there: the root shall start its search from here. [I2]
void GeneratorLink::let_root_search() {
  if (outer_ == nullptr) {
    return;
  }
  GeneratorLink* root = outer_;
  while (root->outer_ != nullptr) {
    root = root->outer_;
  }
  root->leaf_ = this;
}

void GeneratorLink::store_leaving_error() noexcept {
  try {
    throw;
  } catch (const StopIteration&) {
    try {
      std::throw_with_nested(
          std::runtime_error("generator raised StopIteration"));
    } catch (...) {
      error_ = std::current_exception();
    }
  } catch (...) {
    error_ = std::current_exception();
  }
}

void GeneratorLink::raise() {
  std::rethrow_exception(std::exchange(error_, nullptr));
}

}  // namespace loop
