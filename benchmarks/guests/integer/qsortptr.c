/* Calls through a pointer: the sort of qsort.c with a compare function that the compiler cannot see through. */
#include "guest.h"

GUEST(0x3c3fd083u)

#define COUNT (1 << 18)

typedef int (*comparison)(const void *, const void *);

static int32_t values[COUNT];

static int ascending(const void *a, const void *b) {
    int32_t x = *(const int32_t *) a;
    int32_t y = *(const int32_t *) b;
    return (x > y) - (x < y);
}

static comparison volatile chosen = ascending;

static void sort(int32_t *low, int32_t *high, comparison compare) {
    while (low < high) {
        int32_t pivot = low[(high - low) / 2];
        int32_t *i = low;
        int32_t *j = high;
        while (i <= j) {
            while (compare(i, &pivot) < 0) {
                i++;
            }
            while (compare(j, &pivot) > 0) {
                j--;
            }
            if (i <= j) {
                int32_t t = *i;
                *i++ = *j;
                *j-- = t;
            }
        }
        sort(low, j, compare);
        low = i;
    }
}

uint32_t guest_run(void) {
    uint32_t random = 123456789u;
    for (int i = 0; i < COUNT; i++) {
        values[i] = (int32_t) next_random(&random);
    }
    sort(values, values + COUNT - 1, chosen);
    uint32_t sum = 0;
    for (int i = 0; i < COUNT; i++) {
        sum = sum * 33 + (uint32_t) values[i];
        if (i > 0 && values[i - 1] > values[i]) {
            return 0;
        }
    }
    return sum;
}
