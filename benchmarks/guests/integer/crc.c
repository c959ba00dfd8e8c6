/* A table loop: CRC-32 (polynomial 04C11DB7h, reflected) of a buffer, again and again. */
#include "guest.h"

GUEST(0xe8832352u)

#define SIZE (1 << 18)
#define PASSES 40

static uint32_t table[256];
static uint8_t data[SIZE];

uint32_t guest_run(void) {
    uint32_t random = 2463534242u;
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int bit = 0; bit < 8; bit++) {
            c = c & 1 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
        }
        table[i] = c;
    }
    for (uint32_t i = 0; i < SIZE; i++) {
        data[i] = (uint8_t) next_random(&random);
    }
    uint32_t crc = 0xFFFFFFFFu;
    for (int pass = 0; pass < PASSES; pass++) {
        for (uint32_t i = 0; i < SIZE; i++) {
            crc = table[(crc ^ data[i]) & 0xFF] ^ (crc >> 8);
        }
    }
    return ~crc;
}
