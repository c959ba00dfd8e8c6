/* 64-bit products and their remainders (MUL and DIV back to back): the test of Miller and Rabin on 32-bit numbers. */
#include "guest.h"

GUEST(0x589a27f6u)

#define COUNT 50000

static uint32_t modular_product(uint32_t a, uint32_t b, uint32_t modulus) {
    uint32_t quotient;
    uint32_t rest;
    __asm__("mull %[b]\n divl %[m]" : "=&a"(quotient), "=&d"(rest) : "0"(a), [b] "r"(b), [m] "r"(modulus) : "cc");
    return rest;
}

static uint32_t modular_power(uint32_t base, uint32_t exponent, uint32_t modulus) {
    uint32_t result = 1;
    for (; exponent != 0; exponent >>= 1) {
        if (exponent & 1) {
            result = modular_product(result, base, modulus);
        }
        base = modular_product(base, base, modulus);
    }
    return result;
}

static int is_witness(uint32_t base, uint32_t n) {
    uint32_t odd = n - 1;
    int twos = 0;
    while ((odd & 1) == 0) {
        odd >>= 1;
        twos++;
    }
    uint32_t x = modular_power(base, odd, n);
    if (x == 1 || x == n - 1) {
        return 0;
    }
    while (--twos > 0) {
        x = modular_product(x, x, n);
        if (x == n - 1) {
            return 0;
        }
    }
    return 1;
}

uint32_t guest_run(void) {
    uint32_t random = 2463534242u;
    uint32_t sum = 0;
    for (int i = 0; i < COUNT; i++) {
        uint32_t n = next_random(&random) | 0x80000001u;
        if (!is_witness(2, n) && !is_witness(7, n) && !is_witness(61, n)) {
            sum = sum * 31 + n;
        }
    }
    return sum;
}
