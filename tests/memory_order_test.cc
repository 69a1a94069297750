// The parts that sleep or go without a lock, on a processor that remembers its
// stores for a while.
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

// Who completes a scheduler/concurrent_future.h, and who comes to wait for it.
// The observer makes the list of observers in one locked operation, so only the
// other can have a store that waits.
std::string future(bool completer_fences) {
  Processor completer("completer", {"phase"});
  const std::string complete =
      completer.store("phase", 1) +
      (completer_fences ? completer.fence() : std::string()) +
      unless("observers", "end") + completer.fence() + acquire("mutex") +
      set("waits", 0) + release("mutex");
  const std::string observe =
      set("observers", 1) + acquire("mutex") + load("phase") +
      line("POP_JUMP_IF_TRUE complete") + set("waits", 1) + label("complete") +
      release("mutex");
  return "global phase = 0\nglobal observers = 0\nglobal waits = 0\n" +
         completer.declarations() + "lock mutex\nexpect waits = 0\n" +
         completer.threads(complete) + "thread observer\n" + observe;
}

// concurrent_future, at its fields
TEST(MemoryOrder, NobodyWaitsForAFutureThatIsComplete) {
  EXPECT_FALSE(can_fail(future(true)));
}
TEST(MemoryOrderMutant, AFutureCompletedWithoutAFenceOverlooksAnObserver) {
  EXPECT_TRUE(can_fail(future(false)));
}

// Who releases an ipc/semaphore.h, and who has found nothing and announces that
// he sleeps; set() and wait() of ipc/event.h are the same two. Both change
// their number in one locked operation. What a plain store would do, as by
// somebody who thinks that the one permit was his anyway, is the mutant.
std::string semaphore(bool locked_operation) {
  Processor releaser("releaser", {"permits"});
  const std::string give = releaser.store("permits", 1) +
                           (locked_operation ? releaser.fence() : "") +
                           unless("waiters", "end") + releaser.fence() +
                           acquire("kernel") + set("waits", 0) +
                           release("kernel");
  const std::string sleep =
      set("waiters", 1) + load("permits") + line("POP_JUMP_IF_TRUE end") +
      acquire("kernel") + load("permits") + line("POP_JUMP_IF_TRUE changed") +
      set("waits", 1) + label("changed") + release("kernel") + label("end");
  return "global permits = 0\nglobal waiters = 0\nglobal waits = 0\n" +
         releaser.declarations() + "lock kernel\nexpect waits = 0\n" +
         releaser.threads(give) + "thread sleeper\n" + sleep;
}

// semaphore I2, event I2
TEST(MemoryOrder, NobodySleepsBesideAPermit) {
  EXPECT_FALSE(can_fail(semaphore(true)));
}
TEST(MemoryOrderMutant, APermitGivenByAPlainStoreLosesAWakeUp) {
  EXPECT_TRUE(can_fail(semaphore(false)));
}

// A signal handler that runs in one thread while loop/signal_handlers.h is
// taken down in another: the handler says that it is inside and looks for its
// owner, who says that he goes and looks whether anybody is inside.
std::string signal_handler(bool handler_fences, bool owner_fences) {
  Processor handler("handler", {"inside"});
  Processor owner("owner", {"owned"});
  const std::string handle =
      handler.store("inside", 1) +
      (handler_fences ? handler.fence() : std::string()) +
      unless("owned", "nobodys") + load("gone") +
      line("STORE_GLOBAL used_after_its_end") + label("nobodys") +
      handler.store("inside", 0);
  const std::string go = owner.store("owned", 0) +
                         (owner_fences ? owner.fence() : std::string()) +
                         label("yield") + load("inside") +
                         line("POP_JUMP_IF_TRUE yield") + set("gone", 1);
  return "global inside = 0\nglobal owned = 1\nglobal gone = 0\n"
         "global used_after_its_end = 0\n" +
         handler.declarations() + owner.declarations() +
         "expect used_after_its_end = 0\n" + handler.threads(handle) +
         owner.threads(go);
}

// signal_handlers I3
TEST(MemoryOrder, ASignalHandlerNeverUsesAnOwnerWhoHasGone) {
  EXPECT_FALSE(can_fail(signal_handler(true, true)));
}
TEST(MemoryOrderMutant, AHandlerThatDoesNotFenceUsesAnOwnerWhoHasGone) {
  EXPECT_TRUE(can_fail(signal_handler(false, true)));
}
TEST(MemoryOrderMutant, AnOwnerWhoDoesNotFenceGoesUnderTheHandler) {
  EXPECT_TRUE(can_fail(signal_handler(true, false)));
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

// A worker that finds nothing in ipc/task_ring.h, and the pool that then lays a
// task out. Unlike a futex, the pipe remembers a call for one who comes late.
std::string task_ring(bool worker_fences, bool pool_fences) {
  Processor worker("worker", {"asleep"});
  Processor pool("pool", {"posted", "asleep"});
  const std::string sleep = worker.store("asleep", 1) +
                            (worker_fences ? worker.fence() : std::string()) +
                            load("posted") +
                            line("POP_JUMP_IF_TRUE end") +  // it takes it
                            worker.fence() + acquire("pipe") + load("calls") +
                            line("POP_JUMP_IF_TRUE called") + set("waits", 1) +
                            label("called") + release("pipe");
  const std::string post =
      pool.store("posted", 1) + (pool_fences ? pool.fence() : std::string()) +
      unless("asleep", "end") + pool.store("asleep", 0) + pool.fence() +
      acquire("pipe") + set("calls", 1) + set("waits", 0) + release("pipe");
  return "global posted = 0\nglobal asleep = 0\nglobal calls = 0\n"
         "global waits = 0\n" +
         worker.declarations() + pool.declarations() +
         "lock pipe\nexpect waits = 0\n" + worker.threads(sleep) +
         pool.threads(post);
}

// pool_core I3; the pool's own sleep is alike.
TEST(MemoryOrder, AWorkerNeverSleepsOverATask) {
  EXPECT_FALSE(can_fail(task_ring(true, true)));
}
TEST(MemoryOrderMutant, AWorkerThatDoesNotFenceSleepsOverATask) {
  EXPECT_TRUE(can_fail(task_ring(false, true)));
}
TEST(MemoryOrderMutant, APoolThatDoesNotFenceLeavesAWorkerAsleep) {
  EXPECT_TRUE(can_fail(task_ring(true, false)));
}

// The pool lays out a task and then another, each time calling as many sleepers
// as there are tasks that nobody has come to. Worker a is about to sleep while
// b sleeps; each does one task, which may take for ever. The danger is a call
// that was counted for a, who has just found the first task by itself: it must
// be passed on. Here whoever passes it on does what the pool then does.
class TwoWorkers {
 public:
  std::string program(bool passes_on) {
    const std::string lay_out =
        set("posted", 1) + call_sleepers() + set("posted", 2) + call_sleepers();
    const std::string found =
        acquire("word") + load("a_asleep") + line("STORE_GLOBAL a_not_called") +
        set("a_asleep", 0) + release("word") +
        (passes_on ? load("a_not_called") + line("POP_JUMP_IF_TRUE end") +
                         call_sleepers()
                   : std::string());
    const std::string sleep =
        set("a_asleep", 1) + take("nothing") + found + line("JUMP end") +
        label("nothing") + acquire("word") + unless("a_called", "not_called") +
        take("not_called") + line("JUMP awake") + label("not_called") +
        set("a_asleep", 1) + set("a_waits", 1) + label("awake") +
        release("word") + label("end");
    return "global posted = 0\nglobal taken = 0\nglobal waiting = 0\n"
           "global a_not_called = 0\nglobal a_called = 0\n"
           "global b_called = 0\n"
           "global a_asleep = 0\nglobal a_waits = 0\n"
           "global b_asleep = 1\nglobal b_waits = 1\n"
           "lock pool\nlock word\nlock ring\nexpect taken = 2\n"
           "thread pool\n" +
           lay_out + "thread a\n" + sleep;
  }

 private:
  std::string fresh(const std::string& name) {
    return name + std::to_string(++labels_);
  }
  // One step, as task_ring.h does it.
  std::string take(const std::string& otherwise) {
    const std::string none = fresh("none");
    const std::string taken = fresh("taken");
    return acquire("ring") + load("taken") + load("posted") +
           line("COMPARE_OP <") + line("POP_JUMP_IF_FALSE " + none) +
           constant(1) + line("ATOMIC_ADD taken") + line("POP_TOP") +
           release("ring") + line("JUMP " + taken) + label(none) +
           release("ring") + line("JUMP " + otherwise) + label(taken);
  }
  // One sleeper: looks for a task if it waits, or remembers the call.
  std::string call(const std::string& worker) {
    const std::string done = fresh("done");
    const std::string late = fresh("late");
    const std::string in_vain = fresh("in_vain");
    return load("waiting") + line("POP_JUMP_IF_FALSE " + done) +
           acquire("word") + unless(worker + "_asleep", late) +
           load("waiting") + constant(1) + line("BINARY_SUBTRACT") +
           line("STORE_GLOBAL waiting") + set(worker + "_asleep", 0) +
           set(worker + "_called", 1) + unless(worker + "_waits", late) +
           take(in_vain) + set(worker + "_waits", 0) + line("JUMP " + late) +
           label(in_vain) + set(worker + "_asleep", 1) + label(late) +
           release("word") + label(done);
  }
  std::string call_sleepers() {
    return acquire("pool") + acquire("ring") + load("posted") + load("taken") +
           line("BINARY_SUBTRACT") + line("STORE_GLOBAL waiting") +
           release("ring") + call("a") + call("b") + release("pool");
  }

  int labels_ = 0;
};

// pool_core I3
TEST(MemoryOrder, NoTaskIsLeftLyingBesideAnIdleWorker) {
  EXPECT_FALSE(can_fail(TwoWorkers().program(true)));
}
TEST(MemoryOrderMutant, ACallThatIsNotPassedOnLeavesATaskLying) {
  EXPECT_TRUE(can_fail(TwoWorkers().program(false)));
}

// Two workers who want the same task, and the pool that wants it back. To
// compare and swap the word that names its holder is one step; the lock stands
// for it.
std::string takers(bool one_step) {
  std::string text =
      "global holder = 0\nglobal taken = 0\nlock word\nexpect taken = 1\n";
  for (const int taker : {1, 2, 3}) {
    text += "thread taker" + std::to_string(taker) + "\n" +
            (one_step ? acquire("word") : std::string()) + load("holder") +
            line("POP_JUMP_IF_TRUE gone") + set("holder", taker) + constant(1) +
            line("ATOMIC_ADD taken") + line("POP_TOP") + label("gone") +
            (one_step ? release("word") : std::string());
  }
  return text;
}

// task_ring I1
TEST(MemoryOrder, ATaskIsTakenOnceOrWithdrawn) {
  EXPECT_FALSE(can_fail(takers(true)));
}
TEST(MemoryOrderMutant, ATaskThatIsLookedAtAndThenMarkedIsTakenTwice) {
  EXPECT_TRUE(can_fail(takers(false)));
}

}  // namespace
}  // namespace gil_sim
