#include "loop/report.h"

#include <cxxabi.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

namespace loop {

namespace {

struct Hook {
  std::mutex mutex;
  ReportHook function;  // guarded by mutex
};

// Never destroyed: destructors of other globals may still report.
Hook& the_hook() {
  static Hook& hook = *new Hook;
  return hook;
}

void print(const Report& report) {
  const std::string line =
      report.error ? report.message + ": " + describe(report.error) + "\n"
                   : report.message + "\n";
  std::fputs(line.c_str(), stderr);
}

// One thrown with its cause nested in it goes by its own name.
std::string name_of_type(const std::exception_ptr& error) {
  std::string name = readable_name(*error.__cxa_exception_type());
  constexpr std::string_view kNested = "std::_Nested_exception<";
  if (name.starts_with(kNested)) {
    name = name.substr(kNested.size(), name.size() - kNested.size() - 1);
  }
  return name;
}

}  // namespace

std::string readable_name(const std::type_info& type) {
  const std::unique_ptr<char, void (*)(void*)> name(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, nullptr), &std::free);
  return name ? name.get() : type.name();
}

std::string describe(const std::exception_ptr& error) {
  const std::string type = name_of_type(error);
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return type + ": " + e.what();
  } catch (const scheduler::CancelledError& e) {
    return type + ": " + e.what();
  } catch (...) {
    return type;
  }
}

bool is_cancellation(const std::exception_ptr& error) {
  return *error.__cxa_exception_type() == typeid(scheduler::CancelledError);
}

bool is_exit_request(const std::exception_ptr& error) {
  return *error.__cxa_exception_type() == typeid(scheduler::SystemExit);
}

void report_unraisable(const Report& report) noexcept {
  ReportHook hook;
  {
    const std::lock_guard lock(the_hook().mutex);
    hook = the_hook().function;
  }
  try {
    hook ? hook(report) : print(report);
  } catch (...) {
    print({"the report hook itself failed", std::current_exception()});
  }
}

ReportHook set_report_hook(ReportHook hook) {
  const std::lock_guard lock(the_hook().mutex);
  return std::exchange(the_hook().function, std::move(hook));
}

}  // namespace loop
