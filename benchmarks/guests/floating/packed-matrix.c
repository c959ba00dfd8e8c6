/* Packed doubles: a matrix product, two columns at a time (MULPD, ADDPD, aligned loads and stores). */
#include "packed.h"

GUEST(0xfc3f64f3u)

#define N 96

static __m128d a[N][N / 2];
static __m128d b[N][N / 2];
static __m128d c[N][N / 2];

static void multiply(void) {
    for (int i = 0; i < N; i++) {
        const double *row = (const double *) a[i];
        for (int j = 0; j < N / 2; j++) {
            __m128d sum = _mm_setzero_pd();
            for (int k = 0; k < N; k++) {
                sum = _mm_add_pd(sum, _mm_mul_pd(_mm_set1_pd(row[k]), b[k][j]));
            }
            c[i][j] = sum;
        }
    }
}

uint32_t guest_run(void) {
    uint32_t random = 88172645u;
    uint32_t sum = 0;
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N / 2; j++) {
            a[i][j] = _mm_set_pd(random_fraction(&random), random_fraction(&random));
            b[i][j] = _mm_set_pd(random_fraction(&random), random_fraction(&random));
        }
    }
    multiply();
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N / 2; j++) {
            sum = with(sum, _mm_cvtsd_f64(c[i][j]));
            sum = with(sum, _mm_cvtsd_f64(_mm_unpackhi_pd(c[i][j], c[i][j])));
        }
    }
    return sum;
}
