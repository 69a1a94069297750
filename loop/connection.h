// loop/connection.h - the socket behind a stream reader and a stream writer.
//
// CONCEPT     Reader and writer are two ends of one socket. What they share
//             stands here: the socket, what could not be sent yet, and how the
//             connection came to its end. Sending is attempted at once; what
//             the system does not take is kept and sent when the loop says
//             that the socket is writable again. Receiving happens only when
//             a reader asks: what nobody wants stays in the system's buffer,
//             and when that is full the peer's system holds its sender. That
//             is back-pressure, from reader to far writer, without any code.
//
//               write --> [backlog] --> socket ==> peer
//               read  <----------------- socket <== peer
//
//               [open] --close--> [closing: sends the rest] --> [closed]
//                  '-- error, abort --------------------------------^
//
// IN PYTHON   asyncio's _SelectorSocketTransport and FlowControlMixin
// INVARIANTS  I1. Bytes are sent in the order of the writes.
//             I2. A drain waits from the moment the backlog exceeds 64 KiB
//                 until it has fallen to 16 KiB.
//             I3. Whoever waits is woken when the connection ends.
//             I4. One system call for a receive that follows an event: after
//                 one that did not fill its room the socket is known to be
//                 empty, so the loop is asked first.
//             I5. After kEager receives that did fill it the loop is asked as
//                 well: a peer that never stops must not keep out the others.
// THREADS     The loop's thread; another one is refused. A writer that is
//             dropped elsewhere while its loop runs is reported, and its
//             connection closed by the loop; a reader must not be.
// OWNERSHIP   Owns the socket. Shared by reader, writer and, while there is a
//             backlog, by the loop: what was written is sent even if both
//             have been dropped.
// ERRORS      The first failure is kept and thrown at every later read and
//             drain: std::system_error naming recv or send, or epoll_ctl(ADD)
//             if the loop cannot be told to send the rest.
// LEFT OUT    Other water marks; receiving ahead of the reader, with which
//             asyncio hides one turn of the loop and must then pause.
// READ NEXT   loop/stream_reader.h
#ifndef LOOP_CONNECTION_H_
#define LOOP_CONNECTION_H_

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string_view>
#include <vector>

#include "loop/byte_buffer.h"
#include "loop/core.h"
#include "loop/readiness.h"
#include "loop/ref.h"
#include "loop/sockets.h"
#include "loop/task.h"
#include "loop/waiting.h"
#include "scheduler/trace.h"

namespace loop {

class Connection {
 public:
  static constexpr size_t kHighWater = size_t{64} * 1024;
  static constexpr size_t kLowWater = size_t{16} * 1024;
  static constexpr int kEager = 8;

  // Of the running loop. Takes a connected socket.
  explicit Connection(Socket socket);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // --- The reading side.

  // Receives up to `at_most` bytes with one call. False: wait, then ask again.
  bool receive(ByteBuffer& into, size_t at_most);

  // co_await arrival(): until receive() is worth a call, or the end.
  class Arrival {
   public:
    explicit Arrival(Connection& connection)
        : connection_(&connection), readiness_(connection.socket_.readable()) {}
    Arrival(const Arrival&) = delete;
    Arrival& operator=(const Arrival&) = delete;
    ~Arrival() { leave(); }
    bool await_ready() const { return connection_->ended_; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> waiting) {
      readiness_.await_suspend(waiting);
      connection_->arrival_ = this;
      suspended_ = true;
    }
    void await_resume() {
      if (suspended_) {
        leave();
        connection_->empty_ = false;
        connection_->eager_ = 0;
        readiness_.await_resume();
      }
    }
    // Wakes the task, as an event would.
    void wake() { readiness_.cancel(); }

   private:
    void leave() {
      if (connection_->arrival_ == this) {
        connection_->arrival_ = nullptr;
      }
    }
    const Ref<Connection> connection_;  // its owner may go first
    Readiness readiness_;
    bool suspended_ = false;
  };
  Arrival arrival() { return Arrival(*this); }

  // Nothing will be received any more.
  bool ended() const { return ended_; }
  std::exception_ptr error() const { return error_; }
  void check_error() const {
    if (error_) [[unlikely]] {
      std::rethrow_exception(error_);
    }
  }
  // Fails the read that waits, and later reads and drains.
  void set_error(std::exception_ptr error);

  // --- The writing side.

  void send(std::string_view bytes);
  void send_eof();
  void close();
  void abort();
  // close() for destructors: in a wrong thread it is left to the loop.
  static void abandon(Ref<Connection> self) noexcept;
  bool closing() const { return closing_; }
  size_t backlog() const { return backlog_.size(); }

  // co_await drained() or closed(): no future, the task itself is listed.
  enum class Until : bool { kLowWater, kClosed };
  class Wait final : public Waitable {
   public:
    Wait(Connection& connection, Until until)
        : connection_(&connection), until_(until) {}
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;
    ~Wait() {
      if (task_ != nullptr) {
        leave();
      }
    }
    bool await_ready() const { return connection_->reached(until_); }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> waiting) {
      task_ = waiting.promise().task;
      connection_->waits_.push_back(this);
      task_->wait_at(*this);
    }
    void await_resume();

    // Waitable.
    bool cancel() override {
      wake();
      return false;
    }
    void abandon() override {}
    scheduler::Reason reason() const override { return scheduler::Reason::kIo; }
    const char* kind() const override {
      return until_ == Until::kClosed ? "closed" : "drained";
    }

   private:
    friend class Connection;
    bool leave();
    void wake() {
      if (leave()) {
        task_->core().make_ready(*task_);
      }
    }
    const Ref<Connection> connection_;  // its owner may go first
    const Until until_;
    TaskBase* task_ = nullptr;  // set if it really suspended
  };
  Wait drained() { return Wait(*this, Until::kLowWater); }
  Wait closed() { return Wait(*this, Until::kClosed); }

  // For Ref.
  uint32_t references = 0;
  void let_go() { delete this; }

 private:
  ~Connection() = default;
  bool reached(Until until) const;
  void wake(Until until);
  void fail(std::exception_ptr error);
  // What the system takes of `bytes` now.
  size_t send_now(std::string_view bytes);
  void send_backlog();
  void shut_down_sending();
  void finish();

  const Ref<Core> core_;
  Socket socket_;
  // Reading.
  Arrival* arrival_ = nullptr;  // the one that waits
  bool empty_ = false;          // the socket, when last asked [I4]
  int eager_ = 0;               // receives since the last event [I5]
  bool ended_ = false;
  // Writing.
  ByteBuffer backlog_;
  std::vector<Wait*> waits_;  // in the order in which they came
  bool paused_ = false;       // between the water marks [I2]
  bool eof_wanted_ = false;
  bool closing_ = false;
  bool closed_ = false;
  int ignored_writes_ = 0;
  // Both.
  std::exception_ptr error_;
};

}  // namespace loop

#endif  // LOOP_CONNECTION_H_
