// scheduler/green/context_x86_64.S - the switch, by hand; see context.h.
#if defined(__x86_64__)

        .text

// void scheduler_green_switch(void** save [rdi], void* load [rsi])
// Whoever jumped here has pushed the program counter already.
        .globl  scheduler_green_switch
        .type   scheduler_green_switch, @function
        .p2align 4
scheduler_green_switch:
        pushq   %rbp
        pushq   %rbx
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        subq    $8, %rsp
        stmxcsr (%rsp)
        fnstcw  4(%rsp)
        movl    (%rsp), %eax

        movq    %rsp, (%rdi)            // here one computation stops
        movq    %rsi, %rsp              // and here the other one goes on

// Loading a different MXCSR empties the pipeline: 55 ns, measured. Its low six
// bits are sticky flags ("a result was rounded") that differ all the time and
// that any call may change; only the control bits belong to the computation.
        xorl    (%rsp), %eax
        testl   $0xffc0, %eax
        jne     2f
1:      fldcw   4(%rsp)
        addq    $8, %rsp
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbx
        popq    %rbp
// Not `ret`: the processor would predict that it returns to the latest call,
// and that was made on the other stack.
        popq    %rcx
        jmpq    *%rcx
2:      ldmxcsr (%rsp)
        jmp     1b
        .size   scheduler_green_switch, . - scheduler_green_switch

// Where a new computation begins: entry in r12, its argument in rbx.
        .globl  scheduler_green_start
        .type   scheduler_green_start, @function
        .p2align 4
scheduler_green_start:
        xorl    %ebp, %ebp              // the chain of frames ends here
        movq    %rbx, %rdi
        callq   *%r12
        ud2                             // an entry does not return [I3]
        .size   scheduler_green_start, . - scheduler_green_start

#endif

// Without this line the linker would make every stack of the process executable.
        .section .note.GNU-stack, "", @progbits
