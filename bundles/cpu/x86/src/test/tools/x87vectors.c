/*
 * Writes x87 test vectors, taken from the processor it runs on, to standard output.
 *
 *   gcc -O2 -o x87vectors x87vectors.c
 *   ./x87vectors SEED COUNT GROUP [sparse]
 *
 * GROUP: arithmetic, transcendental, transfer, compare, other, or all. With "sparse", registers that the instruction
 * does not use hold constants, so that the output compresses well; the committed sample is made that way:
 *
 *   (x() { ./x87vectors 7 "$1" "$2" sparse; }
 *    x 1500 arithmetic; x 800 transfer; x 900 compare; x 600 other; x 800 transcendental) |
 *   gzip -9n > ../resources/org/jeroboam/cpu/x86/fpu/x87.bin.gz
 *
 * The sample comes from a family 19h AMD processor; where that differs from the P6 or from exact mathematics,
 * X87VectorTest says so and looks away.
 *
 * A record is 216 bytes, little endian:
 *   in:  opcode, modrm (1 each), control, status, tags (2 each), eflags (4), ST(0)-ST(7) (80), memory (16)
 *   out: control, status, tags, 0 (2 each), eflags (4), ST(0)-ST(7) (80), memory (16)
 * The "out" registers and memory are stored exclusive-or the "in" ones. Memory operands use modrm 0x02 | reg << 3.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#pragma pack(push, 1)
struct record {
    uint8_t op, modrm;
    uint16_t cw, sw, tw;
    uint32_t eflags;
    uint8_t st[80], mem[16];
    uint16_t ocw, osw, otw, zero;
    uint32_t oeflags;
    uint8_t ost[80], omem[16];
};
struct image {
    uint32_t cw, sw, tw, fip, fcs, fdp, fds;
    uint8_t st[80];
};
#pragma pack(pop)

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

static void put(uint8_t *p, unsigned se, uint64_t sig) {
    memcpy(p, &sig, 8);
    p[8] = (uint8_t) se;
    p[9] = (uint8_t) (se >> 8);
}

static const struct { uint16_t se; uint64_t sig; } SPECIALS[] = {
    {0, 0}, {0x3FFF, 1ull << 63}, {0x7FFF, 1ull << 63}, {0x7FFF, 3ull << 62}, {0x7FFF, 0xC000000000000001ull},
    {0x7FFF, 0x8000000000000001ull}, {0x7FFF, 0xBFFFFFFFFFFFFFFFull}, {0x7FFF, ~0ull}, {0x7FFF, 0xA000000000000000ull},
    {0, 1}, {0, 0x7FFFFFFFFFFFFFFFull}, {0, 1ull << 62}, {0, 1ull << 63}, {0, ~0ull}, {0, 0xC000000000000000ull},
    {1, 1ull << 63}, {1, ~0ull}, {2, 1ull << 63}, {0x7FFE, ~0ull}, {0x7FFE, 1ull << 63}, {0x7FFD, ~0ull},
    {0x3FFF, 0x7FFFFFFFFFFFFFFFull}, {0x4000, 0}, {0x7FFF, 0}, {0x7FFF, 0x4000000000000000ull},
    {1, 0x7FFFFFFFFFFFFFFFull},
    {0x7FFE, 0}, {0x3FFE, 1ull << 63}, {0x3FFE, ~0ull}, {0x3FFF, 3ull << 62}, {0x4000, 1ull << 63},
    {0x4000, 0xA000000000000000ull}, {0x4000, 0xE000000000000000ull}, {0x400D, 0xFFFF000000000000ull},
    {0x400E, 1ull << 63}, {0x400D, 0xFFFE000000000000ull}, {0x401D, 0xFFFFFFFE00000000ull},
    {0x401D, 0xFFFFFFFF00000000ull},
    {0x401E, 1ull << 63}, {0x403D, ~0ull}, {0x403E, 1ull << 63}, {0x403E, ~0ull}, {0x403A, 0xDE0B6B3A763FFFF0ull},
    {0x403A, 0xDE0B6B3A763FFFF8ull}, {0x403A, 0xDE0B6B3A76400000ull}, {0x3FFE, 0xC90FDAA22168C235ull},
    {0x4000, 0xC90FDAA22168C235ull}, {0x4000, 0xC90FDAA22168C234ull}, {0x3FFF, 0xC90FDAA22168C235ull},
    {0x400C, 1ull << 63}, {0x400D, 1ull << 63}, {0x400E, 0xC000000000000000ull}, {0x3F80, ~0ull}, {0x3C00, ~0ull},
    {0x3F81, 1ull << 63}, {0x3C01, 1ull << 63}, {0x407E, ~0ull}, {0x43FE, ~0ull}, {0x3F69, 1ull << 63},
    {0x3BCD, 1ull << 63},
    {0x3F68, 1ull << 63}, {0x3BCC, 1ull << 63}, {0x3F68, ~0ull}, {0x3BCC, ~0ull},
};

static uint64_t pattern(void) {
    uint64_t v;
    switch (below(6)) {
        case 0: return 1ull << 63 | rnd();
        case 1: return 1ull << 63 | (~0ull << below(64));
        case 2: v = 1ull << 63 | (1ull << below(64)); return v;
        case 3: v = 1ull << 63 | (1ull << below(64)) | (1ull << below(64)); return v;
        case 4: return 1ull << 63 | (~0ull >> below(64));
        default: return (1ull << 63 | rnd()) & (~0ull << below(64));
    }
}

static void number(uint8_t *p) {
    unsigned sign = below(2) << 15;
    unsigned kind = below(16);
    if (kind < 3) {
        unsigned i = below(sizeof SPECIALS / sizeof *SPECIALS);
        put(p, SPECIALS[i].se | sign, SPECIALS[i].sig);
    } else if (kind < 8) {
        put(p, sign | (0x3FFF - 70 + below(140)), pattern());
    } else if (kind == 8) {
        put(p, sign | (below(2) ? below(140) : 0x7FFE - below(140)), pattern());
    } else if (kind == 9) {
        put(p, sign | below(0x7FFF), pattern());
    } else if (kind == 10) {
        put(p, sign, rnd() >> below(64));
    } else if (kind == 11) {
        unsigned base = below(4);
        unsigned limit = base == 0 ? 0x3F81 : base == 1 ? 0x3C01 : base == 2 ? 0x407E : 0x43FE;
        put(p, sign | (limit + below(70) - 66), pattern());
    } else if (kind == 12) {
        put(p, sign | 0x7FFF, rnd() | (uint64_t) (below(8) != 0) << 63);
    } else if (kind == 13) {
        put(p, sign | (below(2) ? below(0x8000) : 0x3FFF), rnd() >> 1);
    } else {
        unsigned n = below(66);
        put(p, sign | (0x3FFF + n), pattern() & (n >= 63 ? ~0ull : ~0ull << (n < 62 ? 62 - n : 0)));
    }
}

static void related(uint8_t *p, const uint8_t *q) {
    uint64_t sig;
    unsigned se = q[8] | q[9] << 8;
    memcpy(&sig, q, 8);
    switch (below(4)) {
        case 0: se ^= 0x8000; break;
        case 1: sig += below(5) - 2; break;
        case 2: se = (se & 0x8000) | ((se + below(5) - 2) & 0x7FFF); sig = pattern(); break;
        default: se = (se & 0x8000) | ((se + below(131) - 65) & 0x7FFF); sig = pattern(); break;
    }
    if (below(2)) {
        se ^= 0x8000;
    }
    put(p, se, sig);
}

/* Arguments that the transcendental instructions find interesting, to ST(0) and ST(1). */
static void argument(unsigned modrm, uint8_t *st) {
    unsigned sign = below(2) << 15;
    unsigned near = 0x3FFE - (below(3) ? below(6) : below(80));
    switch (modrm) {
        case 0xF0: put(st, sign | near, pattern()); break;
        case 0xF1:
            put(st, below(3) ? 0x3FFE + below(2) : below(2) ? 0x3FFF - 20 + below(40) : below(0x7FFF), pattern());
            break;
        case 0xF9: put(st, sign | (near - 2), pattern()); break;
        case 0xF3:
            put(st, sign | (0x3FFF - 40 + below(80)), pattern());
            put(st + 10, (below(2) << 15) | (0x3FFF - 40 + below(80)), pattern());
            if (below(2)) {
                put(st + 10, (below(2) << 15) | (((st[8] | st[9] << 8) & 0x7FFF) + below(9) - 4), pattern());
            }
            break;
        case 0xF2: case 0xFB: case 0xFE: case 0xFF:
            put(st, sign | (below(4) ? 0x3FFF + below(10) - 5 : 0x3FFF - 70 + below(133)), pattern());
            break;
        default: break;
    }
}

struct form { uint8_t op, modrm, group; };
enum { ARITHMETIC, TRANSCENDENTAL, TRANSFER, COMPARE, OTHER };
static const char *GROUPS[] = {"arithmetic", "transcendental", "transfer", "compare", "other"};
static struct form forms[1024];
static int form_count;

static int group_of(unsigned op, unsigned modrm) {
    unsigned reg = modrm >> 3 & 7;
    if (modrm < 0xC0) {
        if (!(op & 1)) {
            return reg == 2 || reg == 3 ? COMPARE : ARITHMETIC;
        }
        return TRANSFER;
    }
    if (op == 0xD8 || op == 0xDC || op == 0xDE) {
        return reg == 2 || reg == 3 ? COMPARE : ARITHMETIC;
    }
    if (op == 0xD9) {
        switch (modrm) {
            case 0xF0: case 0xF1: case 0xF2: case 0xF3: case 0xF9: case 0xFB: case 0xFE: case 0xFF:
                return TRANSCENDENTAL;
            case 0xF4: case 0xF5: case 0xF8: case 0xFA: case 0xFC: case 0xFD: return ARITHMETIC;
            case 0xE4: case 0xE5: return COMPARE;
            default: return OTHER;
        }
    }
    if (op == 0xDA || op == 0xDB) {
        return modrm < 0xE0 ? OTHER : COMPARE;
    }
    return op == 0xDD && reg >= 4 ? COMPARE : OTHER;
}

static int wanted(unsigned op, unsigned modrm) {
    unsigned reg = modrm >> 3 & 7;
    if (modrm < 0xC0) {
        if ((modrm & 0xC7) != 2) {
            return 0;
        }
        /* environments, images and undefined forms are left out */
        switch (op) {
            case 0xD9: return reg != 1 && reg != 4 && reg != 6;
            case 0xDB: return reg != 4 && reg != 6;
            case 0xDD: return reg != 4 && reg != 5 && reg != 6;
            default: return 1;
        }
    }
    switch (op) {
        case 0xD9: return !(modrm > 0xD0 && modrm < 0xD8) && modrm != 0xE2 && modrm != 0xE3 && modrm != 0xE6
                && modrm != 0xE7 && modrm != 0xEF;
        case 0xDA: return modrm < 0xE0 || modrm == 0xE9;
        case 0xDB: return modrm < 0xE0 || modrm == 0xE2 || modrm == 0xE3 || (modrm >= 0xE8 && modrm < 0xF8);
        case 0xDD: return modrm < 0xF0;
        case 0xDE: return modrm < 0xD8 || modrm == 0xD9 || modrm >= 0xE0;
        case 0xDF: return modrm < 0xE0 || (modrm >= 0xE8 && modrm < 0xF8);
        default: return 1;
    }
}

static sigjmp_buf escape;

static void on_illegal(int sig) {
    siglongjmp(escape, sig);
}

typedef uint64_t (*code_t)(struct image *in, struct image *out, void *mem, uint64_t flags);
static uint8_t *code;

static uint64_t run(unsigned op, unsigned modrm, struct image *in, struct image *out, void *mem, uint64_t flags) {
    uint8_t *p = code;
    *p++ = 0x51;                                     /* push rcx */
    *p++ = 0x9D;                                     /* popfq */
    *p++ = 0xDD; *p++ = 0x27;                        /* frstor [rdi] */
    *p++ = (uint8_t) op; *p++ = (uint8_t) modrm;
    *p++ = 0x9C;                                     /* pushfq */
    *p++ = 0xDD; *p++ = 0x36;                        /* fnsave [rsi] */
    *p++ = 0x58;                                     /* pop rax */
    *p++ = 0xC3;
    __builtin___clear_cache((char *) code, (char *) p);
    return ((code_t) code)(in, out, mem, flags);
}

static void memory_operand(unsigned op, uint8_t *mem) {
    uint64_t lo = rnd();
    for (int i = 0; i < 16; i++) {
        mem[i] = (uint8_t) rnd();
    }
    switch (op) {
        case 0xD8: case 0xD9: {
            uint32_t v = (uint32_t) lo;
            switch (below(8)) {
                case 0: v &= 0x80000000; break;
                case 1: v &= 0x807FFFFF; break;
                case 2: v |= 0x7F800000; break;
                case 3: v = (v & 0x80000000) | 0x7F800000; break;
                case 4: v = (v & 0x80FFFFFF) | 0x3F000000; break;
                case 5: v = (v & 0x80000000) | ((0x3F800000 + (below(16) << 23)) & (0xFFFF8000 << below(9))); break;
                default: break;
            }
            memcpy(mem, &v, 4);
            break;
        }
        case 0xDC: case 0xDD: {
            uint64_t v = lo;
            switch (below(8)) {
                case 0: v &= 1ull << 63; break;
                case 1: v &= 0x800FFFFFFFFFFFFFull; break;
                case 2: v |= 0x7FF0000000000000ull; break;
                case 3: v = (v & 1ull << 63) | 0x7FF0000000000000ull; break;
                case 4: v = (v & 0x801FFFFFFFFFFFFFull) | 0x3FE0000000000000ull; break;
                case 5: v = (v & 1ull << 63) | (0x3FF0000000000000ull + ((uint64_t) below(60) << 52)); break;
                default: break;
            }
            memcpy(mem, &v, 8);
            break;
        }
        case 0xDF:
            if (below(4)) {
                for (int i = 0; i < 9; i++) {
                    mem[i] = (uint8_t) (below(10) << 4 | below(10));
                }
                if (below(2)) {
                    memset(mem + below(9), 0, 4);
                }
            }
            break;
        default:
            if (below(2)) {
                number(mem);
            }
            if (below(4) == 0) {
                memset(mem, below(2) ? 0 : 0xFF, 8);
            }
            break;
    }
}

static const uint8_t CONSTANT[8] = {0, 1, 2, 3, 4, 5, 6, 7};

static void make(const struct form *f, struct record *r, int sparse) {
    memset(r, 0, sizeof *r);
    r->op = f->op;
    r->modrm = f->modrm;
    unsigned masks = below(5) < 3 ? 0x3F : below(64);
    unsigned precision = below(4) ? 3 : below(4);
    r->cw = (uint16_t) (masks | 0x40 | precision << 8 | (below(2) ? below(4) : 0) << 10);
    unsigned top = sparse ? below(2) * 5 : below(8);
    r->sw = (uint16_t) (top << 11 | (rnd() & 0x4700) | (below(4) ? 0 : rnd() & masks) | (below(8) ? 0 : 0x40));
    unsigned i = f->modrm >= 0xC0 ? f->modrm & 7 : 1;
    for (unsigned n = 0; n < 8; n++) {
        if (!sparse || n == 0 || n == i || n == 1) {
            number(r->st + 10 * n);
        } else {
            put(r->st + 10 * n, 0x4000 + CONSTANT[n], (uint64_t) (0x80 + n) << 56);
        }
    }
    if (below(3) == 0 && i != 0) {
        related(r->st + 10 * (f->op == 0xD9 ? 1 : i), r->st);
    }
    if (f->group == TRANSCENDENTAL && below(8)) {
        argument(f->modrm, r->st);
    }
    for (unsigned n = 0; n < 8; n++) {
        int needed = n == 0 || n == i || (n == 1 && f->op == 0xD9);
        int vacant = needed ? below(24) == 0 : n == 7 ? below(4) != 0 : below(2);
        unsigned tag = vacant ? 3 : 0;
        r->tw |= (uint16_t) (tag << 2 * ((top + n) & 7));
    }
    r->eflags = 0x202 | (rnd() & 0x8D5);
    if (f->modrm < 0xC0) {
        memory_operand(f->op, r->mem);
        if (f->op == 0xD9 && (f->modrm >> 3 & 7) == 5) {
            r->mem[1] &= 0x1F;
        }
    }
}

int main(int argc, char **argv) {
    if (argc < 4) {
        fprintf(stderr, "usage: x87vectors SEED COUNT GROUP [sparse]\n");
        return 2;
    }
    state = strtoull(argv[1], 0, 0);
    long count = strtol(argv[2], 0, 0);
    int sparse = argc > 4;
    code = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    for (unsigned op = 0xD8; op < 0xE0; op++) {
        for (unsigned modrm = 0; modrm < 256; modrm++) {
            if (wanted(op, modrm)) {
                int group = group_of(op, modrm);
                if (strcmp(argv[3], "all") == 0 || strcmp(argv[3], GROUPS[group]) == 0) {
                    forms[form_count++] = (struct form) {(uint8_t) op, (uint8_t) modrm, (uint8_t) group};
                }
            }
        }
    }
    if (form_count == 0) {
        fprintf(stderr, "x87vectors: no such group: %s\n", argv[3]);
        return 2;
    }
    struct sigaction action = {.sa_handler = on_illegal, .sa_flags = SA_NODEFER};
    sigaction(SIGILL, &action, 0);
    sigaction(SIGFPE, &action, 0);
    for (long n = 0; n < count; n++) {
        struct record r;
        const struct form *f = &forms[sparse ? n % form_count : below((unsigned) form_count)];
        make(f, &r, sparse);
        struct image in = {.cw = r.cw | 0xFFFF0000, .sw = r.sw | 0xFFFF0000, .tw = r.tw | 0xFFFF0000};
        struct image out;
        memcpy(in.st, r.st, 80);
        memcpy(r.omem, r.mem, 16);
        int sig = sigsetjmp(escape, 1);
        if (sig) {
            __asm__ volatile("fninit");
            fprintf(stderr, "x87vectors: signal %d at %02X %02X cw %04X sw %04X\n", sig, f->op, f->modrm, r.cw, r.sw);
            continue;
        }
        r.oeflags = (uint32_t) run(f->op, f->modrm, &in, &out, r.omem, r.eflags) & 0x8D5;
        r.eflags &= 0x8D5;
        r.ocw = (uint16_t) out.cw;
        r.osw = (uint16_t) out.sw;
        r.otw = (uint16_t) out.tw;
        for (int i = 0; i < 80; i++) {
            r.ost[i] = out.st[i] ^ r.st[i];
        }
        for (int i = 0; i < 16; i++) {
            r.omem[i] ^= r.mem[i];
        }
        fwrite(&r, sizeof r, 1, stdout);
    }
    return 0;
}
