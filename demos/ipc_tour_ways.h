// demos/ipc_tour_ways.h - seven ways to hand something over, behind one face.
#ifndef DEMOS_IPC_TOUR_WAYS_H_
#define DEMOS_IPC_TOUR_WAYS_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace demos {

// One direction. Made before the fork; one side sends, the other receives.
class Channel {
 public:
  virtual ~Channel() = default;
  // By the receiver, before anybody sends.
  virtual void begin_to_receive() {}
  virtual void send(std::span<const std::byte> message) = 0;
  // A message of that size.
  virtual void receive(std::span<std::byte> message) = 0;
};

struct Way {
  std::string name;
  std::string type;  // in the source, for counting its lines
  int copies;        // of each message, as it is built
  size_t longest;    // message
  std::function<std::unique_ptr<Channel>(size_t size)> make;
};

// Those between processes.
const std::vector<Way>& ways();
// The one that threads have: whoever sends gives its memory away.
const Way& threads_way();

// How many lines of the source it takes.
int lines_of(const Way& way);

}  // namespace demos

#endif  // DEMOS_IPC_TOUR_WAYS_H_
