/* A system without a tick: each time the timer is set to half a millisecond, then HLT until it has run out. */
#include "system.h"

GUEST(0x000003e8u)

uint32_t alarms __attribute__((used));

void alarm(void);
__asm__(
    ".text\n"
    "alarm: pushl %eax\n"
    " incl alarms\n"
    " movb $0x20, %al\n"
    " outb %al, $0x20\n"
    " popl %eax\n"
    " iret\n");

uint32_t guest_run(void) {
    uint32_t count = 1193182 / 2000;
    system_start();
    system_gate(INTERRUPTS, alarm, 0);
    alarms = 0;
    out8(0x43, 0x30); /* counter 0, both bytes, mode 0 */
    system_line(0);
    for (uint32_t i = 1; i <= OPERATIONS; i++) {
        out8(0x40, count & 0xFF);
        out8(0x40, count >> 8);
        while (*(volatile uint32_t *) &alarms < i) {
            __asm__ volatile("sti\n hlt\n cli" : : : "memory");
        }
    }
    out8(0x21, 0xFF);
    return OPERATIONS;
}
