#include "tests/faults/fault_runs.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>

#include "gtest/gtest.h"
#include "os/signals.h"
#include "tests/support/environment.h"
#include "tests/support/fault_plan.h"
#include "tests/support/leak_listener.h"

namespace tests {

namespace {

constexpr unsigned kPatience = 30;  // seconds

// For the handler. Set while no alarm is pending.
uint64_t seed_of_the_day;

void tell_and_end(int) {
  char text[80];
  const int size = snprintf(text, sizeof text, "seed %llu does not end\n",
                            static_cast<unsigned long long>(seed_of_the_day));
  // Last words: nobody is left to be told that they could not be written.
  [[maybe_unused]] const ssize_t written =
      ::write(STDERR_FILENO, text, static_cast<size_t>(size));
  _exit(1);  // what hangs would hang in a destructor too
}

// While it lives, the day may take so long.
class Watchdog {
 public:
  explicit Watchdog(uint64_t seed) {
    seed_of_the_day = seed;
    ::alarm(kPatience);
  }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog() { ::alarm(0); }

 private:
  const os::ScopedSignalHandler handler_{SIGALRM, &tell_and_end, 0};
};

// From a few calls to most of them go through.
unsigned odds_of(uint64_t seed) {
  constexpr unsigned kOdds[] = {4, 8, 16, 32, 64, 128, 256, 1024};
  return kOdds[seed % std::size(kOdds)];
}

}  // namespace

void Days::run(unsigned count, const std::function<void()>& scenario) {
  if (const uint64_t only = number_in("FAULT_SEED", 0)) {
    run_day(only, scenario);
    return;
  }
  const uint64_t days = count * number_in("FAULT_TIMES", 1);
  for (uint64_t seed = 1; seed <= days; ++seed) {
    run_day(seed, scenario);
    if (testing::Test::HasFailure()) {
      return;
    }
  }
  std::printf("%llu days, %zu faults: %u succeeded, %u were refused\n",
              static_cast<unsigned long long>(days), faults_, successes_,
              refusals_);
  EXPECT_GT(successes_, 0u);  // [I1]
  EXPECT_GT(faults_, 0u);
  EXPECT_EQ(refusals_ > 0, !refusable_.empty());
}

void Days::run_day(uint64_t seed, const std::function<void()>& scenario) {
  const Watchdog watchdog(seed);
  const std::vector<std::string> before = held_resources();
  std::string objection;
  std::string history;
  {
    const FaultPlan plan(seed, odds_of(seed));
    try {
      scenario();
      ++successes_;
    } catch (const std::system_error& error) {
      ++refusals_;
      objection = objection_to(error, plan.gave(error.code().value()));
    } catch (const std::exception& error) {
      objection = std::string("it threw ") + error.what();
    } catch (...) {
      objection = "it threw what is no error";
    }
    faults_ += plan.faults();
    history = plan.history();
  }
  if (!objection.empty()) {
    ADD_FAILURE() << objection;
  }
  for (const std::string& leak : leaks_since(before)) {
    ADD_FAILURE() << "leaked: " << leak;
  }
  if (testing::Test::HasFailure()) {
    ADD_FAILURE() << "in the day of seed " << seed << ": " << history
                  << "\nagain by --test_env=FAULT_SEED=" << seed;
  }
}

std::string Days::objection_to(const std::system_error& error,
                               bool given) const {
  const std::string text = error.what();
  const bool named = std::any_of(
      refusable_.begin(), refusable_.end(),
      [&](const std::string& call) { return text.rfind(call, 0) == 0; });
  if (!named) {
    return "no header tells of: " + text;
  }
  return given ? "" : "nobody gave it this reason: " + text;
}

}  // namespace tests
