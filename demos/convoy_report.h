// demos/convoy_report.h - how soon a thread that comes back has the lock.
//
// CONCEPT     One row for each lock, interval and number of threads that
//             compute. The median tells of the rule, the tail of luck: with
//             several threads that compute, who is woken is anybody's guess.
//             [C-162] [C-163] [C-174]
// THREADS     One.
// OWNERSHIP   Values.
#ifndef DEMOS_CONVOY_REPORT_H_
#define DEMOS_CONVOY_REPORT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace demos {

struct ConvoyRow {
  std::string lock;        // "interval" or "ticks"
  double interval_ms = 0;  // 0 under the tick lock
  int hogs = 0;
  std::vector<double> responses_ms = {};  // sorted
  int64_t drops = 0;     // because a waiter asked, or the counter ran out
  int64_t switches = 0;  // takes by another than the last holder

  double at(double quantile) const {
    return responses_ms[static_cast<size_t>(
        quantile * static_cast<double>(responses_ms.size() - 1))];
  }
  double median() const { return at(0.5); }
};

std::string table_of(const std::vector<ConvoyRow>& rows);

// What the rows show; what is not among them is not judged.
std::string judge(const std::vector<ConvoyRow>& rows);

}  // namespace demos

#endif  // DEMOS_CONVOY_REPORT_H_
