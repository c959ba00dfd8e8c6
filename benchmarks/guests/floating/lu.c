/* Floating-point loads and stores over an array: LU decomposition with pivots, and a solution by it. */
#include "floating.h"

#ifdef __SSE2__
GUEST(0xc4951611u)
#else
GUEST(0x089f5155u)
#endif

#define N 96
#define PASSES 4

static double a[N][N];
static double b[N];

static double magnitude(double x) {
    return x < 0 ? -x : x;
}

static void swap_rows(double *x, double *y) {
    for (int i = 0; i < N; i++) {
        double t = x[i];
        x[i] = y[i];
        y[i] = t;
    }
}

static void decompose(void) {
    for (int k = 0; k < N; k++) {
        int pivot = k;
        for (int i = k + 1; i < N; i++) {
            if (magnitude(a[i][k]) > magnitude(a[pivot][k])) {
                pivot = i;
            }
        }
        if (pivot != k) {
            double t = b[k];
            b[k] = b[pivot];
            b[pivot] = t;
            swap_rows(a[k], a[pivot]);
        }
        for (int i = k + 1; i < N; i++) {
            double factor = a[i][k] / a[k][k];
            a[i][k] = factor;
            b[i] -= factor * b[k];
            for (int j = k + 1; j < N; j++) {
                a[i][j] -= factor * a[k][j];
            }
        }
    }
}

static void substitute(void) {
    for (int i = N - 1; i >= 0; i--) {
        for (int j = i + 1; j < N; j++) {
            b[i] -= a[i][j] * b[j];
        }
        b[i] /= a[i][i];
    }
}

uint32_t guest_run(void) {
    uint32_t random = 521288629u;
    uint32_t sum = 0;
    for (int pass = 0; pass < PASSES; pass++) {
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                a[i][j] = random_fraction(&random) - 0.5;
            }
            b[i] = random_fraction(&random);
        }
        decompose();
        substitute();
        for (int i = 0; i < N; i++) {
            sum = with(sum, b[i]);
        }
    }
    return sum;
}
