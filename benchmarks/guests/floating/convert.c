/* Conversions between integers and floating point, single and double precision, and polynomials between them. */
#include "floating.h"

#ifdef __SSE2__
GUEST(0x66850710u)
#else
GUEST(0xbfea906du)
#endif

#define COUNT 250000

uint32_t guest_run(void) {
    uint32_t random = 2463534242u;
    uint32_t sum = 0;
    float smooth = 0;
    for (int i = 0; i < COUNT; i++) {
        int32_t number = (int32_t) next_random(&random) >> 8;
        double x = number * (1.0 / (1 << 23));
        double y = (((0.25 * x - 0.5) * x + 0.75) * x - 1.0) * x + 1.5;
        smooth = smooth * 0.75f + (float) y;
        sum = sum * 31 + (uint32_t) (int32_t) (y * 65536.0) + (uint32_t) (int32_t) (smooth * 256.0f);
    }
    return sum;
}
