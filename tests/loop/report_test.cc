// The promises of loop/report.h.
#include "loop/report.h"

#include <exception>
#include <stdexcept>
#include <string>
#include <typeinfo>

#include "gtest/gtest.h"
#include "scheduler/errors.h"
#include "tests/loop/support.h"

namespace loop {
namespace {

using scheduler::CancelledError;
using tests::Log;

TEST(Report, DescribesAnErrorByTypeAndText) {
  EXPECT_EQ(describe(std::make_exception_ptr(std::out_of_range("key"))),
            "std::out_of_range: key");
  EXPECT_EQ(describe(std::make_exception_ptr(CancelledError("enough"))),
            "scheduler::CancelledError: enough");
  EXPECT_EQ(describe(std::make_exception_ptr(7)), "int");
}

TEST(Report, KnowsACancellationByItsType) {
  EXPECT_TRUE(is_cancellation(std::make_exception_ptr(CancelledError())));
  EXPECT_FALSE(is_cancellation(std::make_exception_ptr(7)));
}

TEST(Report, GoesToTheHookThatIsSet) {
  tests::Reports reports;
  report_unraisable({"a sentence", nullptr});
  EXPECT_EQ(reports.messages, (Log{"a sentence"}));
}

// I1
TEST(Report, NeverThrowsEvenIfTheHookDoes) {
  const ReportHook before =
      set_report_hook([](const Report&) { throw std::logic_error("hook"); });
  testing::internal::CaptureStderr();
  report_unraisable({"a sentence", nullptr});
  set_report_hook(before);
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "the report hook itself failed: std::logic_error: hook\n");
}

TEST(Report, WithoutAHookItIsOneLineOnTheStandardError) {
  testing::internal::CaptureStderr();
  report_unraisable(
      {"a sentence", std::make_exception_ptr(std::out_of_range("key"))});
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "a sentence: std::out_of_range: key\n");
}

}  // namespace
}  // namespace loop
