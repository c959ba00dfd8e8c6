/* Floating-point compares and branches around short loops: a piece of Mandelbrot's set. */
#include "floating.h"

#ifdef __SSE2__
GUEST(0x76811bbfu)
#else
GUEST(0x76811bbfu)
#endif

#define SIZE 96
#define LIMIT 200

static uint32_t iterations(double cx, double cy) {
    double x = 0;
    double y = 0;
    uint32_t n = 0;
    while (n < LIMIT && x * x + y * y <= 4.0) {
        double t = x * x - y * y + cx;
        y = 2.0 * x * y + cy;
        x = t;
        n++;
    }
    return n;
}

uint32_t guest_run(void) {
    uint32_t sum = 0;
    for (int row = 0; row < SIZE; row++) {
        for (int column = 0; column < SIZE; column++) {
            sum = sum * 31 + iterations(-2.0 + column * (2.5 / SIZE), -1.25 + row * (2.5 / SIZE));
        }
    }
    return sum;
}
