/* Byte stores and loads with strides over one MiB. */
#include "guest.h"

GUEST(0x84b22304u)

#define LIMIT (1 << 20)
#define PASSES 8

static uint8_t composite[LIMIT];

uint32_t guest_run(void) {
    uint32_t sum = 0;
    for (uint32_t pass = 0; pass < PASSES; pass++) {
        for (uint32_t i = 0; i < LIMIT; i++) {
            composite[i] = 0;
        }
        for (uint32_t i = 2; i * i < LIMIT; i++) {
            if (!composite[i]) {
                for (uint32_t j = i * i; j < LIMIT; j += i) {
                    composite[j] = 1;
                }
            }
        }
        for (uint32_t i = 2; i < LIMIT; i++) {
            if (!composite[i]) {
                sum = sum * 31 + i + pass;
            }
        }
    }
    return sum;
}
