// demos/play.cc - you are the scheduler: break it, or find that it cannot be.
//
// A small program of two or three threads, and after each of your keys the
// state it is in. Some levels can be broken, in many schedules or in few; in
// others whoever tries long enough begins to see why not. [C-038]
//
//   bazel run //demos:play
//   bazel run //demos:play -- --level=4
//
// Keys: 1 to 3 let that thread go on, u takes a step back, h gives a hint,
// ? counts the schedules from here on that break it, q ends. From a pipe they
// are read as well:   echo 11122221 | bazel run //demos:play
//
// Expected: the state after each step, and last
//   VERDICT C-038 found: level 1: 68 of 70 schedules break it; yours after 8
//   steps: x=1, broken
#include <unistd.h>

#include <iterator>
#include <string>

#include "demos/play_game.h"
#include "demos/support/flags.h"
#include "demos/support/interrupt.h"
#include "demos/support/keys.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "gil_sim/check_policy.h"
#include "gil_sim/examples.h"

namespace demos {
namespace {

namespace examples = gil_sim::examples;
using gil_sim::CheckPolicy;
using support::print;

struct Level {
  const char* title;
  std::string text;  // of the program
  CheckPolicy checks;
};

std::string counter(const std::string& body) {
  return examples::program("A B", body, 2);
}

const Level kLevels[] = {
    {"x = x + 1, where a switch may come after every instruction",
     counter(examples::kIncrement), CheckPolicy::kEveryInstruction},
    {"the same line, where only backward jumps and calls are check points",
     counter(examples::kIncrement), CheckPolicy::kBackwardJumpsAndCalls},
    {"x = x + one(), under the same rule", counter(examples::kIncrementByCall),
     CheckPolicy::kBackwardJumpsAndCalls},
    {"x = x + await one(), two tasks of one loop",
     counter(examples::kIncrementByAwait), CheckPolicy::kAwaitsOnly},
    {"x = x + 1 with a lock around it",
     counter(examples::locked(examples::kIncrement)),
     CheckPolicy::kEveryInstruction},
    {"two locks, taken crosswise", examples::two_locks(true),
     CheckPolicy::kEveryInstruction},
    {"three philosophers, who all reach for the lower fork first",
     examples::philosophers(3, true), CheckPolicy::kEveryInstruction},
};

std::string keys_of(const Game& game) {
  return "keys: 1 to " + std::to_string(game.threads()) +
         " step, u undo, h hint, ? how many break it from here, q quit\n";
}

void play(Game& game) {
  support::Keys keys(STDIN_FILENO);
  print(game.listing() + "\n" + keys_of(game) + game.picture());
  while (const auto key = keys.next()) {
    const auto thread = static_cast<size_t>(*key - '1');
    if (*key == 'q') {
      return;
    }
    if (*key == 'h') {
      print(game.hint());
    } else if (*key == '?') {
      print("from here " + game.count() + "\n");
    } else if (*key == 'u') {
      print("\n" + game.undo());
      print(game.picture());
    } else if (thread < game.threads()) {
      print("\n" + game.step(thread));
      print(game.picture());
    } else if (*key != '\n' && *key != ' ') {
      print("no such key; " + keys_of(game));
    }
  }
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("play", [&] {
    int level = 1;
    support::Flags flags("play", "you say which thread goes on");
    flags.number("level", &level, 1, std::size(kLevels), "what to break");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    const support::InterruptScope interrupt;
    const Level& chosen = kLevels[level - 1];
    const std::string name = "level " + std::to_string(level) + ": ";
    print(name + chosen.title + "\n\n");
    Game game(chosen.text, chosen.checks);
    const std::string at_the_start = game.count();
    play(game);
    print("\n" +
          support::verdict("C-038", "found: " + name + at_the_start +
                                        "; yours after " +
                                        std::to_string(game.steps()) +
                                        " steps: " + game.ending()) +
          "\n");
    return 0;
  });
}
