/* Bytes in byte registers: the stream cipher RC4, whose every step loads, swaps and stores bytes. */
#include "guest.h"

GUEST(0xfa8e2706u)

#define BYTES 3000000

static uint8_t state[256];

uint32_t guest_run(void) {
    uint32_t random = 521288629u;
    uint32_t sum = 0;
    uint8_t i = 0;
    uint8_t j = 0;
    for (int n = 0; n < 256; n++) {
        state[n] = (uint8_t) n;
    }
    for (int n = 0; n < 256; n++) {
        j = (uint8_t) (j + state[n] + next_random(&random));
        uint8_t t = state[n];
        state[n] = state[j];
        state[j] = t;
    }
    j = 0;
    for (uint32_t n = 0; n < BYTES; n++) {
        uint8_t a = state[++i];
        j = (uint8_t) (j + a);
        uint8_t b = state[j];
        state[i] = b;
        state[j] = a;
        sum = (sum << 5 | sum >> 27) ^ state[(uint8_t) (a + b)];
    }
    return sum;
}
