#include "demos/support/report.h"

#include "gtest/gtest.h"
#include "os/io.h"

namespace demos::support {
namespace {

TEST(Table, NamesStandLeftAndNumbersRight) {
  Table table({"model", "time s"});
  table.add({"single", "1.02"});
  table.add({"threads", "10.50"}, "<- best");
  EXPECT_EQ(table.text(),
            "model    time s\n"
            "single     1.02\n"
            "threads   10.50  <- best\n");
}

TEST(Report, AMedianShowsItsRange) {
  EXPECT_EQ(median_and_range(spread_of({1.0, 1.05, 1.02}), 2),
            "1.02 (1.00-1.05)");
}

TEST(Report, AVerdictNamesItsConcept) {
  EXPECT_EQ(verdict("C-160", "found: 68 of 70 schedules lose an update"),
            "VERDICT C-160 found: 68 of 70 schedules lose an update");
}

TEST(Progress, IsSilentWhereNobodyLooks) {
  const os::Pipe pipe = os::make_pipe();
  os::set_nonblocking(pipe.reader.get(), true);
  {
    Progress progress(pipe.writer.get());
    progress.show("TEST 1 ...");
  }
  std::byte buffer[1];
  EXPECT_EQ(os::read_some(pipe.reader.get(), buffer), std::nullopt);
}

}  // namespace
}  // namespace demos::support
