/* Interrupts without waiting: the serial line's "transmitter empty" is switched on and asks at once; the handler reads
   its cause and ends it at the interrupt controller. An operation is two writes, the delivery, two accesses and IRET. */
#include "system.h"

GUEST(0x000186a0u)

#define LINE 4
#define PORT 0x3F8

uint32_t taken __attribute__((used));

void handler(void);
__asm__(
    ".text\n"
    "handler: pushl %eax\n"
    " pushl %edx\n"
    " movl $0x3FA, %edx\n"
    " inb %dx, %al\n"
    " incl taken\n"
    " movb $0x20, %al\n"
    " outb %al, $0x20\n"
    " popl %edx\n"
    " popl %eax\n"
    " iret\n");

uint32_t guest_run(void) {
    system_start();
    system_gate(INTERRUPTS + LINE, handler, 0);
    taken = 0;
    out8(PORT + 3, 3);    /* eight bits, not the divisor */
    out8(PORT + 1, 0);
    out8(PORT + 4, 0x0B); /* OUT2 lets the interrupt out */
    system_line(LINE);
    __asm__ volatile("sti");
    for (uint32_t i = 1; i <= OPERATIONS; i++) {
        out8(PORT + 1, 2);
        while (*(volatile uint32_t *) &taken < i) {
        }
        out8(PORT + 1, 0);
    }
    __asm__ volatile("cli");
    out8(0x21, 0xFF);
    return *(volatile uint32_t *) &taken;
}
