/* Indirect calls without a pattern: small operations from a table of functions, in random order. */
#include "guest.h"

GUEST(0x53feb8f6u)

#define LENGTH 4096
#define PASSES 400

typedef uint32_t (*operation)(uint32_t a, uint32_t b);

static uint32_t add(uint32_t a, uint32_t b) { return a + b; }
static uint32_t subtract(uint32_t a, uint32_t b) { return a - b; }
static uint32_t exclusive(uint32_t a, uint32_t b) { return a ^ b; }
static uint32_t multiply(uint32_t a, uint32_t b) { return a * (b | 1); }
static uint32_t rotate(uint32_t a, uint32_t b) { return a << (b & 31) | a >> (-b & 31); }
static uint32_t larger(uint32_t a, uint32_t b) { return a > b ? a : b + 1; }
static uint32_t swap(uint32_t a, uint32_t b) { return __builtin_bswap32(a) + b; }
static uint32_t mix(uint32_t a, uint32_t b) { return (a >> 15 ^ a) * 0x2C1B3C6Du + b; }

static operation volatile operations[] = {add, subtract, exclusive, multiply, rotate, larger, swap, mix};
static operation program[LENGTH];

uint32_t guest_run(void) {
    uint32_t random = 123456789u;
    uint32_t value = 1;
    for (int i = 0; i < LENGTH; i++) {
        program[i] = operations[next_random(&random) >> 29];
    }
    for (uint32_t pass = 0; pass < PASSES; pass++) {
        for (int i = 0; i < LENGTH; i++) {
            value = program[i](value, pass);
        }
    }
    return value;
}
