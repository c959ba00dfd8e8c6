/* System calls by SYSENTER and SYSEXIT. */
#include "system.h"

GUEST(0xa05c12c0u)

uint32_t served __attribute__((used));

void serve(void);
__asm__(".text\nserve: addl %eax, served\n sysexit\n");

static uint8_t stack[1024] __attribute__((aligned(16)));

static void set_model_specific(uint32_t number, uint32_t value) {
    __asm__ volatile("wrmsr" : : "c"(number), "a"(value), "d"(0));
}

static void program(void) {
    for (uint32_t i = 0; i < OPERATIONS; i++) {
        __asm__ volatile("movl %%esp, %%ecx\n movl $1f, %%edx\n sysenter\n1:" : : "a"(i) : "ecx", "edx", "memory");
    }
    system_return();
}

uint32_t guest_run(void) {
    system_start();
    set_model_specific(0x174, KERNEL_CODE);
    set_model_specific(0x175, (uint32_t) (stack + sizeof stack));
    set_model_specific(0x176, (uint32_t) serve);
    served = 0;
    system_user(program);
    return served;
}
