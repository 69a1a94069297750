// demos/local_server.cc - the slow web server of TEST 2 and 6, to try by hand.
//
//   bazel run //demos:local_server -- --latency=500
//   time curl http://127.0.0.1:PORT/item/7        (in another terminal)
//
// Expected: the line "listening on http://127.0.0.1:PORT/", and half a second
// for each answer - also for a hundred curls at once, because the one loop of
// the server waits for all of them together. [C-179]
#include <cstdint>
#include <string>

#include "demos/support/flags.h"
#include "demos/support/http_server.h"
#include "demos/support/run_demo.h"

int main(int argc, char** argv) {
  using namespace demos::support;
  return run_demo("local_server", [&] {
    ServerSettings settings;
    settings.latency_ms = 20;
    int jitter = 0;
    Flags flags("local_server", "a web server that takes its time");
    flags.decimal("latency", &settings.latency_ms, 0, 60000,
                  "of each answer in ms");
    flags.number("jitter", &jitter, 0, 1 << 30,
                 "a seed: latencies vary by half", "none do");
    flags.number("body", &settings.body_bytes, 0, 1 << 20,
                 "bytes of an answer");
    flags.decimal("rate", &settings.rate, kLowestRate, 1e6,
                  "answers per second", "no limit");
    flags.toggle("keep-alive", &settings.keep_alive,
                 "let a client ask again on the same connection");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    settings.jitter = static_cast<uint32_t>(jitter);
    serve(settings, [](uint16_t port) {
      print("listening on http://127.0.0.1:" + std::to_string(port) + "/\n");
    });
    return 0;
  });
}
