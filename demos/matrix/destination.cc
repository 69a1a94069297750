#include "demos/matrix/destination.h"

#include <cassert>
#include <iostream>
#include <system_error>
#include <utility>

#include "demos/support/run_demo.h"

namespace demos::matrix {

Destination::Destination(std::string flag, std::string path)
    : flag_(std::move(flag)), path_(std::move(path)) {}

bool Destination::open() {
  if (!wanted() || is_standard_output()) {
    return true;
  }
  try {
    file_.emplace(path_);
    return true;
  } catch (const std::system_error& refused) {
    std::cerr << "concurrency_matrix: --" + flag_ + "=" + path_ +
                     ": cannot be written: " + refused.code().message() +
                     "; accepted: a file in a folder that you may write to, "
                     "or none for the standard output\n";
    return false;
  }
}

void Destination::publish(const std::string& text) {
  assert(wanted() && "nobody asked for this report");
  if (file_) {
    file_->publish(text);
  } else {
    support::print(text);
  }
}

}  // namespace demos::matrix
