/* Translation of addresses: words at random in 32 MiB, nearly each on another page than the one before. */
#include "guest.h"

GUEST(0x6e5d1000u)

#define WORDS (8 << 20)
#define ACCESSES 1000000

static uint32_t memory[WORDS];

uint32_t guest_run(void) {
    uint32_t random = 362436069u;
    uint32_t sum = 0;
    for (uint32_t i = 0; i < WORDS; i += 1024) {
        memory[i] = i;
    }
    for (uint32_t i = 0; i < ACCESSES; i++) {
        uint32_t at = next_random(&random) % WORDS & ~1023u;
        sum = sum * 31 + memory[at];
        memory[at] = sum;
    }
    return sum;
}
