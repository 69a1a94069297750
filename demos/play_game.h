// demos/play_game.h - a program, a state, and a learner who says who goes on.
//
// CONCEPT     The model of a program (gil_sim/model.h) leaves one thing open:
//             whose step is next. The explorer tries every answer; here the
//             learner gives one at a time, and may take it back. What can still
//             become of the state he stands in is for the explorer to say.
// INVARIANTS  I1. The states kept are the start and one for each step made.
// THREADS     One.
// OWNERSHIP   Owns the program and the states.
// ERRORS      A step that cannot be made is refused in words.
// READ NEXT   demos/play.cc
#ifndef DEMOS_PLAY_GAME_H_
#define DEMOS_PLAY_GAME_H_

#include <cstddef>
#include <string>
#include <vector>

#include "gil_sim/bytecode.h"
#include "gil_sim/check_policy.h"
#include "gil_sim/explorer.h"
#include "gil_sim/model.h"

namespace demos {

class Game {
 public:
  // `text` is for gil_sim::assemble().
  Game(const std::string& text, gil_sim::CheckPolicy checks);

  size_t threads() const { return model_.threads(); }
  size_t steps() const { return states_.size() - 1; }  // [I1]

  // Each says what it did, or why it did not.
  std::string step(size_t thread);
  std::string undo();
  std::string hint() const;

  // "68 of 70 schedules break it", of those from here on.
  std::string count() const;
  // The listing of the program.
  std::string listing() const { return gil_sim::dis(program_); }
  // Threads, variables and locks, and how it ended if it has.
  std::string picture() const;
  // "x=1, broken", or that it has not ended.
  std::string ending() const;

 private:
  std::string stack_of(size_t thread) const;
  std::string status_of(size_t thread) const;

  const gil_sim::Program program_;
  const gil_sim::SearchOptions options_;
  const gil_sim::Model model_;
  std::vector<gil_sim::Model::State> states_;
};

}  // namespace demos

#endif  // DEMOS_PLAY_GAME_H_
