#include "scheduler/green/fiber.h"

#include <cxxabi.h>

#include <cstdlib>

namespace scheduler::green {

namespace {

ExceptionState* exceptions_of_this_kernel_thread() {
  return reinterpret_cast<ExceptionState*>(abi::__cxa_get_globals());
}

}  // namespace

Fiber::Fiber() : exceptions_(exceptions_of_this_kernel_thread()) {}

Fiber::Fiber(const Stack& stack, Context::Entry entry, void* argument)
    : context_(stack, entry, argument),
      exceptions_(exceptions_of_this_kernel_thread()),
      sanitizer_(stack.usable()) {}

void Fiber::leave(Fiber& from, Fiber& to) {
  from.sanitizer_.before_switch(to.sanitizer_, true);
  Context::switch_to(from.context_, to.context_);
  std::abort();  // nobody may resume what has been left for ever
}

void Fiber::begin() {
  sanitizer_.after_switch();
  *exceptions_ = {};
}

}  // namespace scheduler::green
