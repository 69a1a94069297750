#include "scheduler/green/context_ucontext.h"

#include <cstdint>

namespace scheduler::green {

namespace {

// makecontext passes ints, so each pointer travels in two halves.
unsigned high_half(uintptr_t whole) {
  return static_cast<unsigned>(uint64_t{whole} >> 32);
}
unsigned low_half(uintptr_t whole) {
  return static_cast<unsigned>(whole);
}
uintptr_t whole_of(unsigned high, unsigned low) {
  return static_cast<uintptr_t>(uint64_t{high} << 32 | low);
}

void start(unsigned entry_high, unsigned entry_low, unsigned argument_high,
           unsigned argument_low) {
  const auto entry =
      reinterpret_cast<LibraryContext::Entry>(whole_of(entry_high, entry_low));
  entry(reinterpret_cast<void*>(whole_of(argument_high, argument_low)));
}

}  // namespace

LibraryContext::LibraryContext(const Stack& stack, Entry entry,
                               void* argument) {
  getcontext(&context_);
  context_.uc_stack.ss_sp = stack.usable().data();
  context_.uc_stack.ss_size = stack.usable().size();
  context_.uc_link = nullptr;
  const auto function = reinterpret_cast<uintptr_t>(entry);
  const auto value = reinterpret_cast<uintptr_t>(argument);
  makecontext(&context_, reinterpret_cast<void (*)()>(&start), 4,
              high_half(function), low_half(function), high_half(value),
              low_half(value));
}

}  // namespace scheduler::green
