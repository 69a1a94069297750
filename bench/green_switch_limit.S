// The limit for a switch of stacks on x86-64: nothing but what the calling
// convention makes a callee keep, stored and loaded without a question asked.
#if defined(__x86_64__)

.macro save
        pushq   %rbp
        pushq   %rbx
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
.endm

.macro restore_and_go_on
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbx
        popq    %rbp
        popq    %rcx
        jmpq    *%rcx
.endm

        .text
// void bench_swap_registers(void** save, void* load): integer registers only.
        .globl  bench_swap_registers
        .p2align 4
bench_swap_registers:
        save
        movq    %rsp, (%rdi)
        movq    %rsi, %rsp
        restore_and_go_on

// void bench_swap_all(void** save, void* load): and the rounding modes, loaded
// each time. Fast only while both sides have the same sticky flags.
        .globl  bench_swap_all
        .p2align 4
bench_swap_all:
        save
        subq    $8, %rsp
        stmxcsr (%rsp)
        fnstcw  4(%rsp)
        movq    %rsp, (%rdi)
        movq    %rsi, %rsp
        ldmxcsr (%rsp)
        fldcw   4(%rsp)
        addq    $8, %rsp
        restore_and_go_on

#endif
        .section .note.GNU-stack, "", @progbits
