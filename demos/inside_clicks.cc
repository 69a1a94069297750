#include "demos/inside_clicks.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include "demos/inside_recorder.h"
#include "demos/support/run_demo.h"
#include "loop/event_loop.h"
#include "os/io.h"
#include "os/unique_fd.h"

namespace demos {

namespace {

// What a handler is told.
struct Click {
  char letter;
  uint64_t turn;  // of the loop
};
using Handler = std::function<void(const Click&)>;

// Who is to be called for which letter.
class Registry {
 public:
  void on(char letter, Handler handler) {
    handlers_[letter].push_back(std::move(handler));
  }
  size_t call(const Click& click) {
    const std::vector<Handler>& all = handlers_[click.letter];
    for (const Handler& handler : all) {
      handler(click);
    }
    return all.size();
  }

 private:
  std::map<char, std::vector<Handler>> handlers_;
};

}  // namespace

std::string letters_of(std::string_view text) {
  const bool small = std::all_of(text.begin(), text.end(),
                                 [](char c) { return c >= 'a' && c <= 'z'; });
  if (!small || text.empty() || text.size() > 100) {
    throw std::invalid_argument("accepted: 1 to 100 small letters");
  }
  return std::string(text);
}

void show_clicks(const std::string& letters, support::Time time,
                 support::Verdicts& verdicts) {
  RecordedLoop recorded("epoll", time);
  loop::EventLoop& loop = recorded.loop();
  std::vector<int> called;  // by the last click, in the order of the calls
  Registry registry;
  const auto handler = [&](int number) {
    return [&, number](const Click&) { called.push_back(number); };
  };
  registry.on('a', handler(1));
  registry.on('b', handler(2));
  registry.on('a', handler(3));

  os::Pipe keyboard = os::make_pipe();
  os::write_all(keyboard.writer.get(), os::bytes_of(letters));
  keyboard.writer.reset();
  std::string text;
  std::set<uint64_t> turns;
  size_t calls = 0;
  bool in_order = true;
  loop.add_reader(keyboard.reader.get(), [&] {
    std::array<char, 1> letter;
    if (os::read_some(keyboard.reader.get(),
                      std::as_writable_bytes(std::span(letter))) == 0u) {
      loop.remove_reader(keyboard.reader.get());
      loop.stop();
      return;
    }
    called.clear();
    calls += registry.call({letter[0], loop.turns()});
    in_order = in_order && std::is_sorted(called.begin(), called.end());
    turns.insert(loop.turns());
    text += "turn " + std::to_string(loop.turns()) + ": " + letter[0] +
            (called.empty() ? ", nobody asked for it" : ", handlers");
    for (const int number : called) {
      text += " " + std::to_string(number);
    }
    text += "\n";
  });
  loop.run_forever();
  support::print(text + "\n");
  verdicts.add("C-080", "found: " + std::to_string(letters.size()) +
                            " events in " + std::to_string(turns.size()) +
                            " turns, " + std::to_string(calls) +
                            " calls of handlers");
  verdicts.add("C-081",
               std::string("found: the handlers of a letter were called ") +
                   (in_order ? "in the order" : "not in the order") +
                   " in which they had been registered");
}

}  // namespace demos
