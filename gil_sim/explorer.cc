#include "gil_sim/explorer.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <stdexcept>

#include "gil_sim/state_table.h"

namespace gil_sim {

namespace {

// The graph whose nodes are a state and a *sleep set*: the threads that need
// not be followed from here, because a schedule that begins with their step is
// equivalent to one that is followed elsewhere. Without classes it is empty.
class Graph {
 public:
  Graph(const Program& program, const SearchOptions& options)
      : options_(options), model_(program, rules_of(options)) {}

  // Finds all nodes, from `first` or the start of the program on, and keeps for
  // each the steps from it.
  void build(const Model::State* first, Exploration& found) {
    if (first != nullptr) {
      *here_ = *first;
    } else {
      model_.start(*here_);
    }
    packed_[0][0] = 0;
    table_.insert({packed_[0].data(), model_.pack(*here_, packed_[0])});
    // In the order of their numbers: those that are new come at the end.
    for (uint32_t node = 0; node < table_.size(); ++node) {
      if (table_.size() > options_.most_states) {
        found.gave_up = "the bound of " + std::to_string(options_.most_states) +
                        " states was reached";
        break;
      }
      if (instructions_ > options_.most_instructions) {
        found.gave_up = "the bound of " +
                        std::to_string(options_.most_instructions) +
                        " instructions was reached";
        break;
      }
      first_step_.push_back(static_cast<uint32_t>(steps_.size()));
      follow(node);
      if (first_step_[node] == steps_.size()) {
        record(node, 0);
      }
    }
    found.states = table_.size();
    found.steps = steps_.size();
    found.bytes = table_.bytes() +
                  (steps_.size() + first_step_.size()) * sizeof(uint32_t);
  }

  // Goes through the nodes so that each comes after all before it, and adds up
  // the ways that lead there. What is never reached in this order is on a
  // cycle, or behind one. Node 0 is before all others unless it is on one.
  void count(Exploration& found) {
    first_step_.push_back(static_cast<uint32_t>(steps_.size()));
    table_.freeze();
    std::vector<uint32_t> steps_in(table_.size(), 0);
    for (const uint32_t to : steps_) {
      ++steps_in[to];
    }
    std::vector<double> ways(table_.size(), 0);
    // First come, first served: close to the order of their numbers, and so
    // kind to the cache.
    std::vector<uint32_t> ready;
    ready.reserve(table_.size());
    if (steps_in[0] == 0) {
      ready.push_back(0);
      ways[0] = 1;
    }
    for (size_t done = 0; done < ready.size(); ++done) {
      const uint32_t node = ready[done];
      const uint32_t end = first_step_[node + 1];
      for (uint32_t i = first_step_[node]; i < end; ++i) {
        const uint32_t to = steps_[i];
        ways[to] += ways[node];
        if (--steps_in[to] == 0) {
          ready.push_back(to);
        }
      }
      if (first_step_[node] == end) {
        record(node, ways[node]);
      }
    }
    found.has_cycle = ready.size() < table_.size();
    found.bytes =
        std::max(found.bytes, table_.bytes() +
                                  (steps_.size() + first_step_.size() +
                                   steps_in.size() + ready.capacity()) *
                                      sizeof(uint32_t) +
                                  ways.size() * sizeof(double));
  }

  void report(Exploration& found) const {
    for (const auto& [text, outcome] : outcomes_) {
      found.outcomes.push_back(outcome);
      if (!found.counted()) {
        found.outcomes.back().schedules = 0;
      }
    }
  }

 private:
  // Inserts every node that one step leads to.
  void follow(uint32_t node) {
    const std::span<const uint8_t> key = table_.key(node);
    const unsigned asleep = key[0];
    unsigned able = 0;
    model_.unpack(key.data(), *here_);
    for (size_t t = 0; t < model_.threads(); ++t) {
      if (model_.can_step(*here_, t)) {
        able |= 1u << t;
      }
    }
    std::array<Model::Access, Program::kMaxThreads> accesses;
    std::array<size_t, Program::kMaxThreads> sizes;
    for (size_t t = 0; t < model_.threads(); ++t) {
      if ((able >> t & 1) != 0) {
        model_.unpack(key.data(), *there_);
        accesses[t] = model_.step(*there_, t);
        instructions_ += static_cast<uint64_t>(accesses[t].instructions);
        sizes[t] = model_.pack(*there_, packed_[t]);
      }
    }
    // After t's step those are asleep whose own step may as well come before
    // it: they were so here, or are followed from here.
    unsigned before = asleep;
    for (size_t t = 0; t < model_.threads(); ++t) {
      if (((able & ~asleep) >> t & 1) == 0) {
        continue;
      }
      unsigned next = 0;
      if (options_.reduction == Reduction::kClasses) {
        for (size_t u = 0; u < model_.threads(); ++u) {
          if ((before >> u & 1) != 0 &&
              accesses[u].independent_of(accesses[t])) {
            next |= 1u << u;
          }
        }
      }
      before |= 1u << t;
      packed_[t][0] = static_cast<uint8_t>(next);
      steps_.push_back(table_.insert({packed_[t].data(), sizes[t]}).number);
    }
  }

  void record(uint32_t node, double ways) {
    const std::span<const uint8_t> key = table_.key(node);
    model_.unpack(key.data(), *here_);
    if (!model_.is_end(*here_)) {
      return;  // only asleep: followed elsewhere
    }
    const Model::Ending ending = model_.ending(*here_);
    Outcome& outcome =
        outcomes_
            .try_emplace(ending.text, Outcome{ending.text, ending.passes, 0})
            .first->second;
    outcome.schedules += ways;
  }

  const SearchOptions options_;
  const Model model_;
  StateTable table_;
  uint64_t instructions_ = 0;
  // All steps, those from one node together; and where they begin. Deques:
  // they grow without a copy, and without room for as much again.
  std::deque<uint32_t> steps_;
  std::deque<uint32_t> first_step_;
  std::map<std::string, Outcome> outcomes_;
  // Scratch, kept because it is large.
  std::unique_ptr<Model::State> here_ = std::make_unique<Model::State>();
  std::unique_ptr<Model::State> there_ = std::make_unique<Model::State>();
  std::array<Model::Packed, Program::kMaxThreads> packed_;
};

Exploration search(const Model::State* first, const Program& program,
                   const SearchOptions& options) {
  assert(options.most_states < (1u << 29) && "steps are numbered in 32 bits");
  Exploration found;
  const auto owned = std::make_unique<Graph>(program, options);  // 50 KB
  Graph& graph = *owned;
  try {
    graph.build(first, found);
  } catch (const Endless& endless) {
    found.gave_up = endless.what();
  } catch (const StateTable::Full& full) {
    found.gave_up = full.what();
  }
  if (found.complete()) {
    graph.count(found);
  }
  graph.report(found);
  return found;
}

}  // namespace

Exploration explore(const Program& program, const SearchOptions& options) {
  return search(nullptr, program, options);
}

Exploration explore_from(const Model::State& state, const Program& program,
                         const SearchOptions& options) {
  return search(&state, program, options);
}

Exploration must_be_counted(Exploration found) {
  if (!found.counted()) {
    throw std::runtime_error(
        "nothing can be claimed: " +
        (found.complete() ? "some schedules never end" : found.gave_up));
  }
  return found;
}

double Exploration::schedules() const {
  double sum = 0;
  for (const Outcome& outcome : outcomes) {
    sum += outcome.schedules;
  }
  return sum;
}

double Exploration::failing() const {
  double sum = 0;
  for (const Outcome& outcome : outcomes) {
    sum += outcome.passes ? 0 : outcome.schedules;
  }
  return sum;
}

double Exploration::passing() const {
  double sum = 0;
  for (const Outcome& outcome : outcomes) {
    sum += outcome.passes ? outcome.schedules : 0;
  }
  return sum;
}

bool Exploration::can_fail() const {
  return std::any_of(outcomes.begin(), outcomes.end(),
                     [](const Outcome& outcome) { return !outcome.passes; });
}

}  // namespace gil_sim
