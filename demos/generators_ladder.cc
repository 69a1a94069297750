#include "demos/generators_ladder.h"

#include <unistd.h>

#include <optional>
#include <string>

#include "demos/support/run_demo.h"
#include "loop/generator.h"
#include "loop/stop_iteration.h"
#include "os/proc.h"

namespace demos {

namespace {

using loop::Generator;
using support::print;

// What passes between a caller and a body, in order.
class Ladder {
 public:
  void call(const std::string& text) {
    in_call_ = true;
    entered_ = false;
    arrow("--- " + text + " ", ">");
  }
  void back(const std::string& text) {
    exits_ += entered_ ? 1 : 0;
    in_call_ = false;
    arrow("<-- " + text + " ", "-");
  }
  void body(const std::string& text) {
    entries_ += in_call_ && !entered_ ? 1 : 0;
    entered_ = true;
    ++(in_call_ ? inside_ : outside_);
    lines_ += "  |" + std::string(kWidth, ' ') + "|  " + text + "\n";
  }

  int entries() const { return entries_; }
  int exits() const { return exits_; }
  int inside() const { return inside_; }
  int outside() const { return outside_; }
  std::string text() const {
    return "caller" + std::string(kWidth - 4, ' ') + "body\n" + lines_;
  }

 private:
  static constexpr size_t kWidth = 26;
  void arrow(std::string text, const char* tip) {
    text.resize(kWidth - 1, '-');
    lines_ += "  |" + text + tip + "|\n";
  }

  std::string lines_;
  bool in_call_ = false;
  bool entered_ = false;  // in this call
  int entries_ = 0;
  int exits_ = 0;
  int inside_ = 0;  // steps of the body within a call, and at other times
  int outside_ = 0;
};

// jumping_range once more, telling what happens to it.
Generator<int, int> told_range(int up_to, Ladder* ladder) {
  struct Locals {
    Ladder* told;
    ~Locals() { told->body("its locals are destroyed"); }
  } const locals{ladder};
  ladder->body("begins");
  for (int index = 0; index < up_to;) {
    const std::optional<int> jump = co_yield index;
    ladder->body("goes on behind its yield" +
                 (jump ? ", with " + std::to_string(*jump) : ""));
    index += jump.value_or(1);
  }
  ladder->body("falls off its end");
}

void ask(Generator<int, int>& range, std::optional<int> step, Ladder& ladder) {
  ladder.call(step ? "send(" + std::to_string(*step) + ")" : "next()");
  try {
    ladder.back(std::to_string(step ? range.send(*step) : range.next()));
  } catch (const loop::StopIteration&) {
    ladder.back("StopIteration");
  }
}

}  // namespace

void climb_ladder(bool draw, support::Verdicts& verdicts) {
  Ladder ladder;
  std::optional whole = told_range(3, &ladder);
  ask(*whole, std::nullopt, ladder);
  ask(*whole, 2, ladder);
  ask(*whole, std::nullopt, ladder);
  const int entries = ladder.entries();
  const int exits = ladder.exits();
  std::optional dropped = told_range(3, &ladder);
  ask(*dropped, std::nullopt, ladder);
  ladder.call("destroy");
  dropped.reset();
  ladder.back("gone");
  if (draw) {
    print("\n" + ladder.text() + "\n");
  }
  verdicts.add("C-071", "true: one body, entered " + std::to_string(entries) +
                            " times and left " + std::to_string(exits) +
                            " times");
  verdicts.add("C-075",
               (ladder.outside() == 0 ? "true: " : "false: ") +
                   std::to_string(ladder.inside()) +
                   " steps of two bodies, all inside a call on them: " +
                   std::to_string(ladder.outside()) + " at other times; " +
                   std::to_string(os::threads_of(getpid()).size()) +
                   " thread, no loop");
}

}  // namespace demos
