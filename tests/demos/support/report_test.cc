#include "demos/support/report.h"

#include <fcntl.h>
#include <stdlib.h>

#include <span>
#include <string>

#include "gtest/gtest.h"
#include "os/io.h"
#include "os/unique_fd.h"

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

TEST(Report, WholeNumbersAreExactWhereADoubleIs) {
  EXPECT_EQ(whole(70), "70");
  EXPECT_EQ(whole(3384731762521200), "3384731762521200");
  EXPECT_EQ(whole(1.583e30), "about 1.58e+30");
}

TEST(Report, APartOfAHugeNumberIsSaidByWhatIsLeftIfThatIsLess) {
  EXPECT_EQ(part_of(68, 2), "68 of 70");
  EXPECT_EQ(part_of(0, 70), "0 of 70");
  EXPECT_EQ(part_of(1.64e120, 1.32e112),
            "all but about 1.32e+112 of about 1.64e+120");
  EXPECT_EQ(part_of(1.64e120, 0), "all but 0 of about 1.64e+120");
  EXPECT_EQ(part_of(12870, 1.64e120), "12870 of about 1.64e+120");
}

TEST(Report, APlainNumberHasNoDigitsThatSayNothing) {
  EXPECT_EQ(plain(20), "20");
  EXPECT_EQ(plain(0.5), "0.5");
  EXPECT_EQ(plain(1e-6), "1e-06");
  EXPECT_EQ(plain(1e6), "1000000");
}

TEST(Report, AVerdictNamesItsConcept) {
  EXPECT_EQ(verdict("C-160", "found: 68 of 70 schedules lose an update"),
            "VERDICT C-160 found: 68 of 70 schedules lose an update");
}

TEST(Report, VerdictsAreKeptInOrderALineEach) {
  Verdicts verdicts;
  verdicts.add("C-087", "found: 3.00 s");
  verdicts.add("C-088", "found: 1.00 s");
  EXPECT_EQ(verdicts.text(),
            "VERDICT C-087 found: 3.00 s\nVERDICT C-088 found: 1.00 s\n");
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

// A terminal of our own: what the demo's user sees is what its master reads.
TEST(Progress, OnATerminalOneLineIsWrittenAgainAndAgainAndWiped) {
  const os::UniqueFd master(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_TRUE(master);
  ASSERT_EQ(grantpt(master.get()), 0);
  ASSERT_EQ(unlockpt(master.get()), 0);
  const os::UniqueFd terminal(
      open(ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_TRUE(terminal);
  {
    Progress progress(terminal.get());
    progress.show("one");
    progress.show("two");
  }
  const std::string expected = "\r\x1b[Kone\r\x1b[Ktwo\r\x1b[K";
  std::string seen(expected.size(), '\0');
  EXPECT_EQ(os::read_all(master.get(), std::as_writable_bytes(std::span(seen))),
            expected.size());
  EXPECT_EQ(seen, expected);
}

}  // namespace
}  // namespace demos::support
