/* What every benchmark guest offers; start.asm or native.asm call it. The build names PROGRAM and OPERATIONS (see list). */
#include <stdint.h>

/* One repetition of the work, always the same; the result is compared with guest_expected. */
uint32_t guest_run(void);

extern const uint32_t guest_expected;
extern const char guest_name[];

#define GUEST(expected)                 \
    const char guest_name[] = PROGRAM;  \
    const uint32_t guest_expected = expected;

/* The pseudo-random numbers of all guests: xorshift with the shifts 13, 17 and 5 (Marsaglia 2003). */
static inline uint32_t next_random(uint32_t *state) {
    uint32_t x = *state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return *state = x;
}

/* Makes the compiler forget what it knows of a value, so that work with a constant is done. */
static inline uint32_t opaque(uint32_t value) {
    __asm__ volatile("" : "+r"(value));
    return value;
}
