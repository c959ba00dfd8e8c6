/* Single bits (AND, OR, NEG, shifts) and recursion: the numbers of ways to place four to twelve queens. */
#include "guest.h"

GUEST(0x54ebf364u)

static uint32_t place(uint32_t columns, uint32_t left, uint32_t right, uint32_t all) {
    uint32_t ways = 0;
    uint32_t free = ~(columns | left | right) & all;
    if (columns == all) {
        return 1;
    }
    while (free != 0) {
        uint32_t queen = free & -free;
        free ^= queen;
        ways += place(columns | queen, (left | queen) << 1, (right | queen) >> 1, all);
    }
    return ways;
}

uint32_t guest_run(void) {
    uint32_t sum = 0;
    for (uint32_t size = 4; size <= 12; size++) {
        sum = sum * 31 + place(0, 0, 0, opaque((1u << size) - 1));
    }
    return sum;
}
