// demos/matrix/reported.h - what the documents measured, and what it follows
// from.
//
// CONCEPT     The documents have one table of 24 times and no explanation. A
//             number is understood when it can be computed from others: 27.14 s
//             is what a list of 26 waits comes to on 8 workers. Some numbers
//             need a parameter that nobody has told, such as what a hop to a
//             helper thread cost. It can be fitted - chosen so that one number
//             comes out right - but that number then proves nothing. What
//             counts is the next one that it predicts, and by how much it is
//             wrong:
//
//               fitted on one cell --> parameter --> predicts another --> error
//
//             Large errors are left as they are: they say that the cell has a
//             cause which the model does not know.
// IN PYTHON   nothing built in
// INVARIANTS  I1. A prediction uses the figure it predicts only if it says
//                 that it was fitted there.
//             I2. Nothing is measured here: it is the same on every machine.
// THREADS     A function of its argument; see virtual_pool.h.
// OWNERSHIP   Values.
// ERRORS      None.
// LEFT OUT    Their figures of memory, which do not contain the workers'
//             [C-192]; TEST 7, for which they report none. [C-184]
// READ NEXT   demos/matrix/reported_table.h
#ifndef DEMOS_MATRIX_REPORTED_H_
#define DEMOS_MATRIX_REPORTED_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace demos::matrix {

struct Prediction {
  double seconds = 0;
  std::string from;     // the parameters, and the cells they are from
  bool fitted = false;  // on this very cell [I1]
};

struct Reported {
  std::string_view model;  // by our name: their threads hold the lock
  double seconds = 0;
  double vs_single = 1;  // times as fast as their single
  std::optional<Prediction> prediction = {};

  // 0.05 if the prediction is five per cent too long.
  double error() const { return prediction->seconds / seconds - 1; }
};

// The row of the documents' table for TEST 1 to 6; empty for others.
std::vector<Reported> reported_for(int test);

// The parameters, each fitted on one cell.
struct Fit {
  int workers;       // TEST 1, processes: how many end nearest to the figure
  double hop;        // TEST 3, async: seconds for one hop to a helper and back
  double page_rate;  // TEST 2, threads: pages that arrive in a second
  double api_rate;   // TEST 6, async: answers that the server gives in a second
};
const Fit& fit();

}  // namespace demos::matrix

#endif  // DEMOS_MATRIX_REPORTED_H_
