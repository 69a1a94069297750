// scheduler/cpu_sim/simulator.h - a kernel that runs jobs in virtual time.
//
// CONCEPT     Between two events nothing happens, so the clock jumps from one
//             to the next: a job arrives, an I/O is done, a burst or a slice
//             ends. Each moves one job along one edge of its states, and then
//             the CPUs that are free choose again. An hour with ten events
//             costs ten steps, and every run is the same.
//
//             What happens at one instant happens in this order:
//               1. a boost, if the policy has one due
//               2. new jobs join, in order of listing
//               3. jobs whose I/O is done join, in the order they went
//               4. slices, bursts and switches end, in order of CPU number;
//                  whose slice is over joins
//               5. idle CPUs choose; a job gets the CPU it ran on last if that
//                  is idle, else the idle one with the lowest number
//               6. idle CPUs steal (if they may), each from the next CPU in a
//                  circle that has someone waiting
//               7. waiting jobs that outrank running ones take their place,
//                  the least urgent first; of equals, the lowest CPU number
//             So everybody who is ready at an instant is considered at it.
// INVARIANTS  I1. A CPU runs one job at most, a job is on one CPU at most.
//             I2. No CPU is idle while a job that it may take is ready.
//             I3. Work is conserved: each job gets exactly its bursts.
//             I4. running + switching + idle time = CPUs x length of the run.
//             I5. Observers see a switch only where the job really changes: a
//                 slice that is renewed is one long bar.
// THREADS     One.
// OWNERSHIP   Borrows workload, clock and observer; owns policies and jobs.
// ERRORS      Empty bursts, or a clock that does not stand at zero: assert.
// LEFT OUT    Caches that grow cold when a job moves: pay for it by
//             process_switch. Interrupt handlers that take time.
// READ NEXT   scheduler/cpu_sim/metrics.h
#ifndef SCHEDULER_CPU_SIM_SIMULATOR_H_
#define SCHEDULER_CPU_SIM_SIMULATOR_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "scheduler/clock.h"
#include "scheduler/cpu_sim/cpu_heap.h"
#include "scheduler/cpu_sim/cpu_set.h"
#include "scheduler/cpu_sim/job.h"
#include "scheduler/cpu_sim/policy.h"
#include "scheduler/cpu_sim/stable_heap.h"
#include "scheduler/trace.h"

namespace scheduler::cpu_sim {

enum class Queues {
  kShared,    // one for all CPUs
  kOneEach,   // new jobs are dealt out like cards, and stay
  kStealing,  // the same, but an idle CPU takes from the others
};

struct Machine {
  int cpus = 1;
  Queues queues = Queues::kShared;
  // Paid when the CPU takes up another job than it had last, before that job
  // runs; nothing interrupts it. The first job of a CPU is free.
  Duration process_switch{};
  Duration thread_switch{};  // between threads of one process
};

// What the CPUs did with their time.
struct Usage {
  Duration running{};
  Duration switching{};
  uint64_t events = 0;  // arrivals, ends of I/O, slices, bursts and switches
  uint64_t process_switches = 0;
  uint64_t thread_switches = 0;
  uint64_t preemptions = 0;  // by rank; a slice that is over is none
  uint64_t steals = 0;
};

class Simulator {
 public:
  using MakePolicy = std::function<std::unique_ptr<Policy>()>;

  // One policy for all CPUs, or one each. REQUIRES: clock at zero.
  Simulator(const Workload& workload, const Machine& machine,
            const MakePolicy& make_policy, ManualClock& clock,
            Observer* observer = nullptr);

  // Jumps to the next event and does all of that instant; false if there is
  // none, which is when every job has ended.
  bool step();
  void run() {
    while (step()) {
    }
  }

  // By id; while it runs, a look into the kernel.
  const std::vector<Job>& jobs() const { return jobs_; }
  const Usage& usage() const { return usage_; }
  const Machine& machine() const { return machine_; }

 private:
  struct Cpu {
    Job* job = nullptr;         // being switched to, or running
    Job* leaving = nullptr;     // its slice is over in this very instant
    const Job* last = nullptr;  // whose registers are loaded
    TimePoint since{};          // when it chose, or when it began to run
    bool running = false;
  };

  Cpu& cpu(int number) { return cpus_[static_cast<size_t>(number)]; }
  bool shared() const { return machine_.queues == Queues::kShared; }
  Policy& queue_of(int cpu) {
    return *queues_[shared() ? 0 : static_cast<size_t>(cpu)];
  }

  TimePoint next_event() const;
  void boost();
  void arrive(Job& job);
  void wake(Job& job);
  void reach_end(int number);

  void enqueue(int number, Job& job, Entry entry);
  Job& dequeue(int number);
  void choose_from_shared_queue();
  void choose_from_own_queues();
  void steal();
  void preempt_for_waiting(int number);
  void assign(int number, Job& job);
  void begin(int number);
  void account(Cpu& cpu);
  void free(int number);
  Duration switch_cost(Cpu& cpu, const Job& job);

  // Set once.
  const Machine machine_;
  ManualClock& clock_;
  Observer* const observer_;
  bool preemptive_;

  std::vector<Job> jobs_;
  std::vector<Job*> arrivals_;  // in order of time, then of listing
  size_t arrived_ = 0;
  StableHeap in_io_;  // by the end of their I/O
  std::vector<std::unique_ptr<Policy>> queues_;
  TimePoint next_boost_;

  std::vector<Cpu> cpus_;
  CpuHeap ends_;     // of slices, bursts, switches
  CpuHeap weakest_;  // minus the rank of what runs, so the weakest is on top
  CpuSet idle_;
  CpuSet has_waiting_;  // by own queue

  // Lists of one instant, kept for their memory.
  std::vector<int> touched_;   // CPUs whose queue or job changed
  std::vector<int> starting_;  // CPUs whose job begins now, unless it is ousted
  Usage usage_;
};

}  // namespace scheduler::cpu_sim

#endif  // SCHEDULER_CPU_SIM_SIMULATOR_H_
