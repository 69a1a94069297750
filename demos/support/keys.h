// demos/support/keys.h - one key at a time, from a terminal or from a pipe.
//
// CONCEPT     A terminal hands over whole lines and shows what is typed: that
//             is done by the system, not by the program, and can be switched
//             off. But the setting belongs to the terminal and outlives the
//             program: who does not put it back leaves a shell in which nobody
//             sees what he types. So every way out passes a destructor, and
//             signals are turned into such a way (demos/support/interrupt.h).
//             They are let in only while we wait, and so are never missed.
// IN PYTHON   tty.setcbreak, termios.tcsetattr in a finally
// INVARIANTS  I1. When the object is gone, the terminal is as it was.
//             I2. No signal comes between the question for it and the wait.
// THREADS     The main thread, inside an InterruptScope.
// OWNERSHIP   Borrows the descriptor; owns the terminal's setting.
// ERRORS      Interrupted; std::system_error from tcsetattr, ppoll, read.
// LEFT OUT    Keys that send several bytes, such as arrows. Ctrl-Z is switched
//             off with the lines: a shell does not repair a stopped program's
//             terminal.
// READ NEXT   demos/play.cc
#ifndef DEMOS_SUPPORT_KEYS_H_
#define DEMOS_SUPPORT_KEYS_H_

#include <termios.h>

#include <optional>

namespace demos::support {

class [[nodiscard]] Keys {
 public:
  // What is no terminal gives its bytes as they come.
  explicit Keys(int fd);
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;
  ~Keys();

  // The next one; nothing at the end of the input, or for Ctrl-D.
  std::optional<char> next();

 private:
  const int fd_;
  std::optional<termios> before_;  // of a terminal
};

}  // namespace demos::support

#endif  // DEMOS_SUPPORT_KEYS_H_
