#include "demos/runners/in_loop.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "demos/support/http.h"
#include "gil_sim/thread_pool.h"
#include "loop/event_loop.h"
#include "loop/gather.h"
#include "loop/open_connection.h"
#include "loop/run.h"
#include "loop/sleep.h"

namespace demos::runners {

namespace {

using bodies::Answer;
using loop::Coroutine;

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

// Takes the next item as long as there is one: so many of these run that no
// more than --limit items are under way. [I1]
Coroutine<> run_some(const Job& job, std::deque<LoopItem>& items, size_t& next,
                     RunItem run_item) {
  while (next < items.size()) {
    co_await run_item(job, items[next++]);
  }
}

// Job and items are referred to and not copied: they belong to run_in_loop(),
// which returns only when the loop has ended every task.
Coroutine<> run_all(const Job& job, std::deque<LoopItem>& items,
                    RunItem run_item) {
  std::vector<Coroutine<>> tasks;
  size_t next = 0;
  if (job.limit == 0) {
    for (LoopItem& item : items) {
      tasks.push_back(run_item(job, item));
    }
  } else {
    for (int i = 0; i < job.limit; ++i) {
      tasks.push_back(run_some(job, items, next, run_item));
    }
  }
  co_await loop::gather(std::move(tasks));
}

}  // namespace

bool can_be_awaited(const bodies::Step& step) {
  return std::holds_alternative<bodies::Sleep>(step) ||
         std::holds_alternative<bodies::Fetch>(step);
}

scheduler::Reason reason_of(const bodies::Step& step) {
  return std::holds_alternative<bodies::Sleep>(step) ? scheduler::Reason::kSleep
                                                     : scheduler::Reason::kIo;
}

Coroutine<Answer> await_answer(const Job& job, bodies::Step step) {
  if (const auto* sleep = std::get_if<bodies::Sleep>(&step)) {
    co_await loop::sleep(sleep->duration);
    co_return Answer();
  }
  const std::string target = std::get<bodies::Fetch>(step).target;
  support::Response response = co_await http_get(job.world.port, target);
  if (response.status != 200) {
    throw std::runtime_error("no page " + target);
  }
  co_return std::move(response.body);
}

Outcome run_in_loop(const Job& job, RunItem run_item) {
  std::deque<LoopItem> items;  // before the loop, so they go after it [I2]
  for (const int number : items_of(job)) {
    items.emplace_back(job.records, number);
  }
  loop::EventLoop loop;
  loop.set_default_executor(std::make_unique<gil_sim::ThreadPool>());
  loop::run(run_all(job, items, run_item), loop);
  Outcome outcome;
  for (const LoopItem& item : items) {
    outcome.values.push_back(item.value);
    outcome.events.push_back(item.lane.events());
  }
  return outcome;
}

}  // namespace demos::runners
