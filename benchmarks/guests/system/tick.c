/* An idle system with a tick: HLT until the timer's interrupt, 2000 times a second. Processor time is spent on waking up
   and falling asleep only. */
#include "system.h"

GUEST(0x000003e8u)

uint32_t ticks __attribute__((used));

void tick(void);
__asm__(
    ".text\n"
    "tick: pushl %eax\n"
    " incl ticks\n"
    " movb $0x20, %al\n"
    " outb %al, $0x20\n"
    " popl %eax\n"
    " iret\n");

uint32_t guest_run(void) {
    uint32_t divisor = 1193182 / 2000;
    system_start();
    system_gate(INTERRUPTS, tick, 0);
    ticks = 0;
    out8(0x43, 0x34); /* counter 0, both bytes, mode 2 */
    out8(0x40, divisor & 0xFF);
    out8(0x40, divisor >> 8);
    system_line(0);
    while (*(volatile uint32_t *) &ticks < OPERATIONS) {
        __asm__ volatile("sti\n hlt\n cli" : : : "memory");
    }
    out8(0x21, 0xFF);
    return OPERATIONS;
}
