#include "tests/differential/ipc_scenario.h"

#include <stdexcept>
#include <system_error>

#include "ipc/errors.h"
#include "scheduler/errors.h"

namespace tests {

std::vector<IpcScenario>& ipc_scenarios() {
  static std::vector<IpcScenario> all;
  return all;
}

Caught caught_now() {
  try {
    throw;
  } catch (const scheduler::CancelledError&) {
    return {"CancelledError", ""};
  } catch (const ipc::BrokenProcessPool& error) {
    return {"BrokenProcessPool", error.what()};
  } catch (const ipc::EOFError& error) {
    return {"EOFError", error.what()};
  } catch (const scheduler::TimeoutError& error) {
    return {"TimeoutError", error.what()};
  } catch (const scheduler::BrokenBarrierError& error) {
    return {"BrokenBarrierError", error.what()};
  } catch (const scheduler::QueueEmpty& error) {
    return {"Empty", error.what()};
  } catch (const scheduler::QueueFull& error) {
    return {"Full", error.what()};
  } catch (const std::system_error& error) {
    return {"OSError", error.what()};
  } catch (const std::out_of_range& error) {
    return {"IndexError", error.what()};
  } catch (const std::invalid_argument& error) {
    return {"ValueError", error.what()};
  } catch (const std::logic_error& error) {
    return {"AssertionError", error.what()};  // a call in the wrong state
  } catch (const std::runtime_error& error) {
    return {"RuntimeError", error.what()};
  }
}

}  // namespace tests
