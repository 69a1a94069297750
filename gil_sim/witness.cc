#include "gil_sim/witness.h"

#include <algorithm>
#include <memory>
#include <span>
#include <stdexcept>

#include "gil_sim/state_table.h"

namespace gil_sim {

namespace {

constexpr size_t kWidth = 22;  // of a column

Model model_of(const Program& program, const SearchOptions& options) {
  return Model(program, rules_of(options));
}

// Whether giving the turn from `last` to another is bad luck for `last`.
bool is_forced(const Model& model, const Model::State& state, size_t last,
               size_t next) {
  return last < model.threads() && last != next && model.can_step(state, last);
}

// Breadth first by forced switches. A node is a state and who made the step
// into it, since that decides what the next step costs.
class WitnessSearch {
 public:
  WitnessSearch(const Model& model, const SearchOptions& options)
      : model_(model), options_(options) {}

  std::optional<Schedule> run(const Model::State& first,
                              const IsWanted& wanted) {
    auto here = std::make_unique<Model::State>(first);
    auto there = std::make_unique<Model::State>();
    discover(*here, Program::kMaxThreads, 0, false);
    for (int forced = 0; !now_.empty() || !later_.empty(); ++forced) {
      for (size_t i = 0; i < now_.size(); ++i) {
        const uint32_t node = now_[i];
        if (done_[node]) {
          continue;  // it came here again, by a cheaper way
        }
        done_[node] = true;
        const std::span<const uint8_t> key = table_.key(node);
        const size_t last = key[0];
        model_.unpack(key.data(), *here);
        bool is_end = true;
        for (size_t t = 0; t < model_.threads(); ++t) {
          if (!model_.can_step(*here, t)) {
            continue;
          }
          is_end = false;
          model_.unpack(key.data(), *there);
          count(model_.step(*there, t).instructions);
          discover(*there, t, node, is_forced(model_, *here, last, t));
        }
        if (is_end && wanted(model_.ending(*here))) {
          return Schedule{turns_to(node), model_.ending(*here), forced};
        }
      }
      now_ = std::move(later_);
      later_.clear();
    }
    return std::nullopt;
  }

 private:
  void count(int instructions) {
    instructions_ += static_cast<uint64_t>(instructions);
    if (instructions_ > options_.most_instructions) {
      throw std::runtime_error("no witness among the first " +
                               std::to_string(options_.most_instructions) +
                               " instructions");
    }
  }

  void discover(const Model::State& state, size_t last, uint32_t from,
                bool costs) {
    packed_[0] = static_cast<uint8_t>(last);
    const auto [node, is_new] =
        table_.insert({packed_.data(), model_.pack(state, packed_)});
    if (is_new) {
      if (table_.size() > options_.most_states) {
        throw std::runtime_error("no witness among the first " +
                                 std::to_string(options_.most_states) +
                                 " states");
      }
      done_.push_back(false);
      from_.push_back(from);
    } else if (done_[node] || costs) {
      return;
    }
    from_[node] = from;
    (costs ? later_ : now_).push_back(node);
  }

  std::vector<uint8_t> turns_to(uint32_t node) const {
    std::vector<uint8_t> turns;
    for (; node != 0; node = from_[node]) {
      turns.push_back(table_.key(node)[0]);
    }
    std::reverse(turns.begin(), turns.end());
    return turns;
  }

  const Model& model_;
  const SearchOptions options_;
  uint64_t instructions_ = 0;
  StateTable table_;
  std::vector<bool> done_;
  std::vector<uint32_t> from_;  // the node before, on the cheapest way known
  std::vector<uint32_t> now_, later_;  // as many forced switches; one more
  Model::Packed packed_;
};

// All schedules, one after the other, without a cache.
class Lister {
 public:
  Lister(const Model& model, const SearchOptions& options,
         const IsWanted& wanted, size_t most)
      : model_(model),
        most_instructions_(options.most_instructions),
        wanted_(wanted),
        most_(most) {}

  std::vector<Schedule> run() {
    const auto state = std::make_unique<Model::State>();
    model_.start(*state);
    follow(*state, 0);
    return std::move(found_);
  }

 private:
  // Each step of it is a call, with a state of some kilobytes.
  static constexpr size_t kLongest = 5'000;

  // Out of line: their text would make the frame of every call larger.
  [[noreturn, gnu::noinline]] static void refuse_length() {
    throw std::runtime_error("nothing is listed: a schedule has more than " +
                             std::to_string(kLongest) + " steps");
  }
  [[gnu::noinline]] void count(int instructions) {
    instructions_ += static_cast<uint64_t>(instructions);
    if (instructions_ > most_instructions_) {
      throw std::runtime_error("nothing is listed: the bound of " +
                               std::to_string(most_instructions_) +
                               " instructions was reached");
    }
  }

  void follow(const Model::State& state, int forced) {
    if (turns_.size() == kLongest) {
      refuse_length();
    }
    bool is_end = true;
    const size_t last = turns_.empty() ? Program::kMaxThreads : turns_.back();
    for (size_t t = 0; t < model_.threads() && found_.size() < most_; ++t) {
      if (!model_.can_step(state, t)) {
        continue;
      }
      is_end = false;
      const auto next = std::make_unique<Model::State>(state);
      count(model_.step(*next, t).instructions);
      turns_.push_back(static_cast<uint8_t>(t));
      follow(*next, forced + is_forced(model_, state, last, t));
      turns_.pop_back();
    }
    if (is_end) {
      Model::Ending ending = model_.ending(state);
      if (found_.size() < most_ && wanted_(ending)) {
        found_.push_back({turns_, std::move(ending), forced});
      }
    }
  }

  const Model& model_;
  const uint64_t most_instructions_;
  uint64_t instructions_ = 0;
  const IsWanted& wanted_;
  const size_t most_;
  std::vector<uint8_t> turns_;
  std::vector<Schedule> found_;
};

}  // namespace

std::optional<Schedule> shortest_witness(const Program& program,
                                         const SearchOptions& options,
                                         const IsWanted& wanted) {
  const Model model = model_of(program, options);
  const auto first = std::make_unique<Model::State>();
  model.start(*first);
  return WitnessSearch(model, options).run(*first, wanted);
}

std::optional<Schedule> shortest_witness_from(const Model::State& state,
                                              const Program& program,
                                              const SearchOptions& options,
                                              const IsWanted& wanted) {
  const Model model = model_of(program, options);
  return WitnessSearch(model, options).run(state, wanted);
}

std::vector<Schedule> list_schedules(const Program& program,
                                     const SearchOptions& options,
                                     const IsWanted& wanted, size_t most) {
  const Exploration found = explore(program, options);
  if (!found.complete()) {
    throw std::runtime_error("nothing is listed: " + found.gave_up);
  }
  if (found.has_cycle) {
    throw std::invalid_argument(
        "this program has schedules without end, which cannot be listed");
  }
  // Which endings there are is known by now: to look for another would be to
  // go through all schedules in vain.
  if (std::none_of(found.outcomes.begin(), found.outcomes.end(),
                   [&wanted](const Outcome& outcome) {
                     return wanted({outcome.text, outcome.passes});
                   })) {
    return {};
  }
  return Lister(model_of(program, options), options, wanted, most).run();
}

std::string in_columns(const Program& program, const SearchOptions& options,
                       const Schedule& schedule) {
  const auto column = [](std::string text) {
    text.resize(std::max(text.size() + 1, kWidth), ' ');
    return text;
  };
  const Model model = model_of(program, options);
  const auto state = std::make_unique<Model::State>();
  model.start(*state);
  std::string text;
  for (const Program::Thread& thread : program.threads) {
    text += column(thread.name);
  }
  text.erase(text.find_last_not_of(' ') + 1);
  text += "\n";
  for (const uint8_t thread : schedule.turns) {
    Model::Log log;
    model.step(*state, thread, &log);
    for (const Model::Executed& executed : log) {
      std::string row(kWidth * thread, ' ');
      row += column(describe(program, executed.pc));
      row.resize(std::max(row.size(), kWidth * program.threads.size()), ' ');
      if (executed.global) {
        row += program.globals[*executed.global].name + "=" +
               std::to_string(executed.value);
      }
      row.erase(row.find_last_not_of(' ') + 1);
      text += row + "\n";
    }
  }
  return text + "-> " + schedule.ending.text + "\n";
}

}  // namespace gil_sim
