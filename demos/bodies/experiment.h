// demos/bodies/experiment.h - TEST 1 to 7: what one item does, and what the
// whole must have done.
//
// CONCEPT     An experiment is a number of equal items. Each item is a body;
//             together they leave a world behind (files, mostly) that is
//             checked. Five models run the same bodies, so they differ in
//             nothing but the way they wait and share the CPU. [C-188]
// IN PYTHON   25 programs, one for each test and model, in the documents
// INVARIANTS  I1. Values and check are the same under every model: whatever
//                 depends on order or time stands in the remark.
// THREADS     Bodies of one experiment run on many threads at once and share
//             nothing but the file system and the server.
// OWNERSHIP   A body owns its copy of the World.
// ERRORS      Bodies throw what their steps throw; check() throws
//             std::runtime_error that says what is wrong.
// READ NEXT   the seven bodies: sleeps.cc, pages.cc, one_file.cc, heavy.cc,
//             many_files.cc, api_to_file.cc, csv_file.cc
#ifndef DEMOS_BODIES_EXPERIMENT_H_
#define DEMOS_BODIES_EXPERIMENT_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "demos/bodies/step.h"
#include "scheduler/clock.h"

namespace demos::bodies {

// How large the work is. The documents' own sizes take hours to run seven
// tests under five models; the defaults take seconds and show the same.
struct Sizes {
  scheduler::Duration sleep_unit = scheduler::seconds(0.010);
  int letters = 100;        // each writer writes its delay times this many
  uint32_t base = 80000;    // TEST 4: item i computes (base + i)^(base + i)
  int rows = 12000;         // of the CSV file
  double fetch_ms = 20;     // the server's latency in TEST 2
  double fetch_cpu_us = 0;  // CPU time before each fetch there, as encryption
  double api_ms = 20;       // and in TEST 6
  double api_rate = 0;      // answers per second in TEST 6; 0: no limit
};
Sizes default_sizes();
Sizes full_sizes();

// Where an item runs.
struct World {
  Sizes sizes;
  int items = 0;
  std::string folder;  // empty at the start of each cell
  uint16_t port = 0;   // of the local server, where there is one
};

struct Experiment {
  int number;
  std::string_view title;
  std::string_view concept_id;
  int items;
  std::vector<int> full_items;  // one after another
  bool needs_server = false;
  std::string (*describe)(const World& world);
  Body (*body)(World world, int item);
  // Puts into the folder what the bodies will read.
  void (*prepare)(const World& world) = [](const World&) {};
  // Looks at what all items together have left behind and removes it; gives a
  // remark on what may differ between runs. [I1]
  std::string (*check)(const World& world, std::span<const Value> values);
};

// The seven, each in a file of its name, and all of them in order.
Experiment sleeps();
Experiment pages();
Experiment one_file();
Experiment heavy();
Experiment many_files();
Experiment api_to_file();
Experiment csv_file();
std::span<const Experiment> experiments();

// How many units the documents' list of waits has at place i: 2 to 10. The
// first 26 sum up to 178, the longest of them is 10. [C-178]
int delay_units(int item);

}  // namespace demos::bodies

#endif  // DEMOS_BODIES_EXPERIMENT_H_
