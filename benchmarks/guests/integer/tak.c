/* Calls with arguments on the stack, deep and shallow in turn: Takeuchi's function. */
#include "guest.h"

GUEST(0x0003640eu)

static int volatile arguments[] = {22, 14, 6};

__attribute__((noinline, noclone, optimize("no-optimize-sibling-calls"))) static int tak(int x, int y, int z) {
    return y < x ? tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y)) : z;
}

uint32_t guest_run(void) {
    uint32_t sum = 0;
    for (int i = 0; i < 4; i++) {
        sum = sum * 31 + (uint32_t) tak(arguments[0] - i, arguments[1], arguments[2]);
    }
    return sum;
}
