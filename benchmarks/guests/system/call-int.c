/* System calls by an interrupt gate: INT from ring 3, IRET back. */
#include "system.h"

GUEST(0xa8164160u)

uint32_t served __attribute__((used));

void serve(void);
__asm__(".text\nserve: addl %eax, served\n iret\n");

static void program(void) {
    for (uint32_t i = 0; i < OPERATIONS; i++) {
        __asm__ volatile("int $0x80" : : "a"(i) : "memory");
    }
    system_return();
}

uint32_t guest_run(void) {
    system_start();
    system_gate(0x80, serve, 1);
    served = 0;
    system_user(program);
    return served;
}
