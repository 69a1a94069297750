#include "scheduler/cpu_sim/workload.h"

#include <algorithm>
#include <cctype>
#include <random>
#include <stdexcept>

namespace scheduler::cpu_sim {

namespace {

// Bounds that no experiment needs and that keep all sums within 64 bits.
constexpr size_t kMostDigits = 7;
constexpr size_t kMostDecimals = 6;  // a unit is a million nanoseconds

constexpr const char* kTimes =
    "a number of units with up to 7 digits and 6 decimals, like 5 or 0.25";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Reads a text from left to right, one job after the other.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Workload workload() {
    Workload jobs;
    do {
      jobs.push_back(job());
    } while (take(','));
    expect_end("',' and another job, ':' and an option, or the end");
    return jobs;
  }

  Duration time() {
    const size_t start = at_;
    const int64_t whole = number(kTimes);
    int64_t nanoseconds = whole * kUnit.count();
    if (take('.')) {
      const size_t first = at_;
      int64_t place = kUnit.count();
      for (; is_digit(peek()) && at_ - first < kMostDecimals; ++at_) {
        place /= 10;
        nanoseconds += (peek() - '0') * place;
      }
      if (at_ == first || is_digit(peek())) {
        refuse(start, kTimes);
      }
    }
    return Duration(nanoseconds);
  }

  void expect_end(const char* accepted) const {
    if (at_ != text_.size()) {
      refuse(at_, accepted);
    }
  }

 private:
  JobSpec job() {
    JobSpec spec{.name = name(), .arrival = {}, .bursts = {}};
    expect(':', "':' and the time of arrival, as in A:0:5");
    spec.arrival = time();
    expect(':', "':' and the bursts, as in A:0:5 or A:0:3+2+4");
    do {
      const size_t start = at_;
      spec.bursts.push_back(time());
      if (spec.bursts.back() == Duration::zero()) {
        refuse(start, "a burst longer than zero");
      }
    } while (take('+'));
    if (spec.bursts.size() % 2 == 0) {
      refuse(at_, "'+' and one more CPU burst: a job does not end with I/O");
    }
    while (take(':')) {
      option(spec);
    }
    return spec;
  }

  std::string name() {
    const size_t start = at_;
    while (std::isalnum(static_cast<unsigned char>(peek())) != 0 ||
           peek() == '_' || peek() == '-') {
      ++at_;
    }
    if (at_ == start) {
      refuse(at_, "the name of a job: letters, digits, '_' or '-'");
    }
    return std::string(text_.substr(start, at_ - start));
  }

  void option(JobSpec& spec) {
    static constexpr const char* kNumber = "a number with up to 7 digits";
    if (take_word("priority=")) {
      spec.priority = static_cast<int>(number(kNumber));
    } else if (take_word("share=")) {
      const size_t start = at_;
      spec.share = static_cast<int>(number(kNumber));
      if (spec.share == 0 || spec.share > kLargestShare) {
        refuse(start, "a share from 1 to 1000");
      }
    } else if (take_word("process=")) {
      spec.process = static_cast<int>(number(kNumber));
    } else {
      refuse(at_, "priority=, share= or process=");
    }
  }

  int64_t number(const char* accepted) {
    const size_t start = at_;
    int64_t value = 0;
    for (; is_digit(peek()) && at_ - start < kMostDigits; ++at_) {
      value = value * 10 + (peek() - '0');
    }
    if (at_ == start || is_digit(peek())) {
      refuse(start, accepted);
    }
    return value;
  }

  // The end reads as a character that stands nowhere.
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool take(char c) {
    const bool there = at_ < text_.size() && text_[at_] == c;
    at_ += there ? 1 : 0;
    return there;
  }

  bool take_word(std::string_view word) {
    const bool there = text_.substr(at_).starts_with(word);
    at_ += there ? word.size() : 0;
    return there;
  }

  void expect(char c, const char* accepted) {
    if (!take(c)) {
      refuse(at_, accepted);
    }
  }

  [[noreturn]] void refuse(size_t position, const char* accepted) const {
    const std::string found =
        position < text_.size()
            ? "'" + std::string(text_.substr(position, 12)) + "'"
            : "the end";
    throw std::invalid_argument("character " + std::to_string(position + 1) +
                                ": found " + found + ", expected " + accepted);
  }

  const std::string_view text_;
  size_t at_ = 0;
};

// From `low` to `high`, both included. Not std::uniform_int_distribution,
// whose numbers differ between libraries. [I2]
int64_t draw(std::mt19937_64& dice, int64_t low, int64_t high) {
  return low +
         static_cast<int64_t>(dice() % static_cast<uint64_t>(high - low + 1));
}

}  // namespace

Workload parse_workload(std::string_view text) {
  return Parser(text).workload();
}

Duration parse_units(std::string_view text) {
  Parser parser(text);
  const Duration time = parser.time();
  parser.expect_end("the end of the number");
  return time;
}

std::string text_of(Duration duration) {
  std::string text = std::to_string(duration / kUnit);
  if (duration % kUnit != Duration::zero()) {
    std::string decimals = std::to_string((duration % kUnit).count());
    decimals.insert(0, kMostDecimals - decimals.size(), '0');
    decimals.erase(decimals.find_last_not_of('0') + 1);
    text += "." + decimals;
  }
  return text;
}

std::string text_of(const Workload& workload) {
  std::string text;
  for (const JobSpec& spec : workload) {
    text += (text.empty() ? "" : ",") + spec.name + ":" + text_of(spec.arrival);
    for (size_t i = 0; i < spec.bursts.size(); ++i) {
      text += (i == 0 ? ":" : "+") + text_of(spec.bursts[i]);
    }
    if (spec.priority != 0) {
      text += ":priority=" + std::to_string(spec.priority);
    }
    if (spec.share != 1) {
      text += ":share=" + std::to_string(spec.share);
    }
    if (spec.process >= 0) {
      text += ":process=" + std::to_string(spec.process);
    }
  }
  return text;
}

Workload random_workload(uint64_t seed, const Mix& mix) {
  std::mt19937_64 dice(seed);
  Workload workload;
  workload.reserve(static_cast<size_t>(mix.jobs));
  const int64_t longest = std::max<int64_t>(mix.longest_burst / kUnit, 1);
  for (int i = 0; i < mix.jobs; ++i) {
    JobSpec spec{
        .name = "J" + std::to_string(i),
        .arrival = draw(dice, 0, mix.arrivals / kUnit) * kUnit,
        .bursts = {},
        .priority = static_cast<int>(draw(dice, 0, mix.priorities - 1)),
        .share = static_cast<int>(draw(dice, 1, mix.shares))};
    if (draw(dice, 1, 3) == 1) {
      spec.bursts = {draw(dice, 1, longest) * kUnit};
    } else {
      const int64_t shortest = std::max<int64_t>(longest / 5, 1);
      const int64_t waits = draw(dice, 1, 3);
      spec.bursts = {draw(dice, 1, shortest) * kUnit};
      for (int64_t wait = 0; wait < waits; ++wait) {
        spec.bursts.push_back(draw(dice, 1, longest) * kUnit);
        spec.bursts.push_back(draw(dice, 1, shortest) * kUnit);
      }
    }
    workload.push_back(std::move(spec));
  }
  return workload;
}

}  // namespace scheduler::cpu_sim
