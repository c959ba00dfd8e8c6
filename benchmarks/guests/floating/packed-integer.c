/* Packed integers: pictures mixed, filtered and compared sixteen bytes at a time (PADDUSB, PMULLW, PSADBW, PUNPCK,
   PACKUSWB, PCMPGTB), with unaligned loads. */
#include "packed.h"

GUEST(0x05edb3a3u)

#define BYTES (1 << 16)
#define PASSES 24

static uint8_t first[BYTES + 16] __attribute__((aligned(16)));
static uint8_t second[BYTES + 16] __attribute__((aligned(16)));

static __m128i mixed(__m128i a, __m128i b, __m128i weight) {
    __m128i zero = _mm_setzero_si128();
    __m128i low = _mm_sub_epi16(_mm_unpacklo_epi8(a, zero), _mm_unpacklo_epi8(b, zero));
    __m128i high = _mm_sub_epi16(_mm_unpackhi_epi8(a, zero), _mm_unpackhi_epi8(b, zero));
    low = _mm_srai_epi16(_mm_mullo_epi16(low, weight), 6);
    high = _mm_srai_epi16(_mm_mullo_epi16(high, weight), 6);
    low = _mm_add_epi16(low, _mm_unpacklo_epi8(b, zero));
    high = _mm_add_epi16(high, _mm_unpackhi_epi8(b, zero));
    return _mm_packus_epi16(low, high);
}

uint32_t guest_run(void) {
    uint32_t random = 123456789u;
    __m128i distance = _mm_setzero_si128();
    for (int i = 0; i < BYTES + 16; i++) {
        first[i] = (uint8_t) (next_random(&random) >> 24);
        second[i] = (uint8_t) (i >> 4 ^ i);
    }
    for (int pass = 0; pass < PASSES; pass++) {
        __m128i weight = _mm_set1_epi16((int16_t) (pass + 7));
        for (int i = 0; i < BYTES; i += 16) {
            __m128i a = _mm_load_si128((const __m128i *) (first + i));
            __m128i b = _mm_load_si128((const __m128i *) (second + i));
            __m128i next = _mm_loadu_si128((const __m128i *) (second + i + 3));
            __m128i m = mixed(a, _mm_avg_epu8(b, next), weight);
            __m128i above = _mm_cmpgt_epi8(a, b);
            m = _mm_or_si128(_mm_and_si128(above, m), _mm_andnot_si128(above, _mm_adds_epu8(a, _mm_set1_epi8(9))));
            distance = _mm_add_epi64(distance, _mm_sad_epu8(m, b));
            _mm_store_si128((__m128i *) (second + i), m);
        }
    }
    uint32_t words[4];
    _mm_storeu_si128((__m128i *) words, distance);
    return words[0] * 31 + words[2];
}
