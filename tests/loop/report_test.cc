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

TEST(Report, KnowsAnExitRequestByItsType) {
  EXPECT_TRUE(
      is_exit_request(std::make_exception_ptr(scheduler::SystemExit(1))));
  EXPECT_FALSE(is_exit_request(std::make_exception_ptr(CancelledError())));
}

TEST(Report, DescribesAnErrorWithACauseByItsOwnName) {
  std::exception_ptr error;
  try {
    try {
      throw CancelledError();
    } catch (...) {
      std::throw_with_nested(scheduler::TimeoutError());
    }
  } catch (...) {
    error = std::current_exception();
  }
  EXPECT_EQ(describe(error), "scheduler::TimeoutError: timed out");
}

TEST(Report, DescribesAGroupOfErrorsByHowManyThereAre) {
  const auto one = std::make_exception_ptr(std::out_of_range("key"));
  const scheduler::ErrorGroup group("went wrong", {one, one});
  EXPECT_EQ(describe(std::make_exception_ptr(group)),
            "scheduler::ErrorGroup: went wrong (2 errors)");
  EXPECT_EQ(group.errors()[1], one);
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
