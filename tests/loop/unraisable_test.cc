// The promises of loop/unraisable.h.
#include "loop/unraisable.h"

#include <stdexcept>
#include <string>

#include "gtest/gtest.h"

namespace loop {
namespace {

std::string seen;
void remember(const char* where, std::exception_ptr error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    seen = std::string(where) + ": " + e.what();
  }
}

TEST(Unraisable, ReportsToTheHookInForce) {
  set_unraisable_hook(&remember);
  report_unraisable("testing", std::make_exception_ptr(std::logic_error("e")));
  EXPECT_EQ(seen, "testing: e");
  EXPECT_EQ(set_unraisable_hook(nullptr), &remember);
}

TEST(Unraisable, PrintsOneLineWhenNoHookIsInstalled) {
  testing::internal::CaptureStderr();
  report_unraisable("testing", std::make_exception_ptr(std::logic_error("e")));
  report_unraisable("testing", std::make_exception_ptr(5));
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "error ignored while testing: e\n"
            "error ignored while testing: no std::exception\n");
}

}  // namespace
}  // namespace loop
