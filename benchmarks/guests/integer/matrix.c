/* Loops in loops over arrays of words: products of integer matrices, by rows and by columns. */
#include "guest.h"

GUEST(0x07e37de6u)

#define N 128

static uint32_t a[N][N];
static uint32_t b[N][N];
static uint32_t c[N][N];

static void by_columns(void) {
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            uint32_t sum = 0;
            for (int k = 0; k < N; k++) {
                sum += a[i][k] * b[k][j];
            }
            c[i][j] = sum;
        }
    }
}

static void by_rows(void) {
    for (int i = 0; i < N; i++) {
        for (int k = 0; k < N; k++) {
            uint32_t factor = c[i][k] >> 3;
            for (int j = 0; j < N; j++) {
                a[i][j] += factor * b[k][j];
            }
        }
    }
}

uint32_t guest_run(void) {
    uint32_t random = 521288629u;
    uint32_t sum = 0;
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            a[i][j] = next_random(&random);
            b[i][j] = next_random(&random);
        }
    }
    for (int pass = 0; pass < 4; pass++) {
        by_columns();
        by_rows();
    }
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            sum = sum * 31 + a[i][j];
        }
    }
    return sum;
}
