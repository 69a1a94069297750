// demos/matrix/cell.h - one test, one model, one run: in a process of its own.
//
// CONCEPT     A measurement must not feel the one before it: memory that was
//             freed but kept, threads that idle, files in the way. So each
//             cell is a fresh child in a fresh folder. The child measures the
//             time and the CPU time of its own work, without its birth and
//             death; peaks and switches are those of its whole life, seen from
//             outside. What the items computed comes back and is checked by
//             the parent, at nobody's cost. [C-189]
// IN PYTHON   subprocess.run([sys.executable, "test4_threads.py"])
// INVARIANTS  I1. A result is returned only if the experiment's check holds.
// THREADS     Main thread only.
// OWNERSHIP   The folder and the child live for the length of the call.
// ERRORS      std::runtime_error naming the test and the model, with what went
//             wrong; Interrupted on Ctrl-C.
// READ NEXT   demos/matrix/measured_test.h
#ifndef DEMOS_MATRIX_CELL_H_
#define DEMOS_MATRIX_CELL_H_

#include <string>

#include "demos/runners/runner.h"
#include "demos/support/meter.h"
#include "demos/support/statistics.h"

namespace demos::matrix {

struct Cell {
  double seconds = 0;
  double cpu_seconds = 0;  // of the child and its reaped children, meanwhile
  support::Usage usage;
  runners::Outcome outcome;
  std::string remark;
};

// `folder` is where the cell may make its own.
Cell run_cell(const runners::Model& model, runners::Job job,
              const std::string& folder);

// What a cell costs that does nothing, for a while.
support::Usage empty_cell();

// The seconds from a cell's birth to its death, without anything between them.
// They are in no Cell::seconds, which a cell takes itself.
support::Spread seconds_of_empty_cells();

}  // namespace demos::matrix

#endif  // DEMOS_MATRIX_CELL_H_
