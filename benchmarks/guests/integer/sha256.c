/* Long straight code of rotations, logic and additions, with more values than registers: SHA-256 (FIPS 180-4). */
#include "guest.h"

GUEST(0x351be708u)

#define BLOCKS 24000

static uint32_t constants[64];
static uint32_t message[64];
static uint32_t digest[8];

static uint32_t right(uint32_t x, int n) {
    return x >> n | x << (32 - n);
}

/* The first 32 bits of the fractional part of a root, by bisection: of the square root for the start values and of the
   cube root for the constants. */
static uint32_t fraction_of_root(uint32_t prime, int cube) {
    uint32_t whole = 1;
    uint64_t low = 0;
    uint32_t result = 0;
    while ((cube ? (whole + 1) * (whole + 1) * (whole + 1) : (whole + 1) * (whole + 1)) <= prime) {
        whole++;
    }
    low = (uint64_t) whole << 32;
    for (uint32_t bit = 1u << 31; bit != 0; bit >>= 1) {
        /* (root + bit)^2 or ^3 <= prime, in units of 2^-24 of each factor's upper part: 96 bits are enough */
        uint64_t root = low | result | bit;
        unsigned words[3];
        uint32_t high = (uint32_t) (root >> 32);
        uint32_t part = (uint32_t) root;
        uint64_t square_low = (uint64_t) part * part;
        uint64_t middle = 2 * (uint64_t) high * part + (square_low >> 32);
        uint64_t square_high = (uint64_t) high * high + (middle >> 32);
        words[0] = (uint32_t) square_low;
        words[1] = (uint32_t) middle;
        words[2] = (uint32_t) square_high;
        if (cube) {
            /* multiply the 2^-64 square by the root and keep what is above 2^-32 */
            uint64_t a = (uint64_t) words[1] * part >> 32;
            uint64_t b = (uint64_t) words[2] * part + (uint64_t) words[1] * high + a;
            uint64_t c = (uint64_t) words[2] * high + (b >> 32);
            words[2] = (uint32_t) c;
        }
        if (words[2] < prime) {
            result |= bit;
        }
    }
    return result;
}

static void prepare(void) {
    uint32_t found = 0;
    for (uint32_t n = 2; found < 64; n++) {
        int prime = 1;
        for (uint32_t d = 2; d * d <= n; d++) {
            prime &= n % d != 0;
        }
        if (prime) {
            constants[found] = fraction_of_root(n, 1);
            if (found < 8) {
                digest[found] = fraction_of_root(n, 0);
            }
            found++;
        }
    }
}

static void block(void) {
    uint32_t s[8];
    for (int i = 16; i < 64; i++) {
        uint32_t a = message[i - 15];
        uint32_t b = message[i - 2];
        message[i] = message[i - 16] + (right(a, 7) ^ right(a, 18) ^ a >> 3) + message[i - 7]
            + (right(b, 17) ^ right(b, 19) ^ b >> 10);
    }
    for (int i = 0; i < 8; i++) {
        s[i] = digest[i];
    }
    for (int i = 0; i < 64; i++) {
        uint32_t one = s[7] + (right(s[4], 6) ^ right(s[4], 11) ^ right(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6]))
            + constants[i] + message[i];
        uint32_t two = (right(s[0], 2) ^ right(s[0], 13) ^ right(s[0], 22))
            + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        s[7] = s[6];
        s[6] = s[5];
        s[5] = s[4];
        s[4] = s[3] + one;
        s[3] = s[2];
        s[2] = s[1];
        s[1] = s[0];
        s[0] = one + two;
    }
    for (int i = 0; i < 8; i++) {
        digest[i] += s[i];
    }
}

uint32_t guest_run(void) {
    uint32_t random = 123456789u;
    prepare();
    for (int i = 0; i < BLOCKS; i++) {
        for (int j = 0; j < 16; j++) {
            message[j] = next_random(&random);
        }
        block();
    }
    return digest[0] ^ digest[7];
}
