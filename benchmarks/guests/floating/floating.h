/* Helpers of the floating-point guests. Results are compared bit by bit, so only operations with one right result occur:
   sums, products, quotients, square roots, compares and conversions. */
#include "guest.h"

/* 0 to 1, exact in either unit. */
static inline double random_fraction(uint32_t *state) {
    return (int32_t) (next_random(state) >> 1) * (1.0 / 2147483648.0);
}

/* Adds all bits of a value to a checksum. */
static inline uint32_t with(uint32_t sum, double value) {
    union {
        double number;
        uint32_t words[2];
    } both = {value};
    return (sum * 31 + both.words[0]) * 31 + both.words[1];
}

static inline double square_root(double x) {
#ifdef __SSE2__
    __asm__("sqrtsd %0, %0" : "+x"(x));
#else
    __asm__("fsqrt" : "+t"(x));
#endif
    return x;
}
