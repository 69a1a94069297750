// gil_sim/ on bad days: what it asks of the system is one byte at a time.
#include <string>

#include "gil_sim/assembler.h"
#include "gil_sim/bytecode.h"
#include "gil_sim/check_policy.h"
#include "gil_sim/gil.h"
#include "gil_sim/interpreter.h"
#include "gtest/gtest.h"
#include "os/io.h"
#include "tests/faults/fault_runs.h"

namespace gil_sim {
namespace {

TEST(GilSimFaults, AProgramReadsItsInputByteByByteInOrder) {
  const std::string body =
      "  READ\n  STORE_GLOBAL first\n  READ\n"
      "  STORE_GLOBAL second\n";
  const Program program =
      assemble("global first = 0\nglobal second = 0\nthread A\n" + body);
  tests::Days({"pipe2"}).run(300, [&] {
    os::Pipe pipe = os::make_pipe();
    os::write_all(pipe.writer.get(), os::bytes_of("ab"));
    Gil gil;
    Interpreter interpreter(program, gil, CheckPolicy::kEveryInstruction,
                            pipe.reader.get());
    interpreter.run();
    EXPECT_EQ(interpreter.global("first"), 'a');
    EXPECT_EQ(interpreter.global("second"), 'b');
  });
}

}  // namespace
}  // namespace gil_sim
