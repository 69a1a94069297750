// exercises/better_rule.h - where the documents' rule is wrong, and a better
// one.
//
// CONCEPT     The rule looks at one program and advises one way. It was made
//             for programs that do nothing but compute, or nothing but wait. So
//             look in between, and at the machine, of which it knows nothing.
//             One program is enough to show that a rule is wrong. It is then
//             the first test of the next rule.
//
//               rule  --advice-->  time under it     twice the fastest one, or
//               all models ----->  the fastest time  more: the rule is wrong
//
// IN PYTHON   the last code sample of the documents: if io_bound: ...
// INVARIANTS  I1. By the better rule's advice no program takes twice the time
//                 of the fastest way, or more: on 1 to 16 CPUs, if in a row it
//                 takes a second.
// THREADS     Functions of their arguments.
// OWNERSHIP   Values; the texts in a table are literals.
// READ NEXT   scheduler/choose.h, exercises/prices.h
#ifndef EXERCISES_BETTER_RULE_H_
#define EXERCISES_BETTER_RULE_H_

#include "exercises/prices.h"
#include "scheduler/choose.h"

namespace exercises {

struct Case {
  Program program;
  int cpus;  // 1 to 16
};

// For which scheduler::documents_table() gives bad advice.
Case counterexample();

// As the documents' table, with what it takes. It must not know your
// counterexample by heart: others are tried as well. [I1]
scheduler::DecisionTable better_rule(int cpus);

}  // namespace exercises

#endif  // EXERCISES_BETTER_RULE_H_
