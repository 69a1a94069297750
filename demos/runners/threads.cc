// demos/runners/threads.cc - a thread for every item, with and without a lock.
//
// Both models are this one function. Under the lock a thread takes it before
// its body begins; the blocking steps let go of it, the check points hand it
// over when asked.
//
// IN PYTHON   threading.Thread(target=run, args=(item,)) for each, then join;
//             run_threads: the same in an interpreter without the lock
#include <deque>
#include <exception>
#include <optional>
#include <vector>

#include "demos/runners/blocking.h"
#include "demos/runners/lane.h"
#include "demos/runners/runner.h"
#include "gil_sim/allow_threads.h"
#include "gil_sim/gil.h"
#include "gil_sim/interpreter_lock.h"
#include "gil_sim/thread.h"
#include "gil_sim/thread_pool.h"
#include "scheduler/trace.h"

namespace demos::runners {

namespace {

// What a thread leaves behind; written by it, read after it was joined.
struct Item {
  Item(bool records, int item) : number(item), lane(records, item) {}
  const int number;
  Lane lane;
  bodies::Value value = 0;
  std::exception_ptr error;
};

void run_item(const Job& job, Item& item, gil_sim::InterpreterLock* gil) {
  try {
    if (gil == nullptr) {
      item.value = run_blocking(job, item.number, item.lane);
      return;
    }
    item.lane.runs();
    item.lane.waits(scheduler::Reason::kGil);
    const gil_sim::WithGil held(*gil);
    item.lane.is_woken();
    item.value = run_blocking(job, item.number, item.lane);
  } catch (...) {
    item.error = std::current_exception();  // for the thread that joins
  }
}

// As the documents do it.
void run_a_thread_each(const Job& job, std::deque<Item>& items,
                       gil_sim::InterpreterLock* gil) {
  // Going out of scope, each waits for its thread: so does an error in start().
  std::deque<gil_sim::Thread> threads;
  for (const int number : items_of(job)) {
    Item& item = items.emplace_back(job.records, number);
    threads.emplace_back([&job, &item, gil] { run_item(job, item, gil); })
        .start();
  }
  for (const gil_sim::Thread& thread : threads) {
    thread.join();
  }
}

void run_in_a_pool(const Job& job, std::deque<Item>& items,
                   gil_sim::InterpreterLock* gil) {
  // The lock is taken per item, in run_item; so the pool need not know it.
  gil_sim::ThreadPool pool(job.pool);
  for (const int number : items_of(job)) {
    Item& item = items.emplace_back(job.records, number);
    pool.submit([&job, &item, gil] { run_item(job, item, gil); });
  }
  pool.shutdown();
}

Outcome run_with_threads(const Job& job, gil_sim::InterpreterLock* gil) {
  std::deque<Item> items;
  if (job.pool == 0) {
    run_a_thread_each(job, items, gil);
  } else {
    run_in_a_pool(job, items, gil);
  }
  Outcome outcome;
  for (const Item& item : items) {
    if (item.error) {
      std::rethrow_exception(item.error);
    }
    outcome.values.push_back(item.value);
    outcome.events.push_back(item.lane.events());
  }
  return outcome;
}

}  // namespace

Outcome run_threads(const Job& job) {
  return run_with_threads(job, nullptr);
}

Outcome run_threads_gil(const Job& job) {
  gil_sim::Gil gil;
  return run_with_threads(job, &gil);
}

}  // namespace demos::runners
