/* REP MOVS and REP STOS, BLOCK bytes at a time at changing alignment; an operation is a copy and a fill. */
#include "guest.h"

GUEST(BLOCK == 32 ? 0x7ea44a59u : 0x93e43863u)

#define BYTES (1 << 18)

static uint8_t source[BYTES + 64];
static uint8_t target[BYTES + 64];

static void copy(uint8_t *to, const uint8_t *from, uint32_t bytes) {
    uint32_t words = bytes >> 2;
    __asm__ volatile("rep movsl\n movl %[r], %%ecx\n rep movsb"
                     : "+D"(to), "+S"(from), "+c"(words)
                     : [r] "r"(bytes & 3)
                     : "memory");
}

static void fill(uint8_t *to, uint32_t value, uint32_t bytes) {
    uint32_t words = bytes >> 2;
    __asm__ volatile("rep stosl" : "+D"(to), "+c"(words) : "a"(value) : "memory");
}

uint32_t guest_run(void) {
    uint32_t random = 521288629u;
    uint32_t sum = 0;
    for (uint32_t i = 0; i < sizeof source; i++) {
        source[i] = (uint8_t) next_random(&random);
    }
    for (uint32_t i = 0; i < OPERATIONS; i++) {
        uint32_t at = i * BLOCK % (BYTES - BLOCK + 1);
        copy(target + at, source + at + (i & 3), BLOCK);
        fill(target + at, i, BLOCK / 2);
        sum = sum * 31 + target[at] + target[at + BLOCK - 1];
    }
    return sum;
}
