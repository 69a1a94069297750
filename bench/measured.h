// bench/measured.h - other programs' benchmarks, run and read.
//
// CONCEPT     Google Benchmark writes what it measured as JSON. A table over
//             several programs runs each of them for the benchmarks it needs,
//             three times over, and takes the medians.
// INVARIANTS  I1. Times are nanoseconds, whatever unit a benchmark prints.
// THREADS     Main thread only.
// OWNERSHIP   Values.
// ERRORS      A program that fails has no medians.
// READ NEXT   bench/report.cc, bench/growth.cc
#ifndef BENCH_MEASURED_H_
#define BENCH_MEASURED_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

// What a command writes; empty if it failed.
std::string output_of(const std::string& command);

// By benchmark and measure: cpu_time, real_time, and counters of that benchmark
// that are rates, sizes or percentiles.
using Medians = std::map<std::string, std::map<std::string, double>>;

// Runs these benchmarks of bench/<program>_bench, and nothing else of it.
Medians measure(std::string_view program,
                const std::vector<std::string>& benchmarks);

// Nanoseconds, a count, or a rate, in three digits or so.
std::string quantity(double value);

}  // namespace bench

#endif  // BENCH_MEASURED_H_
