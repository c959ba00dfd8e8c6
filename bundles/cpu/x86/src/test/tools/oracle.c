/*
 * Executes test cases on the processor it runs on, for HostProcessor.java, which builds it:
 *
 *   gcc -m32 -O2 -ffreestanding -nostdlib -static -fno-pie -no-pie -fno-stack-protector \
 *       -fno-tree-loop-distribute-patterns -Wl,-Ttext-segment=0x5B400000 -o oracle oracle.c
 *
 * It uses no library, so that no 32-bit libc is needed. A case is a register state that a signal return loads; whatever
 * ends it (int3 behind the instruction, a single-step trap, a fault) is a signal, whose frame holds the result.
 *
 * Little-endian messages on standard input and output:
 *   setup:  u32 count, then struct user_desc (16 bytes) each: the local descriptor table
 *           u32 count, then u32 address, bytes, protection (PROT_ bits) each: memory
 *           answer: u32 0, or the number of the item that failed, counted from 1
 *   batch:  u32 1 if the contents of all memory follow, u32 cases, u32 bytes of all requests; contents; struct request
 *           each, then if flags say so struct patch, then an FXSAVE image
 *           answer: u32 bytes; struct result each, with an FXSAVE image if the request had one, and the 64-byte lines
 *           of memory that changed, each behind its address
 * Memory has its first contents at the beginning of every case. Code (protection with PROT_EXEC) is not compared.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef u32 line __attribute__((vector_size(16), may_alias));

#define LINE 64
#define MAX_REGIONS 32
#define BUFFER (64u << 20)
#define BUFFERS 0x48A00000 /* this program is at addresses that cases do not hit, not even by chance */
#define WITH_FPU 1
#define WITH_PATCH 2
#define TIMED_OUT 0xFFFF
#define FXSAVE 512
#define FXSAVE_AT 112 /* in the floating-point state of a signal frame, behind the FSAVE image */
#define RUN_MILLIS 100
#define AUTODISARM 0x80000000 /* of signal stacks: else the kernel takes a test's ESP in there for a nested signal */

enum {
    NR_EXIT = 1, NR_READ = 3, NR_WRITE = 4, NR_SETITIMER = 104, NR_MODIFY_LDT = 123, NR_MPROTECT = 125,
    NR_SIGRETURN = 173, NR_SIGACTION = 174, NR_SIGALTSTACK = 186, NR_MMAP2 = 192
};
enum { SIGILL = 4, SIGTRAP = 5, SIGBUS = 7, SIGFPE = 8, SIGSEGV = 11, SIGVTALRM = 26 };
enum { READABLE = 1, WRITABLE = 2, EXECUTABLE = 4 };

struct request {
    u32 eip, eflags, gpr[8]; /* eax ecx edx ebx esp ebp esi edi */
    u16 es, cs, ss, ds, fs, gs;
    u32 flags;
};

struct patch { /* of memory, before the case */
    u32 address, length;
    u8 bytes[32];
};

struct result {
    u32 trap, error, cr2, eip, eflags, gpr[8];
    u16 es, cs, ss, ds, fs, gs;
    u16 fpu, lines;
};

struct context { /* struct sigcontext_32 of asm/sigcontext.h */
    u16 gs, gsh, fs, fsh, es, esh, ds, dsh;
    u32 edi, esi, ebp, esp, ebx, edx, ecx, eax, trap, error, eip;
    u16 cs, csh;
    u32 eflags, esp_at_signal;
    u16 ss, ssh;
    u8 *fpu;
    u32 mask, cr2;
};

struct frame { /* struct ucontext */
    u32 flags, link, stack[3];
    struct context context;
};

struct region {
    u32 address, bytes, protection;
    u8 *first;
};

static u8 *in, *out;
static u32 out_at;
static struct region regions[MAX_REGIONS];
static u32 region_count;
static u32 remaining; /* cases of this batch, the running one included; 0 outside a batch */
static u32 at_last_alarm;
static struct context caller; /* where the batch was started */
static u8 *next_request;
static u32 running_flags;
static u8 handler_stack[1 << 16] __attribute__((aligned(64)));

int call(u32 number, u32 a, u32 b, u32 c, u32 d, u32 e, u32 f);
void enter(void);
void give_back(void);

__asm__(".text\n"
        ".globl _start\n"
        "_start: andl $-16, %esp\n"
        "    call run\n"
        ".globl call\n"
        "call: pushl %ebx; pushl %esi; pushl %edi; pushl %ebp\n"
        "    movl 20(%esp), %eax; movl 24(%esp), %ebx; movl 28(%esp), %ecx; movl 32(%esp), %edx\n"
        "    movl 36(%esp), %esi; movl 40(%esp), %edi; movl 44(%esp), %ebp\n"
        "    int $0x80\n"
        "    popl %ebp; popl %edi; popl %esi; popl %ebx; ret\n"
        /* The signal handler: flags as C wants them (AC, NT and ID may be the test's). */
        ".globl enter\n"
        "enter: pushl $0x202; popfl; cld; jmp handler\n"
        ".globl give_back\n"
        "give_back: movl $173, %eax; int $0x80\n");

static void stop(int status) {
    call(NR_EXIT, status, 0, 0, 0, 0, 0);
    for (;;) {
    }
}

void *memcpy(void *to, const void *from, u32 length) {
    void *start = to;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(length) : : "memory");
    return start;
}

static void get(void *to, u32 length) {
    u8 *at = to;
    while (length > 0) {
        int got = call(NR_READ, 0, (u32) at, length, 0, 0, 0);
        if (got == 0) {
            stop(0);
        }
        if (got < 0 && got != -4) {
            stop(3);
        }
        if (got > 0) {
            at += got;
            length -= got;
        }
    }
}

static u32 get32(void) {
    u32 value;
    get(&value, 4);
    return value;
}

static void put(const void *from, u32 length) {
    const u8 *at = from;
    while (length > 0) {
        int done = call(NR_WRITE, 1, (u32) at, length, 0, 0, 0);
        if (done < 0 && done != -4) {
            stop(4);
        }
        if (done > 0) {
            at += done;
            length -= done;
        }
    }
}

static int differs(const line *a, const line *b) {
    line d = (a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]);
    return (d[0] | d[1] | d[2] | d[3]) != 0;
}

/* Writes the lines that changed and gives them their first contents again. */
static u16 changed_lines(void) {
    u16 count = 0;
    for (u32 i = 0; i < region_count; i++) {
        struct region *r = &regions[i];
        if ((r->protection & (WRITABLE | EXECUTABLE)) != WRITABLE) {
            continue;
        }
        for (u32 at = 0; at < r->bytes; at += LINE) {
            u8 *now = (u8 *) r->address + at;
            u8 *first = r->first + at;
            if (differs((line *) now, (line *) first)) {
                u32 address = (u32) now;
                memcpy(out + out_at, &address, 4);
                memcpy(out + out_at + 4, now, LINE);
                memcpy(now, first, LINE);
                out_at += 4 + LINE;
                count++;
            }
        }
    }
    return count;
}

static void store_result(struct context *c, int timed_out) {
    struct result *r = (struct result *) (out + out_at);
    out_at += sizeof *r;
    r->trap = timed_out ? TIMED_OUT : c->trap;
    r->error = c->error;
    r->cr2 = c->cr2;
    r->eip = c->eip;
    r->eflags = c->eflags;
    r->gpr[0] = c->eax;
    r->gpr[1] = c->ecx;
    r->gpr[2] = c->edx;
    r->gpr[3] = c->ebx;
    r->gpr[4] = c->esp;
    r->gpr[5] = c->ebp;
    r->gpr[6] = c->esi;
    r->gpr[7] = c->edi;
    r->es = c->es;
    r->cs = c->cs;
    r->ss = c->ss;
    r->ds = c->ds;
    r->fs = c->fs;
    r->gs = c->gs;
    r->fpu = running_flags & WITH_FPU;
    if (r->fpu) {
        memcpy(out + out_at, c->fpu + FXSAVE_AT, FXSAVE);
        out_at += FXSAVE;
    }
    r->lines = changed_lines();
}

/* The kernel takes the x87 part from the FSAVE image and the rest from the FXSAVE image. */
static void load_fpu(struct context *c, const u8 *image) {
    u8 *fsave = c->fpu;
    u16 *fx = (u16 *) (c->fpu + FXSAVE_AT);
    memcpy(fx, image, 464); /* what follows is the kernel's */
    u32 tags = 0;
    for (int i = 0; i < 8; i++) {
        tags |= (image[4] >> i & 1 ? 0u : 3u) << 2 * i;
    }
    u32 *env = (u32 *) fsave;
    env[0] = 0xFFFF0000 | fx[0];
    env[1] = 0xFFFF0000 | fx[1];
    env[2] = 0xFFFF0000 | tags;
    env[3] = *(u32 *) (image + 8);
    env[4] = (u32) fx[3] << 16 | *(u16 *) (image + 12);
    env[5] = *(u32 *) (image + 16);
    env[6] = *(u16 *) (image + 20);
    for (int i = 0; i < 8; i++) {
        memcpy(fsave + 28 + 10 * i, image + 32 + 16 * i, 10);
    }
}

static void load_request(struct context *c) {
    struct request *q = (struct request *) next_request;
    next_request += sizeof *q;
    running_flags = q->flags;
    c->eip = q->eip;
    c->eflags = q->eflags;
    c->eax = q->gpr[0];
    c->ecx = q->gpr[1];
    c->edx = q->gpr[2];
    c->ebx = q->gpr[3];
    c->esp = q->gpr[4];
    c->ebp = q->gpr[5];
    c->esi = q->gpr[6];
    c->edi = q->gpr[7];
    c->es = q->es;
    c->cs = q->cs;
    c->ss = q->ss;
    c->ds = q->ds;
    c->fs = q->fs;
    c->gs = q->gs;
    if (q->flags & WITH_PATCH) {
        struct patch *p = (struct patch *) next_request;
        next_request += sizeof *p;
        memcpy((void *) p->address, p->bytes, p->length);
    }
    if (q->flags & WITH_FPU) {
        load_fpu(c, next_request);
        next_request += FXSAVE;
    }
}

__attribute__((used)) void handler(int signal, void *info, struct frame *frame) {
    struct context *c = &frame->context;
    (void) info;
    if (signal == SIGVTALRM) {
        if (remaining == 0 || remaining != at_last_alarm) {
            at_last_alarm = remaining;
            return;
        }
    } else if (remaining == 0) {
        stop(5);
    }
    if (caller.eip == 0) {
        caller = *c;
    } else {
        store_result(c, signal == SIGVTALRM);
        remaining--;
    }
    if (remaining > 0) {
        load_request(c);
    } else {
        u8 *fpu = c->fpu;
        *c = caller;
        c->fpu = fpu;
    }
}

static void install(int signal) {
    struct {
        void (*handler)(void);
        u32 flags;
        void (*restorer)(void);
        u32 mask[2];
    } action = {enter, 4 | 0x04000000 | 0x08000000 | 0x10000000, give_back, {0, 0}};
    if (signal != SIGVTALRM) {
        action.mask[0] = 1u << (SIGVTALRM - 1);
    }
    call(NR_SIGACTION, signal, (u32) &action, 0, 8, 0, 0);
}

static u8 *map(u32 address, u32 bytes, int protection) {
    /* MAP_PRIVATE, MAP_ANONYMOUS, MAP_FIXED_NOREPLACE */
    u32 got = call(NR_MMAP2, address, bytes, protection, 0x100022, -1, 0);
    return got != address ? 0 : (u8 *) got;
}

static u32 set_up(void) {
    u32 failed = 0;
    u32 first_copies = BUFFERS + 2 * BUFFER;
    u32 count = get32();
    for (u32 i = 1; i <= count; i++) {
        u32 description[4];
        get(description, sizeof description);
        if (failed == 0 && call(NR_MODIFY_LDT, 0x11, (u32) description, sizeof description, 0, 0, 0) != 0) {
            failed = i;
        }
    }
    region_count = get32();
    if (region_count > MAX_REGIONS) {
        stop(6);
    }
    for (u32 i = 0; i < region_count; i++) {
        struct region *r = &regions[i];
        get(r, 12);
        r->first = map(first_copies, r->bytes, READABLE | WRITABLE);
        first_copies += r->bytes;
        if (failed == 0 && (r->first == 0 || map(r->address, r->bytes, READABLE | WRITABLE) == 0)) {
            failed = count + i + 1;
        }
    }
    return failed;
}

static void take_contents(void) {
    for (u32 i = 0; i < region_count; i++) {
        struct region *r = &regions[i];
        get(r->first, r->bytes);
        call(NR_MPROTECT, r->address, r->bytes, READABLE | WRITABLE, 0, 0, 0);
        memcpy((void *) r->address, r->first, r->bytes);
        call(NR_MPROTECT, r->address, r->bytes, r->protection, 0, 0, 0);
    }
}

__attribute__((used)) void run(void) {
    static const int signals[] = {SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGVTALRM};
    u32 alternative[3] = {(u32) handler_stack, AUTODISARM, sizeof handler_stack};
    u32 interval[4] = {0, RUN_MILLIS * 1000, 0, RUN_MILLIS * 1000};
    in = map(BUFFERS, BUFFER, READABLE | WRITABLE);
    out = map(BUFFERS + BUFFER, BUFFER, READABLE | WRITABLE);
    if (in == 0 || out == 0) {
        stop(8);
    }
    u32 answer = set_up();
    put(&answer, 4);
    call(NR_SIGALTSTACK, (u32) alternative, 0, 0, 0, 0, 0);
    for (u32 i = 0; i < sizeof signals / sizeof *signals; i++) {
        install(signals[i]);
    }
    call(NR_SETITIMER, 1 /* ITIMER_VIRTUAL */, (u32) interval, 0, 0, 0, 0);
    for (;;) {
        u32 contents = get32();
        u32 cases = get32();
        u32 bytes = get32();
        if (contents) {
            take_contents();
        }
        if (bytes > BUFFER) {
            stop(7);
        }
        get(in, bytes);
        out_at = 0;
        next_request = in;
        caller.eip = 0;
        remaining = cases;
        __asm__ volatile("int3" : : : "memory");
        put(&out_at, 4);
        put(out, out_at);
    }
}
