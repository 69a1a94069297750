// The parts that sleep without a lock, on a processor that remembers its stores
// for a while.
//
// A search over interleavings cannot see a store and a later load of the same
// thread change places, which real processors do: the store waits in a buffer
// while the load looks at memory. So the buffer is written into the program, as
// one more thread beside each processor, which empties it when it likes:
//
//   processor:  written = 1  ->  [1]          and goes on
//   buffer:                      [1]  ->  written, at any later time
//
// A fence waits until the buffer is empty, be it that of another processor,
// which the kernel can be asked to interrupt. What is proved then holds for
// every moment at which the hardware may empty it. Each proof has a mutant
// without its fence, and the same search must find what goes wrong.
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "gil_sim/assembler.h"
#include "gil_sim/explorer.h"
#include "gtest/gtest.h"

namespace gil_sim {
namespace {

std::string line(const std::string& instruction) {
  return "  " + instruction + "\n";
}
std::string load(const std::string& variable) {
  return line("LOAD_GLOBAL " + variable);
}
std::string constant(int value) {
  return line("LOAD_CONST " + std::to_string(value));
}
std::string set(const std::string& variable, int value) {
  return constant(value) + line("STORE_GLOBAL " + variable);
}
// A lock is a locked operation of the processor: its buffer is empty first.
std::string acquire(const std::string& lock) {
  return line("ACQUIRE " + lock);
}
std::string release(const std::string& lock) {
  return line("RELEASE " + lock);
}
std::string unless(const std::string& variable, const std::string& label) {
  return load(variable) + line("POP_JUMP_IF_FALSE " + label);
}
std::string label(const std::string& name) {
  return name + ":\n";
}

// A processor whose stores wait in a buffer of one entry. It does not load what
// it has stored itself, so its loads need not look into the buffer.
class Processor {
 public:
  Processor(std::string name, std::vector<std::string> variables)
      : name_(std::move(name)), variables_(std::move(variables)) {}

  std::string declarations() const {
    return "global " + holds() + " = 0\nglobal " + value() + " = 0\nglobal " +
           ended() + " = 0\n";
  }
  std::string fence() {
    const std::string again = name_ + "_fence" + std::to_string(++fences_);
    return label(again) + load(holds()) + line("POP_JUMP_IF_TRUE " + again);
  }
  std::string store(const std::string& variable, int number) {
    int index = 1;
    while (variables_[static_cast<size_t>(index - 1)] != variable) {
      ++index;
    }
    return fence() + set(value(), number) + set(holds(), index);
  }
  std::string threads(const std::string& body) const {
    std::string text = "thread " + name_ + "\n" + body + label("end") +
                       set(ended(), 1) + "thread " + name_ + "_buffer\n" +
                       label("again");
    for (size_t i = 0; i < variables_.size(); ++i) {
      const std::string other = "not" + std::to_string(i + 1);
      text += load(holds()) + constant(static_cast<int>(i + 1)) +
              line("COMPARE_OP ==") + line("POP_JUMP_IF_FALSE " + other) +
              load(value()) + line("STORE_GLOBAL " + variables_[i]) +
              set(holds(), 0) + label(other);
    }
    return text + unless(ended(), "again") +
           // What was stored before the end is still to come.
           load(holds()) + line("POP_JUMP_IF_TRUE again");
  }

 private:
  std::string holds() const { return name_ + "_holds"; }  // 0: nothing
  std::string value() const { return name_ + "_value"; }
  std::string ended() const { return name_ + "_ended"; }

  const std::string name_;
  const std::vector<std::string> variables_;
  int fences_ = 0;
};

// Whether any schedule ends otherwise than expected.
bool can_fail(const std::string& text) {
  const Exploration found =
      explore(assemble(text), {.reduction = Reduction::kClasses});
  EXPECT_TRUE(found.complete()) << found.gave_up;
  EXPECT_FALSE(found.outcomes.empty());
  return found.can_fail();
}

// Who finds nothing to do in ipc/spsc_ring.h, and who then brings something.
// futex_wait() is a system call: the buffer is empty, and the kernel compares
// and enqueues under a lock of its own. Who is about to sleep fences itself,
// and then has the kernel fence the other; or each its own, where the kernel
// does not help. See os/asymmetric_fence.h.
std::string ring(bool sleeper_fences, bool kernel_fences_waker,
                 bool waker_fences) {
  Processor reader("reader", {"asleep"});
  Processor writer("writer", {"written", "asleep"});
  const std::string wait =
      reader.store("asleep", 1) +
      (sleeper_fences ? reader.fence() : std::string()) +
      (kernel_fences_waker ? writer.fence() : std::string()) + load("written") +
      line("POP_JUMP_IF_TRUE end") +  // something is there
      reader.fence() + acquire("kernel") + unless("asleep", "changed") +
      set("waits", 1) + label("changed") + release("kernel");
  const std::string publish =
      writer.store("written", 1) +
      (waker_fences ? writer.fence() : std::string()) +
      unless("asleep", "end") + writer.store("asleep", 0) + writer.fence() +
      acquire("kernel") + set("waits", 0) + release("kernel");
  return "global written = 0\nglobal asleep = 0\nglobal waits = 0\n" +
         reader.declarations() + writer.declarations() +
         "lock kernel\nexpect waits = 0\n" + reader.threads(wait) +
         writer.threads(publish);
}

// spsc_ring I2
TEST(MemoryOrder, ARingsReaderNeverSleepsOverAnItem) {
  EXPECT_FALSE(can_fail(ring(true, true, false)));
}
TEST(MemoryOrder, ARingsReaderNeverSleepsOverAnItemWithoutTheKernelsHelp) {
  EXPECT_FALSE(can_fail(ring(true, false, true)));
}
TEST(MemoryOrderMutant, ARingWhoseReaderFencesItselfOnlyLosesAWakeUp) {
  EXPECT_TRUE(can_fail(ring(true, false, false)));
}
TEST(MemoryOrderMutant, ARingWhoseReaderHasOnlyTheOtherFencedLosesAWakeUp) {
  EXPECT_TRUE(can_fail(ring(false, true, false)));
}
TEST(MemoryOrderMutant, ARingWhereOnlyTheWriterFencesLosesAWakeUp) {
  EXPECT_TRUE(can_fail(ring(false, false, true)));
}

// A sender and a loop that is about to sleep, as in loop/inbox.h: `hint` is
// read and written without the lock, the rest under it. `asks_again` is what
// fall_asleep() does.
std::string inbox(bool asks_again) {
  Processor sender("sender", {"hint"});
  Processor loop("loop", {"hint"});
  const std::string post = acquire("mutex") + set("mail", 1) +
                           sender.store("hint", 1) + unless("asleep", "awake") +
                           set("asleep", 0) + label("awake") + sender.fence() +
                           release("mutex");
  const std::string fall_asleep =
      load("hint") + line("POP_JUMP_IF_TRUE end") + acquire("mutex") +
      (asks_again ? load("mail") + line("POP_JUMP_IF_TRUE mail")
                  : std::string()) +
      set("asleep", 1) + label("mail") + release("mutex");
  // It sleeps over a letter if it is asleep when all is done.
  return "global mail = 0\nglobal hint = 0\nglobal asleep = 0\n" +
         sender.declarations() + loop.declarations() +
         "lock mutex\nexpect asleep = 0\n" + sender.threads(post) +
         loop.threads(fall_asleep);
}

// inbox I1
TEST(MemoryOrder, ALoopNeverSleepsOverALetter) {
  EXPECT_FALSE(can_fail(inbox(true)));
}
TEST(MemoryOrderMutant, ALoopThatTrustsTheHintSleepsOverALetter) {
  EXPECT_TRUE(can_fail(inbox(false)));
}

// The two-line program that every text on memory order begins with.
std::string both_look_before_they_are_seen(bool fenced) {
  Processor a("a", {"x"});
  Processor b("b", {"y"});
  const auto body = [&](Processor& cpu, const char* mine, const char* other) {
    return cpu.store(mine, 1) + (fenced ? cpu.fence() : std::string()) +
           load(other) + line("POP_JUMP_IF_TRUE end") + constant(1) +
           line("ATOMIC_ADD saw_nothing") + line("POP_TOP");
  };
  return "global x = 0\nglobal y = 0\nglobal saw_nothing = 0\n"
         "global both = 0\n" +
         a.declarations() + b.declarations() + "expect both = 0\n" +
         a.threads(body(a, "x", "y")) + b.threads(body(b, "y", "x")) +
         "thread judge\n" + load("saw_nothing") + constant(2) +
         line("COMPARE_OP ==") + line("STORE_GLOBAL both");
}

TEST(MemoryOrder, OfTwoThatStoreAndThenLookOneSeesTheOther) {
  EXPECT_FALSE(can_fail(both_look_before_they_are_seen(true)));
}
TEST(MemoryOrderMutant, WithoutAFenceNeitherMay) {
  EXPECT_TRUE(can_fail(both_look_before_they_are_seen(false)));
}

}  // namespace
}  // namespace gil_sim
