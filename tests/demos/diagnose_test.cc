// What diagnose says of programs whose kind is known, and what it leaves alone:
// their streams, their exit codes. And what decide asks.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "demos/diagnose_judge.h"
#include "demos/diagnose_lookout.h"
#include "demos/diagnose_try.h"
#include "demos/matrix/measured_test.h"
#include "demos/support/child_tree.h"
#include "demos/support/eventually.h"
#include "demos/support/http_server.h"
#include "demos/support/statistics.h"
#include "gtest/gtest.h"
#include "os/io.h"
#include "os/proc.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/choose.h"
#include "scheduler/clock.h"
#include "tests/demos/program.h"
#include "tests/demos/shown.h"

namespace demos {
namespace {

constexpr const char* kDiagnose = "demos/diagnose";
constexpr const char* kWorkload = "tests/demos/workload";

struct Said {
  int exit_code = 0;
  std::string output;
  std::string report;

  bool has(const std::string& text) const {
    return report.find(text) != std::string::npos;
  }
};

Said run(const std::string& demo, const std::vector<std::string>& arguments,
         std::optional<int> standard_output = std::nullopt) {
  tests::Program program(demo, arguments, testing::TempDir(), standard_output);
  Said said;
  said.exit_code = program.wait();
  said.output = program.output;
  said.report = program.error;
  return said;
}

Said diagnose(const std::vector<std::string>& command,
              const std::vector<std::string>& flags = {}) {
  std::vector<std::string> arguments = flags;
  arguments.push_back("--");
  arguments.insert(arguments.end(), command.begin(), command.end());
  return run(kDiagnose, arguments);
}

Said diagnose_shell(const std::string& line) {
  return diagnose({"/bin/sh", "-c", line});
}

// A neighbour may take the CPU, and a program may come from a cold disk: the
// first of three runs that is read rightly, or else the last.
template <class Run, class Right>
Said of_three(Run run, Right right) {
  Said said = run();
  for (int more = 2; more > 0 && !right(said); --more) {
    said = run();
  }
  EXPECT_TRUE(right(said)) << said.report;
  return said;
}

template <class Run>
Said expect_class(Run run, const std::string& verdict) {
  const Said said = of_three(run, [&](const Said& one) {
    return one.has("VERDICT " + verdict + "\n") ||
           one.has("VERDICT " + verdict +
                   "; the machine was too busy to be sure\n");
  });
  EXPECT_EQ(said.exit_code, 0) << said.report;
  EXPECT_TRUE(said.has("VERDICT C-024 found: cpu_share ")) << said.report;
  return said;
}

Said expect_class(const std::vector<std::string>& command,
                  const std::string& verdict,
                  const std::vector<std::string>& flags = {}) {
  return expect_class([&] { return diagnose(command, flags); }, verdict);
}

Said expect_class_of_shell(const std::string& line,
                           const std::string& verdict) {
  return expect_class({"/bin/sh", "-c", line}, verdict);
}

// Answers each byte by a byte, 0.2 ms later, on any number of connections.
void serve_echo(const os::UniqueFd& listener) {
  auto& clock = scheduler::SteadyClock::instance();
  std::vector<os::UniqueFd> clients;
  for (;;) {
    std::vector<pollfd> fds = {
        {.fd = listener.get(), .events = POLLIN, .revents = 0}};
    for (const os::UniqueFd& client : clients) {
      fds.push_back({.fd = client.get(), .events = POLLIN, .revents = 0});
    }
    os::check(poll(fds.data(), fds.size(), -1), "poll");
    for (size_t i = 1; i < fds.size(); ++i) {
      std::array<std::byte, 1> byte{};
      if (fds[i].revents == 0) {
        continue;
      }
      if (os::read_some(fds[i].fd, byte).value_or(0) == 0) {
        return;  // the one command it serves has ended
      }
      clock.sleep_until(clock.now() + scheduler::seconds(0.0002));
      os::write_all(fds[i].fd, byte);
    }
    if (fds[0].revents != 0) {
      clients.emplace_back(
          os::check(accept(listener.get(), nullptr, nullptr), "accept"));
    }
  }
}

class EchoServer {
 public:
  EchoServer()
      : listener_(os::check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
                            "socket")),
        port_(listen_somewhere()),
        process_([&] { serve_echo(listener_); }) {}
  std::string port() const { return std::to_string(port_); }

 private:
  uint16_t listen_somewhere() const {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    os::check(bind(listener_.get(), any, sizeof address), "bind");
    os::check(listen(listener_.get(), 300), "listen");
    socklen_t size = sizeof address;
    os::check(getsockname(listener_.get(), any, &size), "getsockname");
    return ntohs(address.sin_port);
  }

  const os::UniqueFd listener_;
  const uint16_t port_;
  support::ChildTree process_;
};

// C-024 C-198
TEST(Diagnose, ABurnerIsCpuBound) {
  expect_class({kWorkload, "burn", "0.3"},
               "C-198 advice: CPU-bound -> processes");
}

// C-200
TEST(Diagnose, ASleeperIsSlowIo) {
  expect_class({"sleep", "0.3"},
               "C-200 advice: slow I/O or many connections -> async");
}

// C-199
TEST(Diagnose, AClientOfAServerThatAnswersIn200MicrosecondsIsFastIo) {
  const Said said = expect_class(
      [] {
        const EchoServer server;
        return diagnose({kWorkload, "echo", server.port(), "1000"});
      },
      "C-199 advice: fast I/O -> threads");
  EXPECT_TRUE(said.has("VERDICT C-202 found: 1 connected socket at a time"))
      << said.report;
}

// C-200
TEST(Diagnose, AClientOfAServerThatAnswersIn50MillisecondsIsSlowIo) {
  const support::HttpServer server({.latency_ms = 50});
  expect_class({kWorkload, "get", std::to_string(server.port()), "6"},
               "C-200 advice: slow I/O or many connections -> async");
}

// C-202
TEST(Diagnose, TwoHundredSocketsAreManyHoweverFastTheAnswers) {
  const Said said = expect_class(
      [] {
        const EchoServer server;
        return diagnose({kWorkload, "sockets", server.port(), "200"});
      },
      "C-200 advice: slow I/O or many connections -> async");
  EXPECT_TRUE(said.has("VERDICT C-202 found: 200 connected sockets"))
      << said.report;
}

// C-201: a copy is all system time, and yet not CPU-bound.
TEST(Diagnose, AFileCopierIsLocalFiles) {
  const std::string file = testing::TempDir() + "/big";
  std::ofstream(file) << std::string(48 << 20, 'x');
  expect_class_of_shell(
      "cd " + testing::TempDir() + "; for i in 1 2 3 4; do cp big copy; done",
      "C-201 advice: local files -> single");
  std::filesystem::remove(file);
  std::filesystem::remove(testing::TempDir() + "/copy");
}

TEST(Diagnose, APipelineIsWhatItsPartsAreTogether) {
  expect_class_of_shell(std::string(kWorkload) + " burn 0.3 | cat | cat",
                        "C-198 advice: CPU-bound -> processes");
  expect_class_of_shell("{ sleep 0.3; echo; } | cat >/dev/null",
                        "C-200 advice: slow I/O or many connections -> async");
}

TEST(Diagnose, AProgramThatFailsKeepsItsExitCode) {
  const Said said = diagnose_shell("exit 7");
  EXPECT_EQ(said.exit_code, 7);
  EXPECT_TRUE(said.has("sh -c exit 7: exit code 7\n")) << said.report;
}

TEST(Diagnose, AProgramThatIsKilledIsReportedAsTheShellDoes) {
  const Said said = diagnose_shell("kill -KILL $$");
  EXPECT_EQ(said.exit_code, 128 + SIGKILL);
  EXPECT_TRUE(said.has("ended by signal 9\n")) << said.report;
}

TEST(Diagnose, AShortRunIsNotJudged) {
  const Said said = diagnose({"true"}, {"--shortest=10000"});
  EXPECT_EQ(said.exit_code, 0);
  EXPECT_TRUE(said.has("too short: ")) << said.report;
  EXPECT_FALSE(said.has("VERDICT")) << said.report;
}

TEST(Diagnose, TheStreamsAreThoseOfTheCommand) {
  const Said said = diagnose_shell("read line <<X\nhello\nX\necho $line");
  EXPECT_EQ(said.output, "hello\n");
  // A broken pipe ends the writer as it would without us.
  EXPECT_FALSE(diagnose_shell("yes | head -1 >/dev/null").has("yes:"));
}

// Nothing of what diagnose has open itself.
TEST(Diagnose, TheCommandHasTheDescriptorsThatItHasWithoutUs) {
  EXPECT_EQ(diagnose({"ls", "/proc/self/fd"}).output,
            run("/bin/ls", {"/proc/self/fd"}).output);
}

// A program with a terminal of its own, and somebody who types.
class AtATerminal {
 public:
  explicit AtATerminal(std::vector<const char*> command) {
    int master = -1;
    // Lines, echo, Ctrl-C; which is not to throw away what was just printed.
    termios modes{};
    modes.c_iflag = ICRNL;
    modes.c_oflag = OPOST | ONLCR;
    modes.c_cflag = CREAD | CS8;
    modes.c_lflag = ISIG | ICANON | ECHO | NOFLSH;
    modes.c_cc[VINTR] = kCtrlC;
    pid_ = os::check(forkpty(&master, nullptr, &modes, nullptr), "forkpty");
    if (pid_ == 0) {
      command.push_back(nullptr);
      execv(command[0], const_cast<char**>(command.data()));
      _exit(127);
    }
    master_ = os::UniqueFd(master);
  }

  // Types `text` as soon as `seen` has appeared.
  void type_after(const std::string& seen, std::string_view text) {
    while (screen.find(seen) == std::string::npos && read_more()) {
    }
    os::write_all(master_.get(), os::bytes_of(text));
  }
  int wait() {
    while (read_more()) {
    }
    int status = 0;
    waitpid(pid_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

  std::string screen;
  static constexpr char kCtrlC = 3;

 private:
  // False when nobody has the terminal any more: that is EIO.
  bool read_more() {
    char buffer[1024];
    const ssize_t size = read(master_.get(), buffer, sizeof buffer);
    screen.append(buffer, static_cast<size_t>(size < 0 ? 0 : size));
    return size > 0;
  }

  pid_t pid_ = 0;
  os::UniqueFd master_;
};

TEST(Diagnose, ATerminalIsLentToTheCommandAndTakenBack) {
  AtATerminal terminal({kDiagnose, "--", "/bin/cat"});
  terminal.type_after("", "hello\n");
  // Once by the terminal, once by cat, whom alone Ctrl-C then reaches.
  terminal.type_after("hello\r\nhello\r\n", {&AtATerminal::kCtrlC, 1});
  EXPECT_EQ(terminal.wait(), 128 + SIGINT);
  EXPECT_NE(terminal.screen.find("ended by signal 2"), std::string::npos)
      << terminal.screen;
}

TEST(Diagnose, NearAThresholdBothAdvicesAreGiven) {
  of_three(
      [] {
        return diagnose({kWorkload, "burn", "0.3"}, {"--cpu-share=0.97"});
      },
      [](const Said& said) {
        return said.has(
                   "advice: CPU-bound -> processes; borderline: perhaps ") ||
               said.has("; borderline: perhaps CPU-bound -> processes");
      });
}

TEST(Diagnose, ThresholdsAreFlags) {
  expect_class({"sleep", "0.2"}, "C-199 advice: fast I/O -> threads",
               {"--wait=5000"});
}

TEST(Diagnose, WhatCannotBeRunIsOneLine) {
  const Said missing = diagnose({"/no/such/program"});
  EXPECT_EQ(missing.exit_code, 127);
  EXPECT_EQ(missing.report,
            "diagnose: /no/such/program: cannot be run: No such file or "
            "directory\n");
  const Said folder = diagnose({"/usr"});
  EXPECT_EQ(folder.exit_code, 126);
  const Said nothing = run(kDiagnose, {});
  EXPECT_EQ(nothing.exit_code, 2);
  EXPECT_EQ(nothing.report,
            "diagnose: a command is missing; write: diagnose [flags] -- CMD "
            "...\n");
}

TEST(Diagnose, WhatACommandLeavesBehindIsEnded) {
  const Said said = diagnose_shell("sleep 60 >&- 2>&- & echo $!");
  const pid_t left = std::stoi(said.output);
  EXPECT_TRUE(support::eventually([&] {
    const auto status = os::read_status(left);
    return !status || status->state == 'Z';
  }));
}

// Lookout I2: a file or a socket of the caller is not the command's.
TEST(Diagnose, WhereTheStreamsLeadDoesNotChangeTheAdvice) {
  const std::string path = testing::TempDir() + "/streams";
  const os::UniqueFd file(os::check(
      open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600), "open"));
  int ends[2];
  os::check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends),
            "socketpair");
  const os::UniqueFd ours(ends[0]);
  const os::UniqueFd theirs(ends[1]);
  for (const std::optional<int> output :
       {std::optional<int>(), std::optional<int>(file.get()),
        std::optional<int>(theirs.get())}) {
    const Said said = expect_class(
        [&] {
          return run(kDiagnose,
                     {"--", "dd", "if=/dev/zero", "of=/dev/null", "bs=64k",
                      "count=200000"},
                     output);
        },
        "C-198 advice: CPU-bound -> processes");
    EXPECT_TRUE(said.has(" 0 connected sockets\n")) << said.report;
  }
  std::filesystem::remove(path);
}

TEST(Diagnose, TheTimeOfAChildThatNobodyWaitsForCounts) {
  const Said said =
      expect_class_of_shell("while :; do :; done & sleep 0.6",
                            "C-198 advice: CPU-bound -> processes");
  EXPECT_GT(tests::number_in(said.report, "user ([0-9.]+), system"), 0.05);
}

// It loads a hundred files before its first wait.
TEST(Diagnose, TheStartOfAProgramDoesNotShortenItsWaits) {
  if (access("/usr/bin/python3", X_OK) != 0) {
    GTEST_SKIP() << tests::kNoPython;
  }
  expect_class({"/usr/bin/python3", "-c",
                "import time\nfor _ in range(20): time.sleep(0.02)"},
               "C-200 advice: slow I/O or many connections -> async");
}

// A command that reads from the terminal, though its input is a file.
class DiagnoseOnATerminal : public testing::Test {
 protected:
  DiagnoseOnATerminal()
      : master_(os::check(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC),
                          "posix_openpt")) {
    EXPECT_EQ(grantpt(master_.get()), 0);
    EXPECT_EQ(unlockpt(master_.get()), 0);
    EXPECT_EQ(write(master_.get(), "typed\n", 6), 6);
  }

  // In a session of its own, whose terminal this becomes.
  Said run(const std::string& command) {
    const std::string name = ptsname(master_.get());
    return demos::run("/usr/bin/setsid",
                      {"--wait", "/bin/sh", "-c",
                       ": <>" + name + "; exec </dev/null; " + command});
  }

  const os::UniqueFd master_;
};

TEST_F(DiagnoseOnATerminal, ItIsLentThoughItIsNoneOfTheStreams) {
  const Said said =
      run("demos/diagnose -- sh -c 'read line </dev/tty; echo got $line'");
  EXPECT_EQ(said.exit_code, 0) << said.report;
  EXPECT_EQ(said.output, "got typed\n") << said.report;
}

TEST_F(DiagnoseOnATerminal, WhoIsStoppedForWantOfItIsReported) {
  // In the background of a shell that has it.
  const Said said =
      run("set -m; demos/diagnose -- sh -c 'read line </dev/tty' & wait $!");
  EXPECT_EQ(said.exit_code, 1) << said.report;
  EXPECT_EQ(said.report,
            "diagnose: sh: stopped by the system: it wants the terminal, and "
            "another program has it\n");
}

// Judgement I2: half a second of work that took two.
TEST(DiagnoseJudgement, OnAMachineThatWasTooBusyNothingIsClear) {
  Watched watched;
  watched.wall_s = 2;
  watched.user_s = 0.5;
  watched.looks = watched.looks_with_work = watched.running = 200;
  const Rule rule;
  for (const scheduler::Criterion& criterion : rule.table.criteria) {
    const std::string name(criterion.name);
    EXPECT_EQ(margin(criterion, watched), name == "only-files" ? ""
                                          : name.ends_with("-share")
                                              ? "machine too busy"
                                              : "clear")
        << name;
  }
  EXPECT_EQ(judge(watched, rule).advice(),
            "CPU-bound -> processes; the machine was too busy to be sure");
}

// Judgement I1
TEST(DiagnoseJudgement, ARunThatWasLookedAtTwiceHasNoAdvice) {
  Watched watched;
  watched.wall_s = 2;
  watched.looks = 2;
  EXPECT_FALSE(judge(watched, Rule()).choice);
  watched.looks = 3;
  EXPECT_TRUE(judge(watched, Rule()).choice);
}

// Of each model its shortest, median and longest run.
matrix::MeasuredTest measured(
    const std::vector<std::pair<std::string, support::Spread>>& models) {
  matrix::MeasuredTest test;
  test.runs = 3;
  for (const auto& [model, seconds] : models) {
    test.rows.push_back({.model = model, .seconds = seconds});
    test.rows.back().speed_up = test.single().seconds.median / seconds.median;
  }
  return test;
}

// diagnose_try I1
TEST(DiagnoseTry, TheAdviceWinsOnlyIfItIsToldApartFromTheNextBest) {
  const support::Spread slow{.median = 1.0, .low = 0.99, .high = 1.01};
  const support::Spread middle{.median = 0.5, .low = 0.4, .high = 0.6};
  const support::Spread near{.median = 0.45, .low = 0.39, .high = 0.55};
  const support::Spread fast{.median = 0.1, .low = 0.09, .high = 0.11};
  const auto said = [](const auto& test, const char* model) {
    return what_the_runs_say(test, model);
  };
  EXPECT_EQ(said(measured({{"single", slow}, {"async", fast}}), "async"),
            "the advice wins: async 0.100 s and 0.0 MB, 10.00 times as fast as "
            "single; next single 1.000 s and 0.0 MB");
  const auto close =
      measured({{"single", slow}, {"threads", near}, {"async", middle}});
  EXPECT_EQ(said(close, "async"),
            "the advice is not told apart from threads: async 0.500 s and 0.0 "
            "MB, 2.00 times as fast as single; threads 0.450 s and 0.0 MB");
  EXPECT_EQ(said(measured({{"single", slow}, {"async", fast}}), "single"),
            "the advice loses: single 1.000 s and 0.0 MB, 1.00 times as fast "
            "as single; but async 0.100 s and 0.0 MB");
  EXPECT_EQ(said(measured({{"single", slow}, {"async", slow}}), "single"),
            "the advice holds: single 1.000 s and 0.0 MB; nothing is gained by "
            "the others that these runs can show");
  EXPECT_EQ(said(measured({{"single", slow}, {"async", slow}}), "async"),
            "nothing shown: 1.00 times as fast as single, which these runs do "
            "not tell apart");
}

// The shape, whatever the times are.
TEST(DiagnoseTry, ATrialIsATableOfTheModelsAndOneVerdict) {
  const Said said = diagnose({"sleep", "0.1"}, {"--try"});
  EXPECT_EQ(said.exit_code, 0) << said.report;
  for (const char* model : {"\nsingle ", "\nthreads ", "\nasync ",
                            "\nprocesses ", "\nVERDICT C-200 tried: "}) {
    EXPECT_TRUE(said.has(model)) << model << said.report;
  }
}

// C-055: what is not judged of one command is not judged of a dozen.
TEST(DiagnoseEveryday, CommandsThatRanTooShortlyAreListedAndNotCounted) {
  const Said said = run(kDiagnose, {"--everyday", "--shortest=60000"});
  EXPECT_EQ(said.exit_code, 0) << said.report;
  for (const char* command : {"ls -lR", "find", "du", "grep", "cp", "tar",
                              "cat", "sort", "gzip -k", "gzip -dc", "sleep"}) {
    EXPECT_TRUE(std::regex_search(
        said.output,
        std::regex("\n" + std::string(command) +
                   " .*  (too short to judge|ended with code [0-9]+)\n")))
        << command << said.output;
  }
  EXPECT_NE(said.output.find("VERDICT C-055 not shown: of 0 everyday"),
            std::string::npos)
      << said.output;
}

// C-203
TEST(Decide, FlagsAnswerInPlaceOfAPerson) {
  const Said said =
      run("demos/decide", {"--only-files=no", "--cpu-share=0.05", "--wait=50"});
  EXPECT_EQ(said.exit_code, 0);
  EXPECT_EQ(said.output,
            "\nno   only local files\nno   CPU time / wall >= 0.8\n"
            "yes  mean wait >= 10 ms\nslow I/O or many connections: async\n\n"
            "VERDICT C-200 advice: slow I/O or many connections -> async (3 of "
            "5 answers needed)\n"
            "VERDICT C-203 found: each of 32 combinations of answers has one "
            "advice: single 8, processes 12, async 9, threads 3\n");
}

TEST(Decide, APipeAnswersWordByWord) {
  tests::Program program("/bin/sh", {"-c",
                                     "printf 'maybe\\nno\\n0.5\\nn\\n12\\n' | "
                                     "demos/decide"});
  EXPECT_EQ(program.wait(), 0) << program.error;
  EXPECT_NE(program.output.find("-> not understood; accepted: yes or no\n"),
            std::string::npos)
      << program.output;
  EXPECT_NE(program.output.find("VERDICT C-199 advice: fast I/O -> threads"),
            std::string::npos)
      << program.output;
}

TEST(Decide, NoAnswerIsOneLineThatSaysWhatWasAsked) {
  tests::Program program("/bin/sh", {"-c", "demos/decide </dev/null"});
  EXPECT_EQ(program.wait(), 2);
  EXPECT_EQ(program.error,
            "decide: Does it wait for local files and for nothing else? No "
            "answer; accepted: yes or no\n");
}

// C-204 C-205
TEST(Decide, ThePictureIsThatOfTheTable) {
  const Said said = run("demos/decide", {"--picture"});
  EXPECT_EQ(said.exit_code, 0);
  EXPECT_TRUE(
      said.output.starts_with(draw(scheduler::documents_table()) + "\n"));
  EXPECT_NE(said.output.find("VERDICT C-205 imprecise: "), std::string::npos);
}

// C-202
TEST(Decide, TheNumberOfConnectionsDecidesFromAHundredOn) {
  EXPECT_TRUE(
      tests::output_of("demos/decide", {"--only-files=n", "--cpu-share=n",
                                        "--wait=n", "--connections=1e3"})
          .find("VERDICT C-202 found: with 1000 connections") !=
      std::string::npos);
  const Said said = run("demos/decide", {"--only-files=n", "--cpu-share=n",
                                         "--wait=n", "--connections=99"});
  EXPECT_NE(said.output.find("VERDICT C-202 found: with 99 connections and "
                             "short waits threads; the advice changes at 100"),
            std::string::npos)
      << said.output;
}

}  // namespace
}  // namespace demos
