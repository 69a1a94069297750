// gil_sim/check_policy.h - at which instructions a thread may lose its turn.
//
// CONCEPT     The interpreter does not look at the eval breaker all the time.
//             Where it looks has moved from version to version, and with it
//             which programs lose updates:
//
//               every_instruction             3.9 and before
//               jumps_and_calls               3.10: jumps taken, either way
//               backward_jumps_and_calls      3.11 and later
//               awaits_only                   a coroutine
//
//             `x = x + 1` has neither a jump nor a call inside, so only the
//             first policy can break it.
// IN PYTHON   CHECK_EVAL_BREAKER in ceval.c; RESUME, CALL, JUMP_BACKWARD
// THREADS     Values.
// OWNERSHIP   Owns nothing.
// LEFT OUT    What else 3.9 skipped: instructions after those with fast
//             dispatch. Nothing in the language promised it.
// READ NEXT   gil_sim/evaluate.h
#ifndef GIL_SIM_CHECK_POLICY_H_
#define GIL_SIM_CHECK_POLICY_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace gil_sim {

enum class CheckPolicy : uint8_t {
  kEveryInstruction,
  kJumpsAndCalls,
  kBackwardJumpsAndCalls,
  kAwaitsOnly,
};

inline constexpr std::array<std::string_view, 4> kCheckPolicyNames = {
    "every_instruction", "jumps_and_calls", "backward_jumps_and_calls",
    "awaits_only"};

// Whether a jump that is taken is a check point.
constexpr bool checks_jump(CheckPolicy policy, bool backward) {
  return policy == CheckPolicy::kJumpsAndCalls ||
         (policy == CheckPolicy::kBackwardJumpsAndCalls && backward);
}

// Whether the entry of a function is one.
constexpr bool checks_call(CheckPolicy policy) {
  return policy == CheckPolicy::kJumpsAndCalls ||
         policy == CheckPolicy::kBackwardJumpsAndCalls;
}

}  // namespace gil_sim

#endif  // GIL_SIM_CHECK_POLICY_H_
