// demos/gil_timeline.cc - who holds the lock, who wants it, who waits.
//
// Three threads that compute, two that sleep, and a ticker beside a hog, under
// the algorithm of the global lock and on a clock that is moved by hand. Under
// each chart stand the two events that one number keeps apart: a waiter *asks*
// when its interval is over, the holder *drops* at its next check point - which
// a long instruction does not have. [C-151] [C-152] [C-158] [C-164] [C-165]
// [C-159] [C-166]
//
//   bazel run //demos:gil_timeline
//   bazel run //demos:gil_timeline -- --work=compute --wake=fifo,lifo,random
//
// Predict: when does the ticker tick for the first time? Expected: a chart for
// each scene, and last
//   VERDICT C-166 imprecise: ...
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "demos/gil_picture.h"
#include "demos/support/flags.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "gil_sim/gil_model.h"
#include "scheduler/clock.h"
#include "scheduler/gantt.h"
#include "scheduler/timeline.h"

namespace demos {
namespace {

using gil_sim::GilThread;
using gil_sim::GilWork;
using scheduler::Duration;
using std::chrono::milliseconds;
using namespace std::chrono_literals;
using support::print;
using What = gil_sim::GilEvent::What;

// The scene of the ticker.
constexpr milliseconds kHog{30};
constexpr milliseconds kTick{1};

const std::vector<std::string> kWakes = {"fifo", "lifo", "random"};

std::string ms(Duration duration) {
  return support::fixed(1000 * scheduler::in_seconds(duration), 1) + " ms";
}

// `op` is what computing consists of: instructions, or one long one.
std::vector<GilThread> scene(const std::string& work, GilWork::Kind op) {
  const auto compute = [&](milliseconds length) { return GilWork{op, length}; };
  const auto sleep = [](milliseconds length) {
    return GilWork{GilWork::Kind::kBlock, length};
  };
  if (work == "compute") {
    return {
        {"A", {compute(15ms)}}, {"B", {compute(15ms)}}, {"C", {compute(15ms)}}};
  }
  if (work == "sleep") {
    return {{"A", {compute(2ms), sleep(10ms), compute(2ms)}},
            {"B", {compute(2ms), sleep(10ms), compute(2ms)}}};
  }
  GilThread ticker{"ticker", {}};
  for (int tick = 0; tick < 4; ++tick) {
    ticker.work.push_back(sleep(kTick));
    ticker.work.push_back(compute(0ms));
  }
  return {{"hog", {compute(kHog)}}, ticker};
}

struct Options {
  std::vector<std::string> works = {"compute", "sleep", "ticker"};
  std::vector<std::string> ops = {"short", "long"};
  std::vector<std::string> wakes = {"fifo"};
  double interval_ms = 5;
  int seed = 1;
};

// What the runs have shown, for the verdicts.
class Findings {
 public:
  void add(const std::string& work, const std::string& op,
           const std::string& wake, const GilRun& run) {
    ++runs_;
    takes_ += run.takes();
    one_holder_ = one_holder_ && run.has_one_holder();
    const scheduler::Overlap overlap =
        scheduler::overlap_of(run.timeline.slices());
    overlap_.running = std::max(overlap_.running, overlap.running);
    overlap_.lifetimes = std::max(overlap_.lifetimes, overlap.lifetimes);
    for (const GilRun::Request& request : run.requests()) {
      delays_.push_back(request.dropped - request.asked);
    }
    if (work == "sleep") {
      nobody_ = std::max(nobody_, run.longest(What::kDrop, What::kTake));
    }
    if (work == "ticker" && op == "long") {
      gap_ = run.longest(What::kTake, What::kTake, 1);
    }
    if (work == "compute" && op == "short") {
      orders_.push_back({wake, run.holders()});
    }
  }

  std::string judge(Duration interval) const {
    support::Verdicts verdicts;
    verdicts.add("C-151", std::string(one_holder_ ? "true: " : "false: ") +
                              std::to_string(takes_) + " takes in " +
                              std::to_string(runs_) +
                              " runs, each after the drop of the last holder");
    verdicts.add("C-152",
                 std::string(overlap_.running == 0 ? "true: " : "false: ") +
                     "lifetimes overlap by up to " +
                     support::fixed(overlap_.lifetimes, 2) +
                     ", running bytecode by " +
                     support::fixed(overlap_.running, 2));
    if (nobody_ > Duration::zero()) {
      verdicts.add("C-158", "true: for " + ms(nobody_) +
                                " nobody holds the lock: all sleep, and the "
                                "system keeps the time");
    }
    if (gap_) {
      verdicts.add("C-164",
                   (*gap_ > 2 * interval ? "true: " : "not shown: ") +
                       ("an instruction of " + ms(kHog) +
                        " stops a ticker of " + ms(kTick) + " for " +
                        ms(*gap_) + ", at an interval of " + ms(interval)));
    }
    if (orders_.size() > 1) {
      std::string text;
      bool differ = false;
      for (const auto& [wake, order] : orders_) {
        text += (text.empty() ? "" : ", ") + wake + " " + order;
        differ = differ || order != orders_.front().holders;
      }
      verdicts.add("C-165",
                   (differ ? "true: the same threads, woken by " +
                                 std::to_string(orders_.size()) + " policies: "
                           : "not shown: the order is the same: ") +
                       text);
    }
    if (!delays_.empty()) {
      const auto [least, most] =
          std::minmax_element(delays_.begin(), delays_.end());
      // Where every instruction is short, the two fall together.
      verdicts.add(
          "C-166",
          (*most > *least ? "imprecise: " : "not shown: ") +
              ("waiters asked " + std::to_string(delays_.size()) +
               " times, each after " + ms(interval) +
               " without a switch; the holder dropped " + ms(*least) + " to " +
               ms(*most) + " later, at its next check point"));
    }
    return verdicts.text();
  }

 private:
  struct Order {
    std::string wake;
    std::string holders;
  };

  int runs_ = 0;
  int takes_ = 0;
  bool one_holder_ = true;
  scheduler::Overlap overlap_;
  std::vector<Duration> delays_;  // from an ask to the drop
  Duration nobody_{};
  std::optional<Duration> gap_;
  std::vector<Order> orders_;
};

void run_all(const Options& options) {
  const Duration interval = scheduler::seconds(options.interval_ms / 1000);
  Findings findings;
  for (const std::string& work : options.works) {
    for (const std::string& op : options.ops) {
      if (work == "sleep" && op != options.ops.front()) {
        continue;  // it hardly computes
      }
      for (const std::string& wake : options.wakes) {
        if (work != "compute" && wake != options.wakes.front()) {
          continue;  // of two threads one waits, so there is nothing to choose
        }
        const auto place = std::find(kWakes.begin(), kWakes.end(), wake);
        const GilRun run(
            scene(work, op == "long" ? GilWork::Kind::kLong
                                     : GilWork::Kind::kCompute),
            {.interval = interval,
             .wake = static_cast<gil_sim::GilWake>(place - kWakes.begin()),
             .seed = static_cast<uint64_t>(options.seed)});
        std::string title = work;
        if (work != "sleep") {
          title += ", " + op + " instructions";
        }
        if (work == "compute") {
          title += ", wakes " + wake;
        }
        print(picture_of(title, run));
        findings.add(work, op, wake, run);
      }
    }
  }
  print(scheduler::gantt_legend() + "\n\n" + findings.judge(interval));
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("gil_timeline", [&] {
    Options options;
    support::Flags flags("gil_timeline", "holding, wanting and waiting");
    flags.choices("work", &options.works, options.works, "what threads do");
    flags.choices("op", &options.ops, options.ops,
                  "computing by short instructions or by one long one");
    flags.decimal("interval", &options.interval_ms, 0.1, 100,
                  "ms that a waiter waits before it asks");
    flags.choices("wake", &options.wakes, kWakes,
                  "whom a drop wakes, among those who compute");
    flags.number("seed", &options.seed, 0, 1'000'000, "of random wakes");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    run_all(options);
    return 0;
  });
}
