/* Bit twiddling: BSF, BSR, BT, SHLD, rotations, byte swaps, population counts, Gray codes, Morton order. */
#include "guest.h"

GUEST(0x78ff41e6u)

#define COUNT 2000000

static uint32_t reversed(uint32_t x) {
    x = (x & 0x55555555u) << 1 | (x >> 1 & 0x55555555u);
    x = (x & 0x33333333u) << 2 | (x >> 2 & 0x33333333u);
    x = (x & 0x0F0F0F0Fu) << 4 | (x >> 4 & 0x0F0F0F0Fu);
    return __builtin_bswap32(x);
}

static uint32_t population(uint32_t x) {
    x -= x >> 1 & 0x55555555u;
    x = (x & 0x33333333u) + (x >> 2 & 0x33333333u);
    return ((x + (x >> 4)) & 0x0F0F0F0Fu) * 0x01010101u >> 24;
}

static uint32_t spread(uint32_t x) {
    x &= 0xFFFF;
    x = (x | x << 8) & 0x00FF00FFu;
    x = (x | x << 4) & 0x0F0F0F0Fu;
    x = (x | x << 2) & 0x33333333u;
    return (x | x << 1) & 0x55555555u;
}

static uint32_t shifted(uint32_t high, uint32_t low, uint32_t count) {
    __asm__("shldl %%cl, %[l], %[h]" : [h] "+r"(high) : [l] "r"(low), "c"(count) : "cc");
    return high;
}

static uint32_t tested(uint32_t x, uint32_t bit) {
    uint8_t set;
    __asm__("btl %[b], %[x]\n setc %[s]" : [s] "=q"(set) : [x] "r"(x), [b] "r"(bit) : "cc");
    return set;
}

uint32_t guest_run(void) {
    uint32_t random = 88172645u;
    uint32_t sum = 1;
    for (uint32_t i = 0; i < COUNT; i++) {
        uint32_t x = next_random(&random);
        uint32_t lowest = (uint32_t) __builtin_ctz(x | 1u << 31);
        uint32_t highest = 31u ^ (uint32_t) __builtin_clz(x | 1);
        sum += reversed(x ^ x >> 1) + population(x);
        sum = shifted(sum, x, lowest) ^ spread(x) << tested(x, highest);
        sum = (sum << (x & 31) | sum >> (-x & 31)) + highest;
    }
    return sum;
}
