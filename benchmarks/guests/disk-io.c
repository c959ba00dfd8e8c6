/*
 * Reads and writes block devices past the page cache, as a Linux program without a C library. For each device and each
 * kind of access, after a lap that is not measured, it writes two lines:
 *   disk-io begin DEVICE KIND
 *   disk-io end DEVICE KIND KIBIBYTES ERRORS
 * The time between them is the caller's to take: the guest's clock only decides how long a lap is.
 * usage: disk-io SECONDS DEVICE...
 */
#include <stdint.h>

#include "guest.h"

enum { SYS_EXIT = 1, SYS_WRITE = 4, SYS_OPEN = 5, SYS_TIME = 13, SYS_LSEEK = 19, SYS_IOCTL = 54 };
enum { SYS_PREAD64 = 180, SYS_PWRITE64 = 181, O_RDWR = 2, O_DIRECT = 0x4000, SEEK_END = 2, TCSBRK = 0x5409 };
enum { STDOUT = 1, KIB = 1024, LARGEST = 1024 * KIB };

struct access {
    const char *name;
    int call;
    uint32_t size;
    int random;
};

struct disk {
    const char *name;
    uint32_t file;
    uint32_t size;
};

static const struct access accesses[] = {
    {"read-1M", SYS_PREAD64, LARGEST, 0},
    {"read-64K", SYS_PREAD64, 64 * KIB, 0},
    {"read-4K-random", SYS_PREAD64, 4 * KIB, 1},
    {"write-1M", SYS_PWRITE64, LARGEST, 0},
    {"write-64K", SYS_PWRITE64, 64 * KIB, 0},
    {"write-4K-random", SYS_PWRITE64, 4 * KIB, 1},
};
static const struct access *const accesses_end = accesses + sizeof accesses / sizeof *accesses;

static uint32_t buffer[LARGEST / 4] __attribute__((aligned(4096)));
static uint32_t randomness = 2463534242u;

static int32_t call(int number, uint32_t b, uint32_t c, uint32_t d, uint32_t si, uint32_t di) {
    int32_t result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(b), "c"(c), "d"(d), "S"(si), "D"(di) : "memory");
    return result;
}

static uint32_t seconds(void) { return (uint32_t)call(SYS_TIME, 0, 0, 0, 0, 0); }

static char line[160];
static uint32_t length;

static void text(const char *s) {
    while (*s != 0 && length < sizeof line) {
        line[length++] = *s++;
    }
}

static void number(uint32_t value) {
    char digits[11];
    char *first = digits + 10;
    *first = 0;
    do {
        *--first = (char)('0' + value % 10);
    } while ((value /= 10) != 0);
    text(first);
}

/* Ends the line and waits until it has left. */
static void send(void) {
    text("\n");
    call(SYS_WRITE, STDOUT, (uint32_t)line, length, 0, 0);
    call(SYS_IOCTL, STDOUT, TCSBRK, 1, 0, 0);
    length = 0;
}

static void say(const char *what, const char *device, const struct access *access) {
    text("disk-io ");
    text(what);
    text(" ");
    text(device);
    text(" ");
    text(access->name);
}

/* Goes on until the clock has moved by so many seconds; answers how often it did something. */
static uint32_t lap(const struct access *access, const struct disk *disk, uint32_t duration, uint32_t *errors) {
    uint32_t pieces = disk->size / access->size;
    uint32_t count = 0;
    uint32_t piece = 0;
    uint32_t begin = seconds();
    while (seconds() - begin < duration) {
        int32_t moved;
        piece = access->random ? next_random(&randomness) % pieces : piece + 1 < pieces ? piece + 1 : 0;
        moved = call(access->call, disk->file, (uint32_t)buffer, access->size, piece * access->size, 0);
        *errors += moved != (int32_t)access->size;
        count++;
    }
    return count;
}

/* Opens a device; 0 when it cannot be used. */
static int take(struct disk *disk, const char *name) {
    int32_t file = call(SYS_OPEN, (uint32_t)name, O_RDWR | O_DIRECT, 0, 0, 0);
    int32_t size = file < 0 ? 0 : call(SYS_LSEEK, (uint32_t)file, 0, SEEK_END, 0, 0);
    disk->name = name;
    disk->file = (uint32_t)file;
    disk->size = (uint32_t)size;
    if (size < LARGEST) {
        text("disk-io cannot use ");
        text(name);
        send();
    }
    return size >= LARGEST;
}

/* Ends one to two seconds later, when the clock has just moved. */
static void warm_up(const struct disk *disk, const struct access *access, uint32_t *errors) {
    lap(access, disk, 2, errors);
}

static void measure(const struct disk *disk, const struct access *access, uint32_t duration) {
    uint32_t errors = 0;
    uint32_t count;
    warm_up(disk, access, &errors);
    say("begin", disk->name, access);
    send();
    count = lap(access, disk, duration, &errors);
    say("end", disk->name, access);
    text(" ");
    number(count * (access->size / KIB));
    text(" ");
    number(errors);
    send();
}

/* The first disk is warmed up with everything: what translates the guest's code has done so before it is measured. */
static int work(const char *const *names, uint32_t count, uint32_t duration) {
    uint32_t i;
    for (i = 0; i < count; i++) {
        const struct access *access;
        struct disk disk;
        uint32_t errors = 0;
        if (!take(&disk, names[i])) {
            return 1;
        }
        for (access = accesses; i == 0 && access < accesses_end; access++) {
            warm_up(&disk, access, &errors);
        }
        for (access = accesses; access < accesses_end; access++) {
            measure(&disk, access, duration);
        }
    }
    return 0;
}

/* The entry point: what lies on the stack is the number of arguments, then they. */
__asm__(".globl _start\n_start:\n mov %esp, %eax\n and $-16, %esp\n sub $12, %esp\n push %eax\n call run\n");

__attribute__((used, noreturn)) void run(const uint32_t *stack) {
    const char *digit = stack[0] > 1 ? (const char *)stack[2] : "";
    uint32_t duration = 0;
    uint32_t i;
    int status = 2;
    while (*digit >= '0' && *digit <= '9') {
        duration = duration * 10 + (uint32_t)(*digit++ - '0');
    }
    for (i = 0; i < LARGEST / 4; i++) {
        buffer[i] = next_random(&randomness);
    }
    if (stack[0] > 2) {
        status = work((const char *const *)(stack + 3), stack[0] - 2, duration);
    }
    for (;;) {
        call(SYS_EXIT, (uint32_t)status, 0, 0, 0, 0);
    }
}
