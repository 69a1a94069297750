#include "demos/preempt_closeup.h"

#include <cstdio>
#include <map>

#include "demos/support/report.h"

// Made by the linker: where the section begins and ends.
extern "C" const char __start_preempt_body[];
extern "C" const char __stop_preempt_body[];

namespace demos {
namespace {

using support::verdict;

std::string place_of(const void* address) {
  const auto* const byte = static_cast<const char*>(address);
  char text[40];
  if (byte >= __start_preempt_body && byte < __stop_preempt_body) {
    std::snprintf(text, sizeof text, "body+0x%02zx",
                  static_cast<size_t>(byte - __start_preempt_body));
  } else {
    std::snprintf(text, sizeof text, "%p", address);
  }
  return text;
}

#if defined(__x86_64__)
// What the switch has pushed onto A's stack, below what the system had saved.
std::string saved_registers_of(const Record& record, const Forced& stop) {
  const auto& saved = record.frozen;
  const auto size = static_cast<const char*>(stop.at.stack_pointer) -
                    static_cast<const char*>(record.frozen_at);
  char text[512];
  std::snprintf(
      text, sizeof text,
      "  3. the handler calls the switch, which pushes what a call must keep,\n"
      "     %td bytes further down, at %p:\n"
      "       rbx %#zx  rbp %#zx\n       r12 %#zx  r13 %#zx\n"
      "       r14 %#zx  r15 %#zx\n"
      "       MXCSR %#x  x87 %#x  program counter %#zx\n",
      size, record.frozen_at, saved.rbx, saved.rbp, saved.r12, saved.r13,
      saved.r14, saved.r15, saved.mxcsr, unsigned{saved.x87_control},
      saved.program_counter);
  return text;
}
#else
// The C library's context keeps its registers to itself.
std::string saved_registers_of(const Record&, const Forced&) {
  return "";
}
#endif

}  // namespace

std::string histogram_of(const Record& record) {
  std::map<std::string, size_t> by_place;
  size_t inside = 0;
  for (const Forced& forced : record.forced) {
    const std::string place = place_of(forced.at.program_counter);
    inside += place.starts_with("body") ? 1 : 0;
    ++by_place[place];
  }
  std::string text = "where the switches fell (the next instruction):\n";
  const size_t all = record.forced.size();
  for (const auto& [place, count] : by_place) {
    text += "  " + place + "  " +
            std::string((50 * count + all - 1) / all, '*') + " " +
            std::to_string(count) + "\n";
  }
  return text +
         verdict("C-011", "found: " + std::to_string(inside) + " of " +
                              std::to_string(all) +
                              " switches inside the body, at " +
                              std::to_string(by_place.size()) +
                              " different places; the first after " +
                              std::to_string(record.forced.front().steps[0]) +
                              " steps of A (run again: another number)") +
         "\n";
}

std::string explanation_of(const Record& record) {
  const Forced& stop = record.forced.at(0);
  const Forced& back = record.forced.at(1);
  char stack[40];
  std::snprintf(stack, sizeof stack, "%p", stop.at.stack_pointer);
  return "one switch, from A to B\n  1. A is about to execute " +
         place_of(stop.at.program_counter) + ", stack pointer " + stack +
         ", step " + std::to_string(stop.steps[0]) +
         "\n  2. tick: the system writes all registers to A's stack and calls "
         "the handler there\n" +
         saved_registers_of(record, stop) +
         "  4. stack pointer := B's; B runs until its own tick, at " +
         place_of(back.at.program_counter) +
         "\n  5. the same backwards: A goes on at " +
         place_of(stop.at.program_counter) + "\n" +
         verdict("C-014", "found: A's place is " +
                              std::to_string(sizeof(green::Context)) +
                              " bytes, a pointer into A's own stack, where all "
                              "else was saved") +
         "\n" +
         verdict("C-228", "found: A was frozen: " +
                              std::to_string(back.steps[0] - stop.steps[0]) +
                              " steps while B did " +
                              std::to_string(back.steps[1] - stop.steps[1])) +
         "\n";
}

}  // namespace demos
