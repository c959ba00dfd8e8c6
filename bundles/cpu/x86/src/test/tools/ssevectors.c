/*
 * Writes SSE and SSE2 test vectors, taken from the processor it runs on, to standard output.
 *
 *   gcc -O2 -mno-red-zone -o ssevectors ssevectors.c
 *   ./ssevectors SEED ROUNDS | gzip -9n > ../resources/org/jeroboam/cpu/interpreter/sse.bin.gz
 *
 * The committed sample is 7 11, from a family 19h AMD processor.
 *
 * A round has one record for every form of every instruction (register and memory operands, MMX and XMM registers), with
 * operands that suit it, random rounding modes, DAZ, FTZ, masks and flags. A record is 116 bytes, little endian:
 *   in:  length of the code (1), code (7), MXCSR (4), a (16), b (16)
 *   out: MXCSR (4), EAX (4), ECX (4), EFLAGS (2), trap (1), 0 (1), XMM0 (16), XMM1 (16), memory (16), MM0 (8)
 * Before the instruction XMM0 is a, XMM1 and memory are b, MM0 and MM1 are the low words of a and b, EAX is 5A5A5A5Ah,
 * ECX and EDI point to memory when the code has a memory operand (and for MASKMOV), otherwise ECX is the low end of b.
 * Outputs are stored exclusive-or what was there before (a pointer counts as 0). After a trap nothing but MXCSR counts.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#pragma pack(push, 1)
struct record {
    uint8_t length, code[7];
    uint32_t mxcsr;
    uint8_t a[16], b[16];
    uint32_t omxcsr, eax, ecx;
    uint16_t eflags;
    uint8_t trap, zero;
    uint8_t xmm0[16], xmm1[16], memory[16], mm0[8];
};
#pragma pack(pop)

enum { NP, P66, PF3, PF2 };
/* What the operands are made of: floats, doubles, integers, bytes for masks, shift counts. */
enum { F, D, I, C };
enum { REG = 1, MEM = 2, IMM = 4, TWICE = 8, GROUP = 16, RAW = 32 };

struct form { uint8_t prefix, opcode, kind, flags, reg; };

#define RM (REG | MEM)

static const struct form FORMS[] = {
    {NP, 0x10, F, RM}, {PF3, 0x10, F, RM}, {NP, 0x11, F, RM}, {PF3, 0x11, F, RM}, {NP, 0x12, F, RM}, {NP, 0x13, F, MEM},
    {NP, 0x14, F, RM}, {NP, 0x15, F, RM}, {NP, 0x16, F, RM}, {NP, 0x17, F, MEM}, {NP, 0x28, F, RM}, {NP, 0x29, F, RM},
    {NP, 0x2A, I, RM}, {PF3, 0x2A, I, RM}, {NP, 0x2B, F, MEM}, {NP, 0x2C, F, RM | TWICE}, {PF3, 0x2C, F, RM | TWICE},
    {NP, 0x2D, F, RM | TWICE}, {PF3, 0x2D, F, RM | TWICE}, {NP, 0x2E, F, RM | TWICE}, {NP, 0x2F, F, RM | TWICE},
    {NP, 0x50, F, REG}, {NP, 0x51, F, RM | TWICE}, {PF3, 0x51, F, RM | TWICE}, {NP, 0x52, F, RM | TWICE},
    {PF3, 0x52, F, RM}, {NP, 0x53, F, RM | TWICE}, {PF3, 0x53, F, RM}, {NP, 0x54, F, RM}, {NP, 0x55, F, RM},
    {NP, 0x56, F, RM}, {NP, 0x57, F, RM}, {NP, 0x58, F, RM | TWICE}, {PF3, 0x58, F, RM | TWICE}, {NP, 0x59, F, RM | TWICE},
    {PF3, 0x59, F, RM | TWICE}, {NP, 0x5C, F, RM | TWICE}, {PF3, 0x5C, F, RM | TWICE}, {NP, 0x5D, F, RM | TWICE},
    {PF3, 0x5D, F, RM}, {NP, 0x5E, F, RM | TWICE}, {PF3, 0x5E, F, RM | TWICE}, {NP, 0x5F, F, RM | TWICE}, {PF3, 0x5F, F, RM},
    {NP, 0xC2, F, RM | IMM | TWICE}, {PF3, 0xC2, F, RM | IMM | TWICE}, {NP, 0xC6, F, RM | IMM},

    {P66, 0x10, D, RM}, {PF2, 0x10, D, RM}, {P66, 0x11, D, RM}, {PF2, 0x11, D, RM}, {P66, 0x12, D, MEM}, {P66, 0x13, D, MEM},
    {P66, 0x14, D, RM}, {P66, 0x15, D, RM}, {P66, 0x16, D, MEM}, {P66, 0x17, D, MEM}, {P66, 0x28, D, RM},
    {P66, 0x29, D, RM}, {P66, 0x2A, I, RM}, {PF2, 0x2A, I, RM}, {P66, 0x2B, D, MEM}, {P66, 0x2C, D, RM | TWICE},
    {PF2, 0x2C, D, RM | TWICE}, {P66, 0x2D, D, RM | TWICE}, {PF2, 0x2D, D, RM | TWICE}, {P66, 0x2E, D, RM | TWICE},
    {P66, 0x2F, D, RM | TWICE}, {P66, 0x50, D, REG}, {P66, 0x51, D, RM | TWICE}, {PF2, 0x51, D, RM | TWICE}, {P66, 0x54, D, RM},
    {P66, 0x55, D, RM}, {P66, 0x56, D, RM}, {P66, 0x57, D, RM}, {P66, 0x58, D, RM | TWICE}, {PF2, 0x58, D, RM | TWICE},
    {P66, 0x59, D, RM | TWICE}, {PF2, 0x59, D, RM | TWICE}, {NP, 0x5A, F, RM | TWICE}, {P66, 0x5A, D, RM | TWICE},
    {PF3, 0x5A, F, RM | TWICE}, {PF2, 0x5A, D, RM | TWICE}, {NP, 0x5B, I, RM}, {P66, 0x5B, F, RM | TWICE},
    {PF3, 0x5B, F, RM | TWICE}, {P66, 0x5C, D, RM | TWICE}, {PF2, 0x5C, D, RM | TWICE}, {P66, 0x5D, D, RM | TWICE},
    {PF2, 0x5D, D, RM}, {P66, 0x5E, D, RM | TWICE}, {PF2, 0x5E, D, RM | TWICE}, {P66, 0x5F, D, RM | TWICE}, {PF2, 0x5F, D, RM},
    {P66, 0xC2, D, RM | IMM | TWICE}, {PF2, 0xC2, D, RM | IMM | TWICE}, {P66, 0xC6, D, RM | IMM}, {P66, 0x6C, I, RM},
    {P66, 0x6D, I, RM}, {P66, 0x6F, I, RM}, {PF3, 0x6F, I, RM}, {P66, 0x70, I, RM | IMM}, {PF3, 0x70, I, RM | IMM},
    {PF2, 0x70, I, RM | IMM}, {PF3, 0x7E, I, RM}, {P66, 0x7F, I, RM}, {PF3, 0x7F, I, RM}, {P66, 0xD6, I, RM},
    {PF2, 0xD6, I, REG}, {PF3, 0xD6, I, REG}, {PF3, 0xE6, I, RM}, {P66, 0xE6, D, RM | TWICE}, {PF2, 0xE6, D, RM | TWICE},
    {P66, 0xE7, I, MEM}, {P66, 0xF7, I, REG}, {NP, 0xF7, I, REG}, {NP, 0xE7, I, MEM}, {NP, 0xC3, I, MEM},
    {NP, 0x6F, I, RM}, {NP, 0x7F, I, RM}, {NP, 0x70, I, RM | IMM},
    {P66, 0x73, I, REG | IMM | GROUP, 3}, {P66, 0x73, I, REG | IMM | GROUP, 7},

    /* On MMX and XMM registers. */
    {RAW, 0x60, I, RM}, {RAW, 0x61, I, RM}, {RAW, 0x62, I, RM}, {RAW, 0x63, I, RM}, {RAW, 0x64, I, RM}, {RAW, 0x65, I, RM},
    {RAW, 0x66, I, RM}, {RAW, 0x67, I, RM}, {RAW, 0x68, I, RM}, {RAW, 0x69, I, RM}, {RAW, 0x6A, I, RM}, {RAW, 0x6B, I, RM},
    {RAW, 0x6E, I, RM}, {RAW, 0x71, I, REG | IMM | GROUP, 2}, {RAW, 0x71, I, REG | IMM | GROUP, 4},
    {RAW, 0x71, I, REG | IMM | GROUP, 6}, {RAW, 0x72, I, REG | IMM | GROUP, 2}, {RAW, 0x72, I, REG | IMM | GROUP, 4},
    {RAW, 0x72, I, REG | IMM | GROUP, 6}, {RAW, 0x73, I, REG | IMM | GROUP, 2}, {RAW, 0x73, I, REG | IMM | GROUP, 6},
    {RAW, 0x74, I, RM}, {RAW, 0x75, I, RM}, {RAW, 0x76, I, RM}, {RAW, 0x7E, I, RM}, {RAW, 0xC4, I, RM | IMM},
    {RAW, 0xC5, I, REG | IMM}, {RAW, 0xD1, C, RM}, {RAW, 0xD2, C, RM}, {RAW, 0xD3, C, RM}, {RAW, 0xD4, I, RM},
    {RAW, 0xD5, I, RM}, {RAW, 0xD7, I, REG}, {RAW, 0xD8, I, RM}, {RAW, 0xD9, I, RM}, {RAW, 0xDA, I, RM}, {RAW, 0xDB, I, RM},
    {RAW, 0xDC, I, RM}, {RAW, 0xDD, I, RM}, {RAW, 0xDE, I, RM}, {RAW, 0xDF, I, RM}, {RAW, 0xE0, I, RM}, {RAW, 0xE1, C, RM},
    {RAW, 0xE2, C, RM}, {RAW, 0xE3, I, RM}, {RAW, 0xE4, I, RM}, {RAW, 0xE5, I, RM}, {RAW, 0xE8, I, RM}, {RAW, 0xE9, I, RM},
    {RAW, 0xEA, I, RM}, {RAW, 0xEB, I, RM}, {RAW, 0xEC, I, RM}, {RAW, 0xED, I, RM}, {RAW, 0xEE, I, RM}, {RAW, 0xEF, I, RM},
    {RAW, 0xF1, C, RM}, {RAW, 0xF2, C, RM}, {RAW, 0xF3, C, RM}, {RAW, 0xF4, I, RM}, {RAW, 0xF5, I, RM}, {RAW, 0xF6, I, RM},
    {RAW, 0xF8, I, RM}, {RAW, 0xF9, I, RM}, {RAW, 0xFA, I, RM}, {RAW, 0xFB, I, RM}, {RAW, 0xFC, I, RM}, {RAW, 0xFD, I, RM},
    {RAW, 0xFE, I, RM},
};

static uint64_t state;

static uint64_t rnd(void) {
    uint64_t z = (state += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

static unsigned below(unsigned n) {
    return (unsigned) ((rnd() >> 32) % n);
}

/* A fraction of so many bits: random, or long runs of equal bits, or few ones. */
static uint64_t pattern(unsigned bits) {
    uint64_t v;
    switch (below(6)) {
        case 0: v = rnd(); break;
        case 1: v = ~0ull << below(bits); break;
        case 2: v = 1ull << below(bits); break;
        case 3: v = 1ull << below(bits) | 1ull << below(bits); break;
        case 4: v = below(2) ? 0 : ~0ull; break;
        default: v = rnd() & ~0ull << below(bits); break;
    }
    return v & ((1ull << bits) - 1);
}

/* A number of a format with so many fraction and exponent bits. */
static uint64_t number(unsigned fraction, unsigned exponent) {
    unsigned special = (1u << exponent) - 1;
    unsigned bias = special >> 1;
    uint64_t sign = (uint64_t) below(2) << (fraction + exponent);
    uint64_t e, f = pattern(fraction);
    switch (below(16)) {
        case 0: return sign;
        case 1: return sign | (uint64_t) special << fraction;
        case 2: return sign | (uint64_t) special << fraction | 1ull << (fraction - 1) | f;
        case 3: return sign | (uint64_t) special << fraction | (f & ~(1ull << (fraction - 1))) | 1;
        case 4: return sign | rnd() >> (64 - fraction) >> below(fraction);
        case 5: e = 1 + below(4); break;
        case 6: e = special - 1 - below(4); break;
        case 7: e = 1 + below(special - 1); break;
        case 8: e = bias + 29 + below(4); break;
        case 9: e = bias / 2 + below(6); break;
        case 10: e = bias + bias / 2 - below(6); break;
        case 11: e = fraction == 52 ? 0x3FF - 127 - 26 + below(30) : 1 + below(30); break;
        case 12: e = fraction == 52 ? 0x3FF + 125 + below(5) : bias + below(35); break;
        case 13: f = f >> 12 << 12; e = bias - 4 + below(40); break;
        default: e = bias - 4 + below(8); break;
    }
    return sign | e << fraction | f;
}

static uint64_t related(uint64_t other, unsigned fraction, unsigned exponent) {
    uint64_t sign = 1ull << (fraction + exponent);
    switch (below(4)) {
        case 0: return other ^ sign;
        case 1: return (other + below(5) - 2) ^ (below(2) ? sign : 0);
        case 2: return (other & sign) | (((other & (sign - 1)) + ((uint64_t) below(8) << (fraction - 1))) & (sign - 1));
        default: return other ^ pattern(fraction) ^ (below(2) ? sign : 0);
    }
}

static void operands(struct record *r, unsigned kind) {
    if (kind == F) {
        for (int i = 0; i < 4; i++) {
            uint32_t x = (uint32_t) number(23, 8);
            uint32_t y = (uint32_t) (below(3) ? number(23, 8) : related(x, 23, 8));
            memcpy(r->a + 4 * i, &x, 4);
            memcpy(r->b + 4 * i, &y, 4);
        }
        return;
    }
    for (int i = 0; i < 2; i++) {
        uint64_t x = rnd(), y = rnd();
        if (kind == D) {
            x = number(52, 11);
            y = below(3) ? number(52, 11) : related(x, 52, 11);
        } else if (kind == C) {
            y = below(8) ? below(70) : rnd();
        } else {
            if (below(3) == 0) {
                x = pattern(63) ^ pattern(60) << 4;
            }
            if (below(3) == 0) {
                y = below(2) ? x ^ pattern(63) : pattern(63) ^ pattern(60) << 4;
            }
            if (below(6) == 0) {
                uint64_t ends = 0x80007FFF00FF8000ull;
                y = below(2) ? ends : ends << 8 | ends >> 56;
            }
        }
        memcpy(r->a + 8 * i, &x, 8);
        memcpy(r->b + 8 * i, &y, 8);
    }
}

static uint32_t control(void) {
    uint32_t mxcsr = 0x1F80;
    if (below(3)) {
        mxcsr |= below(4) << 13;
    }
    if (below(4) == 0) {
        mxcsr |= 0x40;
    }
    if (below(4) == 0) {
        mxcsr |= 0x8000;
    }
    if (below(4) == 0) {
        mxcsr &= ~(below(64) << 7);
    }
    if (below(4) == 0) {
        mxcsr |= below(64);
    } else if (below(2)) {
        mxcsr |= 0x20;
    }
    return mxcsr;
}

static uint8_t *code;
static uint8_t *memory;
static sigjmp_buf back;
static uint32_t trapped;

static void trap(int signal, siginfo_t *info, void *context) {
    (void) signal;
    (void) info;
    trapped = ((ucontext_t *) context)->uc_mcontext.fpregs->mxcsr;
    siglongjmp(back, 1);
}

struct machine {
    uint8_t a[16], b[16];
    uint64_t rcx, rax, rflags;
    uint32_t mxcsr, pad;
    uint8_t xmm0[16], xmm1[16], mm0[8];
};

static void execute(struct machine *m) {
    __asm__ volatile(
        "ldmxcsr %c[mx](%%rbx)\n"
        "movups %c[a](%%rbx), %%xmm0\n"
        "movups %c[b](%%rbx), %%xmm1\n"
        "movq %c[a](%%rbx), %%mm0\n"
        "movq %c[b](%%rbx), %%mm1\n"
        "mov %c[cx](%%rbx), %%rcx\n"
        "mov $0x5A5A5A5A, %%eax\n"
        "pushq $0x8D5\n"
        "popfq\n"
        "call *%%rsi\n"
        "pushfq\n"
        "popq %c[fl](%%rbx)\n"
        "mov %%rcx, %c[cx](%%rbx)\n"
        "mov %%rax, %c[ax](%%rbx)\n"
        "stmxcsr %c[mx](%%rbx)\n"
        "movups %%xmm0, %c[x0](%%rbx)\n"
        "movups %%xmm1, %c[x1](%%rbx)\n"
        "movq %%mm0, %c[m0](%%rbx)\n"
        "emms\n"
        "cld\n"
        :
        : "b"(m), "S"(code), "D"(memory), [mx] "i"(__builtin_offsetof(struct machine, mxcsr)),
          [a] "i"(__builtin_offsetof(struct machine, a)), [b] "i"(__builtin_offsetof(struct machine, b)),
          [cx] "i"(__builtin_offsetof(struct machine, rcx)), [ax] "i"(__builtin_offsetof(struct machine, rax)),
          [fl] "i"(__builtin_offsetof(struct machine, rflags)), [x0] "i"(__builtin_offsetof(struct machine, xmm0)),
          [x1] "i"(__builtin_offsetof(struct machine, xmm1)), [m0] "i"(__builtin_offsetof(struct machine, mm0))
        : "rax", "rcx", "xmm0", "xmm1", "mm0", "mm1", "memory", "cc");
}

static void difference(uint8_t *out, const uint8_t *now, const uint8_t *before, int n) {
    for (int i = 0; i < n; i++) {
        out[i] = now[i] ^ before[i];
    }
}

static void run(struct record *r, int pointer) {
    memcpy(code, r->code, r->length);
    code[r->length] = 0xC3;
    memcpy(memory, r->b, 16);
    struct machine m = {.mxcsr = r->mxcsr};
    memcpy(m.a, r->a, 16);
    memcpy(m.b, r->b, 16);
    uint32_t low;
    memcpy(&low, r->b, 4);
    m.rcx = pointer ? (uint64_t) memory : low;
    r->omxcsr = r->eax = r->ecx = 0;
    r->eflags = 0;
    memset(r->xmm0, 0, sizeof r->xmm0 + sizeof r->xmm1 + sizeof r->memory + sizeof r->mm0);
    r->trap = r->zero = 0;
    uint32_t standard = 0x1F80;
    if (sigsetjmp(back, 1)) {
        __asm__ volatile("ldmxcsr %0\nemms" : : "m"(standard));
        r->trap = 1;
        r->omxcsr = r->mxcsr ^ trapped;
        return;
    }
    execute(&m);
    __asm__ volatile("ldmxcsr %0" : : "m"(standard));
    r->omxcsr = r->mxcsr ^ m.mxcsr;
    r->eax = 0x5A5A5A5A ^ (uint32_t) m.rax;
    r->ecx = (uint32_t) m.rcx ^ (pointer ? (uint32_t) (uint64_t) memory : low);
    r->eflags = (uint16_t) ((m.rflags & 0x8D5) ^ 0x8D5);
    difference(r->xmm0, m.xmm0, r->a, 16);
    difference(r->xmm1, m.xmm1, r->b, 16);
    difference(r->memory, memory, r->b, 16);
    difference(r->mm0, m.mm0, r->a, 8);
}

static void make(const struct form *f, unsigned prefix, int useMemory) {
    static const uint8_t PREFIXES[] = {0, 0x66, 0xF3, 0xF2};
    struct record r;
    memset(&r, 0, sizeof r);
    unsigned n = 0;
    if (prefix != NP) {
        r.code[n++] = PREFIXES[prefix];
    }
    r.code[n++] = 0x0F;
    r.code[n++] = f->opcode;
    r.code[n++] = (uint8_t) (f->flags & GROUP ? 0xC0 | f->reg << 3 : useMemory ? 0x01 : 0xC1);
    if (f->flags & IMM) {
        r.code[n++] = (uint8_t) (f->opcode == 0xC2 && below(8) ? below(8) : f->flags & GROUP && below(4) ? below(66) : rnd());
    }
    r.length = (uint8_t) n;
    r.mxcsr = control();
    operands(&r, f->kind);
    run(&r, useMemory || f->opcode == 0xF7);
    fwrite(&r, sizeof r, 1, stdout);
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: ssevectors SEED ROUNDS\n");
        return 2;
    }
    state = strtoull(argv[1], 0, 0);
    code = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memory = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    struct sigaction action = {.sa_sigaction = trap, .sa_flags = SA_SIGINFO};
    sigaction(SIGFPE, &action, 0);
    for (long round = strtol(argv[2], 0, 0); round > 0; round--) {
        for (unsigned i = 0; i < sizeof FORMS / sizeof *FORMS; i++) {
            const struct form *f = FORMS + i;
            for (unsigned p = 0; p < (f->prefix == RAW ? 2u : 1u); p++) {
                for (int memoryForm = 0; memoryForm < 2; memoryForm++) {
                    int times = f->flags & (memoryForm ? MEM : REG) ? f->flags & TWICE && !memoryForm ? 4 : 1 : 0;
                    while (times-- > 0) {
                        make(f, f->prefix == RAW ? p : f->prefix, memoryForm);
                    }
                }
            }
        }
    }
    return 0;
}
