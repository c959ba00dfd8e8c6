/* Packed single precision: points turned and scaled four values at a time, with shuffles, compares and square roots. */
#include "packed.h"

GUEST(0xb0896d91u)

#define POINTS 4096
#define PASSES 40

static __m128 points[POINTS];

static __m128 turned(__m128 p, __m128 x, __m128 y, __m128 z) {
    __m128 sum = _mm_mul_ps(_mm_shuffle_ps(p, p, 0x00), x);
    sum = _mm_add_ps(sum, _mm_mul_ps(_mm_shuffle_ps(p, p, 0x55), y));
    return _mm_add_ps(sum, _mm_mul_ps(_mm_shuffle_ps(p, p, 0xAA), z));
}

/* Divides by the length where the length is above one. */
static __m128 shortened(__m128 p) {
    __m128 square = _mm_mul_ps(p, p);
    square = _mm_add_ps(square, _mm_shuffle_ps(square, square, 0xB1));
    square = _mm_add_ps(square, _mm_shuffle_ps(square, square, 0x4E));
    __m128 length = _mm_max_ps(_mm_sqrt_ps(square), _mm_set1_ps(1));
    return _mm_div_ps(p, length);
}

uint32_t guest_run(void) {
    uint32_t random = 362436069u;
    __m128i sum = _mm_setzero_si128();
    __m128 x = _mm_set_ps(0, 0.0f, 0.8f, 0.625f);
    __m128 y = _mm_set_ps(0, 0.3f, 0.6f, -0.8f);
    __m128 z = _mm_set_ps(0, 1.1f, -0.3f, 0.2f);
    for (int i = 0; i < POINTS; i++) {
        float a = (float) random_fraction(&random);
        float b = (float) random_fraction(&random);
        points[i] = _mm_set_ps(0, a, b, (float) random_fraction(&random));
    }
    for (int pass = 0; pass < PASSES; pass++) {
        for (int i = 0; i < POINTS; i++) {
            points[i] = shortened(turned(points[i], x, y, z));
        }
    }
    for (int i = 0; i < POINTS; i++) {
        sum = _mm_add_epi32(_mm_slli_epi32(sum, 1), _mm_castps_si128(points[i]));
        sum = _mm_xor_si128(sum, _mm_srli_epi32(sum, 7));
    }
    uint32_t words[4];
    _mm_storeu_si128((__m128i *) words, sum);
    return words[0] * 31 * 31 + words[1] * 31 + words[2];
}
