// tests/ipc/refusal.h - which error did the system's refusal carry?
#ifndef TESTS_IPC_REFUSAL_H_
#define TESTS_IPC_REFUSAL_H_

#include <system_error>

namespace ipc {

// The errno of the std::system_error that `call` throws; 0 if it throws none.
template <class Call>
int refusal(Call call) {
  try {
    call();
  } catch (const std::system_error& error) {
    return error.code().value();
  }
  return 0;
}

}  // namespace ipc

#endif  // TESTS_IPC_REFUSAL_H_
