// tests/differential/ipc_scenario.h - what the scenarios about processes share,
// as in ipc_scenarios.py.
//
// CONCEPT     As scenario.h, but in real processes and real time: compared is
//             what does not depend on the machine. Results in their order,
//             errors by their kind, exit codes.
// THREADS     A log: one at a time.
// OWNERSHIP   The words outlive the log, which is a handle.
#ifndef TESTS_DIFFERENTIAL_IPC_SCENARIO_H_
#define TESTS_DIFFERENTIAL_IPC_SCENARIO_H_

#include <concepts>
#include <exception>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace tests {

// log("a", 1, true) writes the words a, 1 and True; a list is written item by
// item. In Python the arguments are evaluated from left to right, and here in
// any order: what changes something stands in a log() of its own.
class IpcLog {
 public:
  explicit IpcLog(std::string& words) : words_(&words) {}
  template <class... Words>
  void operator()(const Words&... words) const {
    (write(words), ...);
  }

 private:
  void write(const std::string& word) const { *words_ += " " + word; }
  void write(const char* word) const { write(std::string(word)); }
  void write(bool truth) const { write(truth ? "True" : "False"); }
  void write(std::integral auto number) const { write(std::to_string(number)); }
  template <class Word>
  void write(const std::vector<Word>& words) const {
    for (const Word& word : words) {
      write(word);
    }
  }

  std::string* words_;
};

struct IpcScenario {
  std::string name;
  void (*run)(IpcLog);
};
std::vector<IpcScenario>& ipc_scenarios();
// How GoogleTest shows one.
inline void PrintTo(const IpcScenario& scenario, std::ostream* out) {
  *out << scenario.name;
}

struct IpcRegistered {
  explicit IpcRegistered(IpcScenario scenario) {
    ipc_scenarios().push_back(std::move(scenario));
  }
};

// def name(log):
#define IPC_SCENARIO(name)                              \
  void name(IpcLog log);                                \
  const IpcRegistered name##_registered({#name, name}); \
  void name(IpcLog log)

// The name of an error in Python, and its text.
struct Caught {
  std::string kind;
  std::string text;
};
Caught caught_now();  // in a catch block

template <class Function>
void attempt(IpcLog log, Function function) {
  try {
    if constexpr (std::is_void_v<decltype(function())>) {
      function();
      log("None");
    } else {
      log(function());
    }
  } catch (...) {
    log(caught_now().kind);
  }
}

// The text as well.
template <class Function>
void told(IpcLog log, Function function) {
  try {
    log(function());
  } catch (...) {
    const Caught caught = caught_now();
    log(caught.kind, caught.text);
  }
}

}  // namespace tests

#endif  // TESTS_DIFFERENTIAL_IPC_SCENARIO_H_
