/* The time stamp counter, which kernels read at every interrupt and every switch. */
#include "system.h"

GUEST(0x001e8480u)

static uint64_t time_stamp(void) {
    uint32_t low;
    uint32_t high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t) high << 32 | low;
}

uint32_t guest_run(void) {
    uint64_t before = time_stamp();
    uint32_t in_order = 0;
    for (uint32_t i = 0; i < OPERATIONS; i++) {
        uint64_t now = time_stamp();
        in_order += now >= before;
        before = now;
    }
    return in_order;
}
