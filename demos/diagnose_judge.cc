#include "demos/diagnose_judge.h"

namespace demos {

namespace {

std::string text_of(const scheduler::Row& row) {
  return std::string(row.program) + " -> " + std::string(row.advice);
}

}  // namespace

std::string Judgement::advice() const {
  std::string text = text_of(*choice->row);
  for (const scheduler::Row* row : choice->nearby) {
    text += "; borderline: perhaps " + text_of(*row);
  }
  return text + (too_busy ? "; the machine was too busy to be sure" : "");
}

Judgement judge(const Watched& watched, const Rule& rule) {
  constexpr int kFewestLooks = 3;
  if (watched.wall_s * 1e3 < rule.shortest_ms || watched.looks < kFewestLooks) {
    return {};
  }
  return {.choice = choose(rule.table, watched.facts()),
          .too_busy = watched.too_busy()};
}

std::string margin(const scheduler::Criterion& criterion,
                   const Watched& watched) {
  using scheduler::Facts;
  using Kind = scheduler::Criterion::Kind;
  const bool is_share = criterion.value == &Facts::user_share ||
                        criterion.value == &Facts::cpu_share;
  return criterion.kind == Kind::kYes     ? ""
         : is_share && watched.too_busy() ? "machine too busy"
         : criterion.is_borderline(watched.facts().*criterion.value)
             ? "borderline"
             : "clear";
}

}  // namespace demos
