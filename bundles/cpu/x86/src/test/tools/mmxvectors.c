/*
 * Writes MMX test vectors, taken from the processor it runs on, to standard output.
 *
 *   gcc -O2 -o mmxvectors mmxvectors.c
 *   ./mmxvectors SEED COUNT | gzip -9n > ../resources/org/jeroboam/cpu/x86/fpu/mmx.bin.gz      (sample: 7 3000)
 *
 * A record is 26 bytes, little endian: opcode (second byte, after 0F), immediate, destination, source, result.
 * PEXTRW and PMOVMSKB leave their result zero-extended; PINSRW takes its word from the low end of the source.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static const uint8_t OPCODES[] = {
    0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x70, 0x74, 0x75, 0x76, 0xC4, 0xC5, 0xD1,
    0xD2, 0xD3, 0xD5, 0xD7, 0xD8, 0xD9, 0xDA, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF, 0xE0, 0xE1, 0xE2, 0xE3, 0xE4, 0xE5, 0xE8,
    0xE9, 0xEA, 0xEB, 0xEC, 0xED, 0xEE, 0xEF, 0xF1, 0xF2, 0xF3, 0xF5, 0xF6, 0xF8, 0xF9, 0xFA, 0xFC, 0xFD, 0xFE,
};

static uint64_t state;

static uint64_t rnd(void) {
    uint64_t z = (state += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

static uint64_t value(void) {
    static const uint8_t EDGES[] = {0x00, 0xFF, 0x7F, 0x80, 0x01, 0xFE};
    uint64_t v = rnd();
    for (int i = 0; i < 8; i++) {
        unsigned choice = (unsigned) (rnd() >> 40) % 12;
        if (choice < sizeof EDGES) {
            v = (v & ~(0xFFull << 8 * i)) | (uint64_t) EDGES[choice] << 8 * i;
        }
    }
    return v;
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: mmxvectors SEED COUNT\n");
        return 2;
    }
    state = strtoull(argv[1], 0, 0);
    long count = strtol(argv[2], 0, 0);
    uint8_t *code = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    for (long n = 0; n < count; n++) {
        uint8_t op = OPCODES[n % sizeof OPCODES];
        uint8_t immediate = (uint8_t) rnd();
        uint64_t a = value();
        uint64_t b = value();
        if ((op & 0xC0) == 0xC0 && (op & 0x0F) <= 3 && op != 0xE0 && op != 0xE3) {
            b = rnd() % 8 ? rnd() % 70 : b; /* shift counts */
        }
        uint64_t result = 0;
        uint8_t *p = code;
        static const uint8_t LOAD[] = {0x0F, 0x6F, 0x07, 0x0F, 0x6F, 0x0E}; /* movq mm0,[rdi]; movq mm1,[rsi] */
        memcpy(p, LOAD, sizeof LOAD);
        p += sizeof LOAD;
        if (op == 0xC4) {
            *p++ = 0x8B; *p++ = 0x0E; /* mov ecx,[rsi] */
        }
        *p++ = 0x0F;
        *p++ = op;
        *p++ = 0xC1; /* mm0 or eax, mm1 or ecx */
        if (op == 0x70 || op == 0xC4 || op == 0xC5) {
            *p++ = immediate;
        }
        if (op == 0xC5 || op == 0xD7) {
            *p++ = 0x48; *p++ = 0x89; *p++ = 0x02; /* mov [rdx],rax */
        } else {
            *p++ = 0x0F; *p++ = 0x7F; *p++ = 0x02; /* movq [rdx],mm0 */
        }
        *p++ = 0x0F; *p++ = 0x77; /* emms */
        *p++ = 0xC3;
        __builtin___clear_cache((char *) code, (char *) p);
        ((void (*)(void *, void *, void *)) code)(&a, &b, &result);
        fwrite(&op, 1, 1, stdout);
        fwrite(&immediate, 1, 1, stdout);
        fwrite(&a, 8, 1, stdout);
        fwrite(&b, 8, 1, stdout);
        fwrite(&result, 8, 1, stdout);
    }
    return 0;
}
