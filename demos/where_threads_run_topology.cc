#include "demos/where_threads_run_topology.h"

#include <sched.h>

#include <fstream>
#include <map>
#include <string>

#include "demos/support/run_demo.h"
#include "os/syscall.h"

namespace demos {

namespace {

// The CPUs that share a core with this one, as the system writes it: "0-1".
std::string siblings_of(int cpu) {
  std::ifstream file("/sys/devices/system/cpu/cpu" + std::to_string(cpu) +
                     "/topology/thread_siblings_list");
  std::string text;
  std::getline(file, text);
  return text;
}

// "0.20 0.18 0.12 1/80 11206": threads of all processes behind the slash.
std::string threads_in_the_system() {
  std::ifstream file("/proc/loadavg");
  std::string word;
  for (int i = 0; i < 4; ++i) {
    file >> word;
  }
  return word.substr(word.find('/') + 1);
}

}  // namespace

void show_topology(support::Verdicts& verdicts) {
  cpu_set_t usable;
  os::check(sched_getaffinity(0, sizeof usable, &usable), "sched_getaffinity");
  support::Table table({"CPU", "shares its core with"});
  std::map<std::string, int> cores;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &usable)) {
      const std::string siblings = siblings_of(cpu);
      table.add({std::to_string(cpu), siblings.empty() ? "?" : siblings});
      ++cores[siblings];
    }
  }
  support::print(table.text() + "\n");
  if (cores.contains("")) {
    support::print("This system does not tell which CPUs share a core.\n");
    return;
  }
  int most = 0;
  for (const auto& [siblings, count] : cores) {
    most = count > most ? count : most;
  }
  const std::string found = std::to_string(CPU_COUNT(&usable)) + " CPUs are " +
                            std::to_string(cores.size()) +
                            " cores with up to " + std::to_string(most) +
                            " hardware threads each";
  verdicts.add("C-013", (most > 1 ? "imprecise: " : "not shown here: ") +
                            found +
                            (most > 1 ? "; so many threads run on one core at "
                                        "the same time"
                                      : ""));
  verdicts.add("C-041", "found: " + found +
                            "; software threads in the system "
                            "at this moment: " +
                            threads_in_the_system());
}

}  // namespace demos
