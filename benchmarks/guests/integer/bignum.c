/* Carries over many words (ADC, SBB), wide products (MUL) and wide quotients (DIV): a factorial, then its digits. */
#include "guest.h"

GUEST(0xeeef1bbeu)

#define WORDS 2200
#define FACTOR 6500

static uint32_t number[WORDS];
static uint32_t other[WORDS];

/* number += other, with one chain of carries; a - b - borrow likewise below. */
static uint32_t add(uint32_t *a, const uint32_t *b, uint32_t words) {
    uint32_t carry = 0;
    uint32_t i = 0;
    __asm__ volatile(
        "clc\n"
        "1: movl (%[b],%[i],4), %%eax\n"
        "adcl %%eax, (%[a],%[i],4)\n"
        "incl %[i]\n"
        "decl %[n]\n"
        "jnz 1b\n"
        "adcl $0, %[c]\n"
        : [i] "+r"(i), [n] "+r"(words), [c] "+r"(carry)
        : [a] "r"(a), [b] "r"(b)
        : "eax", "cc", "memory");
    return carry;
}

static uint32_t subtract(uint32_t *a, const uint32_t *b, uint32_t words) {
    uint32_t borrow = 0;
    uint32_t i = 0;
    __asm__ volatile(
        "clc\n"
        "1: movl (%[b],%[i],4), %%eax\n"
        "sbbl %%eax, (%[a],%[i],4)\n"
        "incl %[i]\n"
        "decl %[n]\n"
        "jnz 1b\n"
        "adcl $0, %[c]\n"
        : [i] "+r"(i), [n] "+r"(words), [c] "+r"(borrow)
        : [a] "r"(a), [b] "r"(b)
        : "eax", "cc", "memory");
    return borrow;
}

static uint32_t multiply(uint32_t *a, uint32_t words, uint32_t factor) {
    uint64_t carry = 0;
    for (uint32_t i = 0; i < words; i++) {
        carry += (uint64_t) a[i] * factor;
        a[i] = (uint32_t) carry;
        carry >>= 32;
    }
    return (uint32_t) carry;
}

/* Divides in place; answers the remainder. */
static uint32_t divide(uint32_t *a, uint32_t words, uint32_t divisor) {
    uint32_t rest = 0;
    while (words-- > 0) {
        __asm__("divl %[d]" : "+a"(a[words]), "+d"(rest) : [d] "rm"(divisor) : "cc");
    }
    return rest;
}

uint32_t guest_run(void) {
    uint32_t words = 1;
    uint32_t sum = 0;
    for (int i = 0; i < WORDS; i++) {
        number[i] = 0;
        other[i] = 0;
    }
    number[0] = 1;
    for (uint32_t factor = 2; factor <= FACTOR; factor++) {
        uint32_t carry = multiply(number, words, factor);
        if (carry != 0) {
            number[words++] = carry;
        }
    }
    for (int round = 0; round < 800; round++) {
        sum += add(other, number, words);
        sum = sum * 3 + subtract(number, other, words);
    }
    for (int digits = 0; digits < 300; digits++) {
        sum = sum * 31 + divide(number, words, 1000000000u);
    }
    return sum;
}
