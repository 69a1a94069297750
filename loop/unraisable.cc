#include "loop/unraisable.h"

#include <atomic>
#include <cstdio>
#include <utility>

namespace loop {

namespace {

void print(const char* where, std::exception_ptr error) {
  try {
    std::rethrow_exception(std::move(error));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "error ignored while %s: %s\n", where, e.what());
  } catch (...) {
    std::fprintf(stderr, "error ignored while %s: no std::exception\n", where);
  }
}

// A pointer to code: there is no data behind it that an order could protect,
// so relaxed is enough.
constinit std::atomic<UnraisableHook> installed = nullptr;

}  // namespace

UnraisableHook set_unraisable_hook(UnraisableHook hook) {
  return installed.exchange(hook, std::memory_order_relaxed);
}

void report_unraisable(const char* where, std::exception_ptr error) noexcept {
  const UnraisableHook hook = installed.load(std::memory_order_relaxed);
  (hook != nullptr ? hook : &print)(where, std::move(error));
}

}  // namespace loop
