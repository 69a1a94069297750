// exercises/delegate.h - `yield from`, written out.
//
// CONCEPT     `co_return co_await inner` in a generator hands everything on, in
//             both directions: what inner yields goes out; what is sent, thrown
//             or asked to close goes in; what inner returns is the value. To
//             see how much that is, do it by hand:
//
//               outside           delegate            inner
//               next, send  --->  sent or not  --->   next, send
//               throw_      --->  the error    --->   throw_
//               close       --->  GeneratorExit -->   close, and it goes on
//                           <---  co_yield     <---   a value
//               StopWith    <---  co_return    <---   StopWith
//
// IN PYTHON   PEP 380: 40 lines stand there for `yield from`
// INVARIANTS  I1. Nobody outside, and nobody inside, can tell it from
//                 `co_return co_await inner`.
// THREADS     As a generator: one call at a time.
// OWNERSHIP   The body owns inner.
// ERRORS      Those of inner.
// LEFT OUT    An inner one that has ended before.
// READ NEXT   loop/generator.h, loop/stop_iteration.h
#ifndef EXERCISES_DELEGATE_H_
#define EXERCISES_DELEGATE_H_

#include "loop/generator.h"

namespace exercises {

// It yields, takes and returns whole numbers. No co_await of inner inside!
using Numbers = loop::Generator<int, int, int>;

Numbers delegate(Numbers inner);

}  // namespace exercises

#endif  // EXERCISES_DELEGATE_H_
