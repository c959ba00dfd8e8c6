/* Port accesses that reach a device: the interrupt controller's mask register, written and read. */
#include "system.h"

GUEST(0x262669f0u)

uint32_t guest_run(void) {
    uint32_t sum = 0;
    system_start();
    system_line(0);
    for (uint32_t i = 0; i < OPERATIONS / 2; i++) {
        out8(0x21, i);
        sum = sum * 31 + in8(0x21);
    }
    return sum;
}
