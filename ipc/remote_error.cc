#include "ipc/remote_error.h"

#include <cxxabi.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <new>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <typeinfo>

#include "ipc/errors.h"
#include "scheduler/errors.h"

namespace ipc {

namespace {

std::string readable(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &std::free);
  return name ? name.get() : type.name();
}

template <class Error>
std::exception_ptr from_text(const std::string& text) {
  return std::make_exception_ptr(Error(text));
}

// The types whose text is all there is to them. [I1]
struct KnownType {
  const std::type_info& type;
  std::exception_ptr (*make)(const std::string& text);
};
template <class Error>
constexpr KnownType known() {
  return {typeid(Error), &from_text<Error>};
}
const std::array kKnownTypes = {
    known<std::runtime_error>(),
    known<std::range_error>(),
    known<std::overflow_error>(),
    known<std::underflow_error>(),
    known<std::logic_error>(),
    known<std::invalid_argument>(),
    known<std::domain_error>(),
    known<std::length_error>(),
    known<std::out_of_range>(),
    known<scheduler::CancelledError>(),
    known<scheduler::InvalidStateError>(),
    known<scheduler::TimeoutError>(),
    known<EOFError>(),
    known<DecodeError>(),
    known<WorkerDied>(),
};

// A system_error appends the meaning of its code to the text it is given.
std::string without_meaning(const std::string& text,
                            const std::error_code& code) {
  const std::string meaning = ": " + code.message();
  return text.ends_with(meaning) ? text.substr(0, text.size() - meaning.size())
                                 : text;
}

}  // namespace

ErrorReport current_error() {
  ErrorReport report;
  report.type_name = readable(*abi::__cxa_current_exception_type());
  try {
    throw;
  } catch (const std::system_error& error) {
    report.text = error.what();
    // Other categories have codes of their own, which mean nothing here.
    if (error.code().category() == std::generic_category()) {
      report.code = error.code().value();
    }
  } catch (const std::exception& error) {
    report.text = error.what();
  } catch (const scheduler::CancelledError& error) {
    report.text = error.what();
  } catch (...) {
    // Thrown ints and the like have a type, but no text.
  }
  return report;
}

std::exception_ptr make_error(const ErrorReport& report) {
  for (const KnownType& known : kKnownTypes) {
    if (readable(known.type) == report.type_name) {
      return known.make(report.text);
    }
  }
  if (report.type_name == readable(typeid(std::bad_alloc))) {
    return std::make_exception_ptr(std::bad_alloc());
  }
  if (report.code != 0 &&
      report.type_name == readable(typeid(std::system_error))) {
    const std::error_code code(report.code, std::generic_category());
    return std::make_exception_ptr(
        std::system_error(code, without_meaning(report.text, code)));
  }
  return std::make_exception_ptr(RemoteError(report.type_name, report.text));
}

}  // namespace ipc
