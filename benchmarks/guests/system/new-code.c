/* Code that is new, as in start-up and in compilers: functions of random instructions are written to memory, each is
   called three times. An operation is one new instruction. */
#include "system.h"

GUEST(0x29c32c9bu)

#define FUNCTIONS 2000
#define LENGTH 30
#define CALLS 3

static uint8_t code[1 << 20];
static uint8_t *functions[FUNCTIONS];
uint32_t cell __attribute__((used));

static uint8_t *put32(uint8_t *at, uint32_t value) {
    for (int i = 0; i < 4; i++) {
        *at++ = (uint8_t) (value >> 8 * i);
    }
    return at;
}

/* One instruction that changes EAX, EDX or memory. */
static uint8_t *put_instruction(uint8_t *at, uint32_t random) {
    uint32_t value = random >> 4;
    switch (random % 8) {
        case 0: *at++ = 0x05; return put32(at, value);                              /* add eax, value */
        case 1: *at++ = 0x35; return put32(at, value);                              /* xor eax, value */
        case 2: *at++ = 0xC1; *at++ = 0xC0; *at++ = value & 31; return at;          /* rol eax, value */
        case 3: *at++ = 0x8D; *at++ = 0x90; return put32(at, value);            /* lea edx, [eax + value] */
        case 4: *at++ = 0x01; *at++ = 0xD0; return at;                              /* add eax, edx */
        case 5: *at++ = 0xA3; return put32(at, (uint32_t) &cell);                   /* mov [cell], eax */
        case 6: *at++ = 0x33; *at++ = 0x05; return put32(at, (uint32_t) &cell);     /* xor eax, [cell] */
        default: *at++ = 0x79; *at++ = 2; *at++ = 0x29; *at++ = 0xD0; return at;    /* jns over: sub eax, edx */
    }
}

/* Two passes over the same memory replace the code of the first by other code. */
uint32_t guest_run(void) {
    uint32_t random = 88172645u;
    uint32_t value = 1;
    cell = 0;
    for (uint32_t pass = 0; pass < OPERATIONS / (FUNCTIONS * LENGTH); pass++) {
        uint8_t *at = code;
        for (int i = 0; i < FUNCTIONS; i++) {
            functions[i] = at;
            *at++ = 0x09; /* or eax, eax: the flags that the jumps test */
            *at++ = 0xC0;
            for (int j = 0; j < LENGTH; j++) {
                at = put_instruction(at, next_random(&random));
            }
            *at++ = 0xC3;
        }
        for (int i = 0; i < CALLS * FUNCTIONS; i++) {
            uint32_t changed;
            __asm__ volatile("call *%[f]"
                             : "+a"(value), "=d"(changed)
                             : [f] "r"(functions[i % FUNCTIONS]), "1"(i)
                             : "cc", "memory");
        }
    }
    return value;
}
