// demos/runners/async.cc - one thread, one loop, a task for every item.
//
// Sleeping and sockets are awaited: the task is put aside and the loop goes on
// with others. Files cannot be awaited (the system calls them always ready), so
// each step on a file is handed to a helper thread, as the documents' libraries
// do it. Work for the CPU is neither: it keeps the loop, and all tasks wait.
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "demos/bodies/step.h"
#include "demos/runners/lane.h"
#include "demos/runners/runner.h"
#include "demos/support/http.h"
#include "gil_sim/thread_pool.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/gather.h"
#include "loop/open_connection.h"
#include "loop/run.h"
#include "loop/run_in_executor.h"
#include "loop/sleep.h"
#include "loop/stop_iteration.h"
#include "scheduler/trace.h"

namespace demos::runners {

namespace {

using bodies::Answer;
using bodies::Value;
using loop::Coroutine;
using scheduler::Reason;

// demos/support/http_client.cc with co_await where that one blocks.
Coroutine<support::Response> http_get(uint16_t port, std::string target) {
  loop::Stream stream = co_await loop::open_connection("127.0.0.1", port);
  stream.writer.write(support::format_request(target, /*keep_alive=*/false));
  support::ResponseReader response;
  for (;;) {
    const std::string piece = co_await stream.reader.read(16384);
    if (piece.empty()) {
      response.feed_end();
      co_return response.take();
    }
    if (response.feed(piece)) {
      co_return response.take();
    }
  }
}

Coroutine<Answer> answer_fetch(uint16_t port, std::string target) {
  support::Response response = co_await http_get(port, target);
  if (response.status != 200) {
    throw std::runtime_error("no page " + target);
  }
  co_return std::move(response.body);
}

// Job and items are referred to and not copied: they belong to run_async(),
// which returns only when the loop has ended every task.
struct Item {
  Item(bool records, int item) : number(item), lane(records, item) {}
  const int number;
  Lane lane;
  Value value = 0;
};

Coroutine<Answer> answer(const Job& job, Lane& lane, bodies::Step step) {
  Answer result;
  if (const auto* sleep = std::get_if<bodies::Sleep>(&step)) {
    lane.waits(Reason::kSleep);
    co_await loop::sleep(sleep->duration);
  } else if (const auto* fetch = std::get_if<bodies::Fetch>(&step)) {
    lane.waits(Reason::kIo);
    result = co_await answer_fetch(job.world.port, fetch->target);
  } else if (const auto* file = std::get_if<bodies::FileStep>(&step)) {
    lane.waits(Reason::kIo);
    result = co_await loop::to_thread(&bodies::perform, *file);
  }
  lane.is_woken();
  lane.runs();
  co_return result;
}

Coroutine<> run_item(const Job& job, Item& item) {
  bodies::Body body = job.experiment->body(job.world, item.number);
  item.lane.runs();
  try {
    for (bodies::Step step = body.next();;) {
      Answer result;
      if (std::holds_alternative<bodies::CheckPoint>(step)) {
        item.lane.at_check_point();  // nobody may interrupt a task
      } else {
        result = co_await answer(job, item.lane, std::move(step));
      }
      step = body.send(std::move(result));
    }
  } catch (loop::StopWith<Value>& end) {
    item.lane.ends();
    item.value = end.value.value();
  }
}

// Takes the next item as long as there is one: so many of these run that no
// more than --limit items are under way.
Coroutine<> run_some(const Job& job, std::deque<Item>& items, size_t& next) {
  while (next < items.size()) {
    co_await run_item(job, items[next++]);
  }
}

Coroutine<> run_all(const Job& job, std::deque<Item>& items) {
  std::vector<Coroutine<>> tasks;
  size_t next = 0;
  if (job.limit == 0) {
    for (Item& item : items) {
      tasks.push_back(run_item(job, item));
    }
  } else {
    for (int i = 0; i < job.limit; ++i) {
      tasks.push_back(run_some(job, items, next));
    }
  }
  co_await loop::gather(std::move(tasks));
}

}  // namespace

Outcome run_async(const Job& job) {
  std::deque<Item> items;
  for (int number = 0; number < job.world.items; ++number) {
    items.emplace_back(job.records, number);
  }
  loop::EventLoop loop;
  loop.set_default_executor(std::make_unique<gil_sim::ThreadPool>());
  loop::run(run_all(job, items), loop);
  Outcome outcome;
  for (const Item& item : items) {
    outcome.values.push_back(item.value);
    outcome.events.push_back(item.lane.events());
  }
  return outcome;
}

}  // namespace demos::runners
