// Questions about bodies that pause: a generator, and tasks of a loop whose
// clock never waits.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "demos/quiz_questions.h"
#include "demos/support/demo_loop.h"
#include "demos/support/report.h"
#include "loop/coroutine.h"
#include "loop/gather.h"
#include "loop/generator.h"
#include "loop/jumping_range.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "scheduler/clock.h"

namespace demos {

namespace {

using loop::Coroutine;
using scheduler::Duration;
using scheduler::seconds;
using support::DemoLoop;

// Runs it on a new loop; gives the virtual time that it took.
Duration time_of(Coroutine<> program) {
  DemoLoop world(support::Time::kVirtual);
  loop::run(std::move(program), world.loop());
  return world.now();
}

Coroutine<> wait_for(int delay) {
  co_await loop::sleep(seconds(delay));
}

Coroutine<> in_a_row(std::vector<int> delays) {
  for (const int delay : delays) {
    co_await wait_for(delay);
  }
}

Coroutine<> together(std::vector<int> delays) {
  std::vector<Coroutine<>> all;
  for (const int delay : delays) {
    all.push_back(wait_for(delay));
  }
  co_await loop::gather(std::move(all));
}

// The last is awaited here, while the others run as tasks.
Coroutine<> beside_tasks(std::vector<int> delays) {
  std::vector<loop::Task<void>> tasks;
  for (size_t i = 0; i + 1 < delays.size(); ++i) {
    tasks.push_back(loop::create_task(wait_for(delays[i])));
  }
  co_await wait_for(delays.back());
  for (auto& task : tasks) {
    co_await task;
  }
}

std::string call_of(int delay) {
  return "wait(" + std::to_string(delay) + ")";
}

// "await wait(1); await wait(2)" for "await " and "; ".
std::string calls_of(const std::vector<int>& delays, const std::string& before,
                     const std::string& between) {
  std::string text;
  for (const int delay : delays) {
    text += (text.empty() ? "" : between) + before + call_of(delay);
  }
  return text;
}

struct Speaker {
  char letter;
  int pause;
};

Coroutine<> speak(Speaker who, int times, std::string* said) {
  for (int i = 0; i < times; ++i) {
    *said += who.letter;
    co_await loop::sleep(seconds(who.pause));
  }
}

Coroutine<> speak_together(std::vector<Speaker> speakers, int times,
                           std::string* said) {
  std::vector<Coroutine<>> all;
  for (const Speaker& who : speakers) {
    all.push_back(speak(who, times, said));
  }
  co_await loop::gather(std::move(all));
}

Coroutine<> wait_until_due(DemoLoop* world, Duration due, Duration* late) {
  co_await loop::sleep(due);
  *late = world->now() - due;
}

Coroutine<> compute(DemoLoop* world, Duration total, Duration slice) {
  for (Duration done{}; done < total; done += slice) {
    world->compute(std::min(slice, total - done));
    if (slice < total) {
      co_await loop::sleep(Duration::zero());
    }
  }
}

Coroutine<> compute_beside_timer(DemoLoop* world, Duration due, Duration total,
                                 Duration slice, Duration* late) {
  std::vector<Coroutine<>> both;
  both.push_back(wait_until_due(world, due, late));
  both.push_back(compute(world, total, slice));
  co_await loop::gather(std::move(both));
}

std::string ms(Duration duration) {
  return support::fixed(1000 * scheduler::in_seconds(duration), 1);
}

}  // namespace

Question ask_generators(Dice& dice) {
  auto range = loop::jumping_range(100);
  std::string requests = "next()";
  std::string given = std::to_string(range.next());
  int last = 0;
  for (int more = dice.roll(3, 6); more > 0; --more) {
    const int jump = dice.roll(-2, 5);
    requests += ", ";
    if (jump == 0) {  // as good as any for "nothing is sent"
      requests += "next()";
      last = range.next();
    } else {
      requests += "send(" + std::to_string(jump) + ")";
      last = range.send(jump);
    }
    given += " " + std::to_string(last);
  }
  return {.kind = Question::Kind::kNumber,
          .text =
              "A generator yields an index, from 0 on. What is sent to it "
              "is the next step, 1 if nothing is:\n" +
              requests + ".\nWhat does the last request give?",
          .answer = std::to_string(last),
          .why = "they give " + given + "\n",
          .command = "generators -- --sample=jumping_range"};
}

Question ask_await(Dice& dice) {
  std::vector<int> delays;
  for (int more = dice.roll(2, 4); more > 0; --more) {
    delays.push_back(dice.roll(1, 6));
  }
  std::string code;
  std::string why;
  Duration took{};
  switch (dice.roll(0, 2)) {
    case 0:
      code = calls_of(delays, "await ", "; ");
      why = "each begins when the one before it has ended: the sum";
      took = time_of(in_a_row(delays));
      break;
    case 1:
      code = "await gather(" + calls_of(delays, "", ", ") + ")";
      why = "all wait at once: the longest";
      took = time_of(together(delays));
      break;
    default:
      for (size_t i = 0; i + 1 < delays.size(); ++i) {
        code += "t" + std::to_string(i) + " = create_task(" +
                call_of(delays[i]) + "); ";
      }
      code += "await " + call_of(delays.back());
      for (size_t i = 0; i + 1 < delays.size(); ++i) {
        code += "; await t" + std::to_string(i);
      }
      why = "tasks run from the first await on, wherever that is: the longest";
      took = time_of(beside_tasks(delays));
  }
  return {.kind = Question::Kind::kNumber,
          .text = "wait(n) sleeps for n seconds:\n  " + code +
                  "\nHow many seconds does it take?",
          .answer = support::plain(scheduler::in_seconds(took)),
          .why = why + "\n",
          .command = "await_vs_task -- --both --clock=virtual"};
}

Question ask_order(Dice& dice) {
  std::vector<Speaker> speakers;
  const int number = dice.roll(2, 3);
  const int times = dice.roll(2, 3);
  std::string words;
  for (int i = 0; i < number; ++i) {
    speakers.push_back({static_cast<char>('A' + i), dice.roll(0, 3)});
    words += std::string(i == 0 ? "" : ", ") + speakers.back().letter + " " +
             std::to_string(speakers.back().pause);
  }
  std::string said;
  time_of(speak_together(speakers, times, &said));
  return {.kind = Question::Kind::kLetters,
          .text = "Tasks are gathered in this order. Each says its letter " +
                  std::to_string(times) +
                  " times, and sleeps after each; for so many seconds:\n  " +
                  words + "\nIn which order do the letters come?",
          .answer = said,
          .why =
              "the ready ones go in the order in which they became ready; "
              "sleep(0) is one turn of the loop\n",
          .command = "loop_inside"};
}

Question ask_late(Dice& dice) {
  const Duration due = seconds(0.0104) + dice.roll(0, 3) * seconds(0.05);
  const Duration total = dice.roll(4, 18) * seconds(0.05);
  const bool gives_way = dice.coin();
  const Duration slice = gives_way ? dice.roll(2, 8) * seconds(0.005) : total;
  DemoLoop world(support::Time::kVirtual);
  Duration late{};
  loop::run(compute_beside_timer(&world, due, total, slice, &late),
            world.loop());
  return {.kind = Question::Kind::kNumber,
          .text = "One task sleeps for " + ms(due) +
                  " ms. Another begins to compute at the same time, for " +
                  ms(total) + " ms,\n" +
                  (gives_way ? "and lets the others go first (sleep(0)) after "
                               "every " +
                                   ms(slice) + " ms"
                             : "without a break") +
                  ". How many ms late does the sleeper go on?",
          .answer = ms(late),
          .why = gives_way
                     ? "the loop looks at its timers once a turn, and who is "
                       "woken goes on one turn later\n"
                     : "the loop looks at nothing until the task ends\n",
          .command =
              "starve -- --burn=" + ms(total) + " --yield-every=" + ms(slice)};
}

}  // namespace demos
