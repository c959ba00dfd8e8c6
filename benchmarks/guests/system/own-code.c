/* Code that changes itself: a constant within a loop is written before each round of it. */
#include "system.h"

GUEST(0x63a6ca54u)

extern uint8_t patched[];
uint32_t loop_of_own(uint32_t value);
__asm__(
    ".text\n"
    ".balign 64\n"
    "loop_of_own: movl 4(%esp), %eax\n"
    " movl $8, %ecx\n"
    "1: .byte 0x05\n" /* add eax, constant */
    "patched: .long 0\n"
    " roll $3, %eax\n"
    " decl %ecx\n"
    " jnz 1b\n"
    " ret\n"
    ".balign 64\n");

uint32_t guest_run(void) {
    uint32_t value = 1;
    for (uint32_t i = 0; i < OPERATIONS; i++) {
        *(volatile uint32_t *) patched = i * 2654435769u;
        value = loop_of_own(value);
    }
    return value;
}
