/* The interrupt flag as kernels use it around their locks: PUSHF, CLI, POPF; CLI and STI. */
#include "system.h"

GUEST(0x14048000u)

uint32_t guest_run(void) {
    uint32_t sum = 0;
    system_start();
    system_line(0);
    out8(0x21, 0xFF);
    __asm__ volatile("sti");
    for (uint32_t i = 0; i < OPERATIONS / 2; i++) {
        uint32_t flags;
        __asm__ volatile("pushfl\n popl %0\n cli" : "=r"(flags) : : "memory");
        sum = sum * 31 + (flags & 0x200) + i;
        __asm__ volatile("pushl %0\n popfl" : : "r"(flags) : "memory", "cc");
        __asm__ volatile("cli" : : : "memory");
        sum ^= i;
        __asm__ volatile("sti" : : : "memory");
    }
    __asm__ volatile("cli");
    return sum;
}
