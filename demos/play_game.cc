#include "demos/play_game.h"

#include <cstdint>

#include "demos/support/report.h"
#include "gil_sim/assembler.h"
#include "gil_sim/evaluate.h"
#include "gil_sim/witness.h"

namespace demos {

using gil_sim::Model;
using support::whole;

Game::Game(const std::string& text, gil_sim::CheckPolicy checks)
    : program_(gil_sim::assemble(text)),
      options_{.checks = checks},
      model_(program_, gil_sim::rules_of(options_)),
      states_(1) {
  model_.start(states_.back());
}

std::string Game::step(size_t thread) {
  const std::string& name = program_.threads[thread].name;
  if (!model_.can_step(states_.back(), thread)) {
    return name + " cannot go on: " + status_of(thread) + "\n";
  }
  states_.push_back(states_.back());
  Model::Log log;
  model_.step(states_.back(), thread, &log);
  std::string text;
  for (const Model::Executed& executed : log) {
    text += name + ": " + gil_sim::describe(program_, executed.pc);
    if (executed.global) {
      text += "   " + program_.globals[*executed.global].name + "=" +
              std::to_string(executed.value);
    }
    text += "\n";
  }
  return text;
}

std::string Game::undo() {
  if (steps() == 0) {
    return "nothing to undo\n";
  }
  states_.pop_back();
  return "undone: " + std::to_string(steps()) + " steps so far\n";
}

std::string Game::hint() const {
  const auto way =
      gil_sim::shortest_witness_from(states_.back(), program_, options_);
  if (!way) {
    return "hint: from here no schedule breaks it\n";
  }
  if (way->turns.empty()) {
    return "hint: it is broken\n";
  }
  const size_t next = way->turns.front();
  return "hint: " + std::to_string(next + 1) + " (" +
         program_.threads[next].name + "), on the way to " + way->ending.text +
         "\n";
}

std::string Game::count() const {
  const auto found = gil_sim::must_be_counted(
      gil_sim::explore_from(states_.back(), program_, options_));
  return whole(found.failing()) + " of " + whole(found.schedules()) +
         " schedules break it";
}

std::string Game::picture() const {
  const Model::State& state = states_.back();
  support::Table table({"key", "thread", "next", "stack"});
  for (size_t t = 0; t < threads(); ++t) {
    table.add({std::to_string(t + 1), program_.threads[t].name, status_of(t),
               stack_of(t)});
  }
  std::string text = table.text();
  for (size_t i = 0; i < program_.globals.size(); ++i) {
    text += program_.globals[i].name + "=" + std::to_string(state.globals[i]) +
            "  ";
  }
  for (size_t i = 0; i < program_.locks.size(); ++i) {
    const uint8_t owner = state.owner[i];
    text += program_.locks[i] + ": " +
            (owner == 0 ? "free" : program_.threads[owner - 1u].name) + "  ";
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text + "\n" +
         (model_.is_end(state) ? "-> " + ending() + "\n" : std::string());
}

std::string Game::ending() const {
  if (!model_.is_end(states_.back())) {
    return "not at its end";
  }
  const Model::Ending end = model_.ending(states_.back());
  return end.text + (end.passes ? ", as it should" : ", broken");
}

std::string Game::stack_of(size_t thread) const {
  const gil_sim::ThreadFrame& frame = states_.back().threads[thread];
  std::string text;
  for (int32_t i = 0; i < frame.depth; ++i) {
    text += (i > 0 ? " " : "") +
            std::to_string(frame.stack[static_cast<size_t>(i)]);
  }
  return text.empty() ? "-" : text;
}

std::string Game::status_of(size_t thread) const {
  const Model::State& state = states_.back();
  if (model_.has_ended(state, thread)) {
    return "(ended)";
  }
  const auto pc = static_cast<size_t>(state.threads[thread].pc);
  const std::string next = gil_sim::describe(program_, pc);
  if (model_.can_step(state, thread)) {
    return next;
  }
  return state.failed_line != 0 ? "(an assertion failed)" : next + " (waits)";
}

}  // namespace demos
