#include "demos/inside_three_ways.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "demos/inside_recorder.h"
#include "demos/support/demo_loop.h"
#include "demos/support/run_demo.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/generator.h"
#include "loop/generator_port.h"
#include "loop/readiness.h"
#include "loop/run.h"
#include "loop/stop_iteration.h"
#include "os/io.h"
#include "os/proc.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"

namespace demos {

namespace {

// A client at one end, and a server that answers at the other after 0.1 s.
struct Line {
  explicit Line(RecordedLoop& loop) : recorded(loop) {
    int fds[2];
    os::check(
        os::syscalls.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds),
        "socketpair");
    here = os::UniqueFd(fds[0]);
    there = os::UniqueFd(fds[1]);
  }
  void ask() {
    recorded.loop().call_later(scheduler::seconds(0.1), [this] {
      os::write_all(there.get(), os::bytes_of("page"));
    });
  }
  std::string answer() {
    std::array<char, 16> buffer;
    const size_t count =
        os::read_some(here.get(), std::as_writable_bytes(std::span(buffer)))
            .value();
    return std::string(buffer.data(), count);
  }

  RecordedLoop& recorded;
  os::UniqueFd here;
  os::UniqueFd there;
};
using Done = std::function<void(std::string)>;

// 1. The rest of the story is an argument.
void fetch_by_callbacks(Line& line, Done done) {
  line.ask();
  line.recorded.loop().add_reader(line.here.get(), [&line, done] {
    line.recorded.loop().remove_reader(line.here.get());
    done(line.answer());
  });
}

// 2. The story is whole; somebody must drive it.
loop::Generator<int, loop::NoValue, std::string> fetch_by_generator(
    Line* line) {
  line->ask();
  co_yield line->here.get();
  co_return line->answer();
}
using Fetch = loop::Generator<int, loop::NoValue, std::string>;
void drive(loop::EventLoop& loop, std::shared_ptr<Fetch> fetch, Done done) {
  try {
    const int fd = fetch->next();
    loop.add_reader(fd, [&loop, fetch, done, fd] {
      loop.remove_reader(fd);
      drive(loop, fetch, done);
    });
  } catch (loop::StopWith<std::string>& end) {
    done(end.value.value());
  }
}

// 3. The same, and the loop drives it.
loop::Coroutine<std::string> fetch_by_await(Line* line) {
  line->ask();
  co_await loop::readable(line->here.get());
  co_return line->answer();
}

// Runs the loop until the callback has come.
std::string run_until_called(Line& line,
                             const std::function<void(Done)>& start) {
  std::string result;
  loop::EventLoop& loop = line.recorded.loop();
  start([&](std::string answer) {
    result = std::move(answer);
    loop.stop();
  });
  loop.run_forever();
  return result;
}

// The first way, a hundred times at once: one thread, and nothing in it that
// could be suspended. [C-119]
void fetch_a_hundred(support::Time time, support::Verdicts& verdicts) {
  constexpr size_t kLines = 100;
  RecordedLoop recorded("epoll", time);
  std::vector<std::unique_ptr<Line>> lines;
  size_t answered = 0;
  for (size_t i = 0; i < kLines; ++i) {
    lines.push_back(std::make_unique<Line>(recorded));
    fetch_by_callbacks(*lines.back(), [&](const std::string&) {
      if (++answered == kLines) {
        recorded.loop().stop();
      }
    });
  }
  recorded.loop().run_forever();
  const size_t threads = os::threads_of(getpid()).size();
  verdicts.add("C-119",
               (threads == 1 ? "wrong: " : "not shown: ") +
                   (std::to_string(answered) + " fetches by callbacks in " +
                    support::seconds_text(recorded.now()) + ", by " +
                    std::to_string(threads) + " thread without a coroutine"));
}

}  // namespace

void show_three_ways(support::Time time, support::Verdicts& verdicts) {
  support::Table table({"fetch by", "answer", "after", "entries in the table"});
  std::set<std::string> answers;
  int entries = 0;
  const auto add = [&](const std::string& way, const Line& line,
                       const std::string& answer) {
    const int watches = line.recorded.watches(line.here.get());
    table.add({way, answer, support::seconds_text(line.recorded.now()),
               std::to_string(watches)});
    answers.insert(answer);
    entries += watches;
  };
  {
    RecordedLoop loop("epoll", time);
    Line line(loop);
    const std::string answer = run_until_called(
        line, [&](Done done) { fetch_by_callbacks(line, done); });
    add("callbacks", line, answer);
  }
  {
    RecordedLoop loop("epoll", time);
    Line line(loop);
    const std::string answer = run_until_called(line, [&](Done done) {
      drive(line.recorded.loop(),
            std::make_shared<Fetch>(fetch_by_generator(&line)), done);
    });
    add("generator", line, answer);
  }
  {
    RecordedLoop loop("epoll", time);
    Line line(loop);
    const std::string answer =
        loop::run(fetch_by_await(&line), line.recorded.loop());
    add("co_await", line, answer);
  }
  support::print(table.text() + "\n");
  verdicts.add("C-123",
               "imprecise: three texts, " + std::to_string(answers.size()) +
                   " answer, " + std::to_string(entries) +
                   " entries in the table of descriptors: what is called "
                   "back stands below each of them");
  fetch_a_hundred(time, verdicts);
}

}  // namespace demos
