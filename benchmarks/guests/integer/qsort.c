/* Recursion, compares and swaps: quicksort of half a million words. */
#include "guest.h"

GUEST(0xe1d16163u)

#define COUNT (1 << 19)

static int32_t values[COUNT];

static void sort(int32_t *low, int32_t *high) {
    while (low < high) {
        int32_t pivot = low[(high - low) / 2];
        int32_t *i = low;
        int32_t *j = high;
        while (i <= j) {
            while (*i < pivot) {
                i++;
            }
            while (*j > pivot) {
                j--;
            }
            if (i <= j) {
                int32_t t = *i;
                *i++ = *j;
                *j-- = t;
            }
        }
        sort(low, j);
        low = i;
    }
}

uint32_t guest_run(void) {
    uint32_t random = 88172645u;
    for (int i = 0; i < COUNT; i++) {
        values[i] = (int32_t) next_random(&random);
    }
    sort(values, values + COUNT - 1);
    uint32_t sum = 0;
    for (int i = 0; i < COUNT; i++) {
        sum = sum * 33 + (uint32_t) values[i];
        if (i > 0 && values[i - 1] > values[i]) {
            return 0;
        }
    }
    return sum;
}
