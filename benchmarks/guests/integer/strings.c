/* Bytes one by one, with loads and compares: length, copy, compare and search of strings as plain loops. */
#include "guest.h"

GUEST(0xa3546445u)

#define STRINGS 512
#define SIZE 64
#define PASSES 150

static char strings[STRINGS][SIZE];
static char copy[SIZE];

static uint32_t length(const char *s) {
    const char *end = s;
    while (*end != 0) {
        end++;
    }
    return (uint32_t) (end - s);
}

static int compare(const char *a, const char *b) {
    while (*a != 0 && *a == *b) {
        a++;
        b++;
    }
    return (uint8_t) *a - (uint8_t) *b;
}

static void duplicate(char *to, const char *from) {
    while ((*to++ = *from++) != 0) {
    }
}

/* Where a string begins in another one; -1 when nowhere. */
static int search(const char *in, const char *what) {
    for (int at = 0; in[at] != 0; at++) {
        int i = 0;
        while (what[i] != 0 && in[at + i] == what[i]) {
            i++;
        }
        if (what[i] == 0) {
            return at;
        }
    }
    return -1;
}

uint32_t guest_run(void) {
    uint32_t random = 88675123u;
    uint32_t sum = 0;
    for (int i = 0; i < STRINGS; i++) {
        uint32_t letters = 8 + (next_random(&random) >> 8) % (SIZE - 9);
        for (uint32_t j = 0; j < letters; j++) {
            strings[i][j] = (char) ('a' + (next_random(&random) >> 30));
        }
        strings[i][letters] = 0;
    }
    for (int pass = 0; pass < PASSES; pass++) {
        for (int i = 0; i < STRINGS; i++) {
            const char *other = strings[(i + pass + 1) % STRINGS];
            duplicate(copy, strings[i]);
            copy[4] = 0;
            sum = sum * 31 + length(strings[i]);
            sum += (uint32_t) compare(strings[i], other) + (uint32_t) search(other, copy);
        }
    }
    return sum;
}
