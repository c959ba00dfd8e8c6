/*
 * What a Linux kernel is asked for all the time, each thing by itself, as a program without a C library.
 *
 * usage: work NAME OPERATIONS [COMMAND ARGUMENT...]
 *
 * Writes "bench NAME begin", does the work so often and writes "bench NAME end CHECKSUM OPERATIONS". With a command it runs
 * that once, its output thrown away, and its exit status is the checksum. System calls go the way that the kernel recommends
 * (SYSENTER where the processor has it). The time between the lines is the caller's to take.
 */
#include <stdint.h>

enum {
    NR_EXIT = 1, NR_FORK = 2, NR_READ = 3, NR_WRITE = 4, NR_OPEN = 5, NR_CLOSE = 6, NR_WAITPID = 7, NR_UNLINK = 10,
    NR_EXECVE = 11, NR_LSEEK = 19, NR_GETPID = 20, NR_KILL = 37, NR_PIPE = 42, NR_IOCTL = 54, NR_DUP2 = 63,
    NR_MMAP = 90, NR_MUNMAP = 91, NR_SCHED_SETSCHEDULER = 156, NR_SCHED_YIELD = 158, NR_NANOSLEEP = 162,
    NR_RT_SIGACTION = 174, NR_SCHED_SETAFFINITY = 241
};
enum { O_RDWR = 2, O_CREAT = 0100, O_TRUNC = 01000, TCSBRK = 0x5409, SCHED_FIFO = 1 };
enum { SIGUSR1 = 10, SA_SIGINFO = 4, SA_RESTORER = 0x04000000 };
enum { MAP_PRIVATE_ANONYMOUS = 0x22, READ_WRITE = 3, PAGE = 4096, AT_SYSINFO = 32 };

static uint32_t entry_of_kernel __asm__("entry_of_kernel") __attribute__((used));
static char *const *environment;
static const char *program;

void by_interrupt(void);
void return_from_signal(void);
__asm__(
    ".text\n"
    "by_interrupt: int $0x80\n"
    " ret\n"
    "return_from_signal: movl $173, %eax\n"
    " int $0x80\n"
    ".globl _start\n"
    "_start: movl %esp, %eax\n"
    " andl $-16, %esp\n"
    " subl $12, %esp\n"
    " pushl %eax\n"
    " call run\n");

static int32_t call(int number, uint32_t b, uint32_t c, uint32_t d, uint32_t si) {
    int32_t result;
    __asm__ volatile("call *entry_of_kernel"
                     : "=a"(result)
                     : "a"(number), "b"(b), "c"(c), "d"(d), "S"(si)
                     : "memory", "cc");
    return result;
}

__attribute__((noreturn)) static void leave(int status) {
    for (;;) {
        call(NR_EXIT, (uint32_t) status, 0, 0, 0);
    }
}

/* --- lines on standard output --- */

static char line[160];
static uint32_t length;

static void text(const char *s) {
    while (*s != 0 && length < sizeof line - 1) {
        line[length++] = *s++;
    }
}

static void number(uint32_t value, uint32_t base) {
    char digits[11];
    char *first = digits + 10;
    *first = 0;
    do {
        *--first = "0123456789abcdef"[value % base];
    } while ((value /= base) != 0);
    text(first);
}

/* Ends the line and waits until a terminal has sent it. */
static void send(void) {
    text("\n");
    call(NR_WRITE, 1, (uint32_t) line, length, 0);
    call(NR_IOCTL, 1, TCSBRK, 1, 0);
    length = 0;
}

static uint32_t checked(int32_t result, const char *what) {
    if (result < 0) {
        text("bench cannot ");
        text(what);
        send();
        leave(1);
    }
    return (uint32_t) result;
}

/* --- the work --- */

/* Once a call, for INT 80h and for the recommended way. */
static uint32_t ask_by_interrupt(uint32_t n) {
    uint32_t same = 0;
    int32_t first = call(NR_GETPID, 0, 0, 0, 0);
    for (uint32_t i = 0; i < n; i++) {
        int32_t id;
        __asm__ volatile("int $0x80" : "=a"(id) : "a"(NR_GETPID) : "memory");
        same += id == first;
    }
    return same;
}

static uint32_t ask(uint32_t n) {
    uint32_t same = 0;
    int32_t first = call(NR_GETPID, 0, 0, 0, 0);
    for (uint32_t i = 0; i < n; i++) {
        same += call(NR_GETPID, 0, 0, 0, 0) == first;
    }
    return same;
}

static uint32_t wait_for(uint32_t process) {
    uint32_t status = 0;
    checked(call(NR_WAITPID, process, (uint32_t) &status, 0, 0), "wait");
    return status >> 8 & 0xFF;
}

/* A new process that ends at once. */
static uint32_t make_processes(uint32_t n) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t process = checked(call(NR_FORK, 0, 0, 0, 0), "fork");
        if (process == 0) {
            leave(i & 0x7F);
        }
        sum = sum * 31 + wait_for(process);
    }
    return sum;
}

static void execute(const char *const *arguments) {
    call(NR_EXECVE, (uint32_t) arguments[0], (uint32_t) arguments, (uint32_t) environment, 0);
    leave(127);
}

/* A new process that becomes another (small) program. */
static uint32_t start_programs(uint32_t n) {
    const char *arguments[] = {program, "nothing", "7", 0};
    uint32_t sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t process = checked(call(NR_FORK, 0, 0, 0, 0), "fork");
        if (process == 0) {
            execute(arguments);
        }
        sum = sum * 31 + wait_for(process);
    }
    return sum;
}

/* A byte to another process and back: two system calls and a switch each way. */
static uint32_t play_ping_pong(uint32_t n) {
    int there[2];
    int back[2];
    uint8_t byte = 1;
    checked(call(NR_PIPE, (uint32_t) there, 0, 0, 0), "make a pipe");
    checked(call(NR_PIPE, (uint32_t) back, 0, 0, 0), "make a pipe");
    uint32_t process = checked(call(NR_FORK, 0, 0, 0, 0), "fork");
    if (process == 0) {
        for (uint32_t i = 0; i < n; i++) {
            call(NR_READ, (uint32_t) there[0], (uint32_t) &byte, 1, 0);
            byte = (uint8_t) (byte * 5 + 1);
            call(NR_WRITE, (uint32_t) back[1], (uint32_t) &byte, 1, 0);
        }
        leave(0);
    }
    for (uint32_t i = 0; i < n; i++) {
        call(NR_WRITE, (uint32_t) there[1], (uint32_t) &byte, 1, 0);
        call(NR_READ, (uint32_t) back[0], (uint32_t) &byte, 1, 0);
    }
    return byte + wait_for(process);
}

/* Two processes that give way to each other, each of which touches some pages in between. As real-time processes on one
   processor they are switched at each call; otherwise the scheduler may let the same one go on. */
static uint32_t give_way(uint32_t n) {
    static volatile uint32_t pages[16 * PAGE / 4];
    uint32_t one = 1; /* the first processor, the lowest priority */
    call(NR_SCHED_SETAFFINITY, 0, sizeof one, (uint32_t) &one, 0);
    call(NR_SCHED_SETSCHEDULER, 0, SCHED_FIFO, (uint32_t) &one, 0);
    uint32_t process = checked(call(NR_FORK, 0, 0, 0, 0), "fork");
    for (uint32_t i = 0; i < n / 2; i++) {
        for (uint32_t page = 0; page < 16; page++) {
            pages[page * PAGE / 4]++;
        }
        call(NR_SCHED_YIELD, 0, 0, 0, 0);
    }
    if (process == 0) {
        leave((int) (pages[0] & 0x7F));
    }
    return pages[0] + wait_for(process);
}

/* Memory taken, touched page by page and given back: an operation is a page. */
static uint32_t touch_pages(uint32_t n) {
    enum { BYTES = 256 * PAGE };
    uint32_t sum = 0;
    for (uint32_t i = 0; i < n / 256; i++) {
        uint32_t request[] = {0, BYTES, READ_WRITE, MAP_PRIVATE_ANONYMOUS, (uint32_t) -1, 0};
        uint32_t address = (uint32_t) call(NR_MMAP, (uint32_t) request, 0, 0, 0);
        if (address >= (uint32_t) -PAGE) {
            checked(-1, "map memory");
        }
        for (uint32_t page = 0; page < BYTES; page += PAGE) {
            volatile uint32_t *word = (volatile uint32_t *) (address + page);
            sum = sum * 31 + *word + page;
            *word = sum;
        }
        call(NR_MUNMAP, address, BYTES, 0, 0);
    }
    return sum;
}

/* Pages that a child shares with its parent until it writes to them: an operation is a page copied. */
static uint32_t copy_pages(uint32_t n) {
    enum { PAGES = 512 };
    static volatile uint8_t pages[PAGES * PAGE];
    uint32_t sum = 0;
    for (uint32_t i = 0; i < PAGES; i++) {
        pages[i * PAGE] = (uint8_t) i;
    }
    for (uint32_t i = 0; i < n / PAGES; i++) {
        uint32_t process = checked(call(NR_FORK, 0, 0, 0, 0), "fork");
        if (process == 0) {
            for (uint32_t page = 0; page < PAGES; page++) {
                sum += ++pages[page * PAGE];
            }
            leave((int) (sum % 127));
        }
        sum = sum * 31 + wait_for(process);
    }
    return sum;
}

static volatile uint32_t signals;

static void take_signal(int signal) {
    signals += (uint32_t) signal;
}

static uint32_t send_signals(uint32_t n) {
    struct {
        void (*handler)(int);
        uint32_t flags;
        void (*restorer)(void);
        uint32_t mask[2];
    } action = {take_signal, SA_SIGINFO | SA_RESTORER, return_from_signal, {0, 0}};
    uint32_t self = (uint32_t) call(NR_GETPID, 0, 0, 0, 0);
    checked(call(NR_RT_SIGACTION, SIGUSR1, (uint32_t) &action, 0, 8), "take a signal");
    for (uint32_t i = 0; i < n; i++) {
        call(NR_KILL, self, SIGUSR1, 0, 0);
    }
    return signals;
}

static uint8_t buffer[1 << 16];

static uint32_t open_file(const char *name, uint32_t flags) {
    return checked(call(NR_OPEN, (uint32_t) name, flags, 0600, 0), "open a file in /tmp");
}

/* 64 KiB at a time from a file in memory. */
static uint32_t read_file(uint32_t n) {
    uint32_t sum = 0;
    uint32_t file = open_file("/tmp/bench-read", O_RDWR | O_CREAT | O_TRUNC);
    for (uint32_t i = 0; i < sizeof buffer; i++) {
        buffer[i] = (uint8_t) (i * 7);
    }
    for (int i = 0; i < 16; i++) {
        call(NR_WRITE, file, (uint32_t) buffer, sizeof buffer, 0);
    }
    for (uint32_t i = 0; i < n; i++) {
        if (i % 16 == 0) {
            call(NR_LSEEK, file, 0, 0, 0);
        }
        sum += (uint32_t) call(NR_READ, file, (uint32_t) buffer, sizeof buffer, 0) + buffer[i & 0xFFFF];
    }
    call(NR_CLOSE, file, 0, 0, 0);
    call(NR_UNLINK, (uint32_t) "/tmp/bench-read", 0, 0, 0);
    return sum;
}

/* A file made, opened, given a byte, closed and removed. */
static uint32_t make_files(uint32_t n) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t file = open_file("/tmp/bench-file", O_RDWR | O_CREAT | O_TRUNC);
        sum += (uint32_t) call(NR_WRITE, file, (uint32_t) &i, 1, 0);
        call(NR_CLOSE, file, 0, 0, 0);
        call(NR_UNLINK, (uint32_t) "/tmp/bench-file", 0, 0, 0);
    }
    return sum;
}

/* Sleeps of a millisecond: the cost of falling asleep, of the timer and of waking up. */
static uint32_t sleep_often(uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        uint32_t time[] = {0, 1000000};
        call(NR_NANOSLEEP, (uint32_t) time, 0, 0, 0);
    }
    return n;
}

static const char *const *command;

static uint32_t run_command(uint32_t n) {
    uint32_t process = checked(call(NR_FORK, 0, 0, 0, 0), "fork");
    (void) n;
    if (process == 0) {
        call(NR_DUP2, open_file("/dev/null", O_RDWR), 1, 0, 0);
        execute(command);
    }
    return wait_for(process);
}

/* A file of lines of words, for programs that read one: so many bytes, about. */
static uint32_t make_text(uint32_t n) {
    uint32_t random = 2463534242u;
    uint32_t at = 0;
    uint32_t file = open_file(command[0], O_RDWR | O_CREAT | O_TRUNC);
    while (n-- > 0) {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        uint32_t letter = (random >> 8 & random >> 16 & 31) + 'a';
        buffer[at++] = letter <= 'z' ? (uint8_t) letter : (random & 7) != 0 ? ' ' : '\n';
        if (at == sizeof buffer || n == 0) {
            call(NR_WRITE, file, (uint32_t) buffer, at, 0);
            at = 0;
        }
    }
    call(NR_CLOSE, file, 0, 0, 0);
    return random;
}

static const struct {
    const char *name;
    uint32_t (*work)(uint32_t n);
} works[] = {
    {"getpid-int", ask_by_interrupt}, {"getpid", ask}, {"fork", make_processes}, {"fork-exec", start_programs},
    {"pipe", play_ping_pong}, {"switch", give_way}, {"page-fault", touch_pages}, {"copy-on-write", copy_pages},
    {"signal", send_signals}, {"read", read_file}, {"files", make_files}, {"sleep", sleep_often}, {"text", make_text},
};

static int is_same(const char *a, const char *b) {
    while (*a != 0 && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static void bench(const char *name, const char *what) {
    text("bench ");
    text(name);
    text(what);
}

static void measure(const char *name, uint32_t n, uint32_t (*work)(uint32_t)) {
    bench(name, " begin");
    send();
    uint32_t sum = work(n);
    bench(name, " end ");
    number(sum, 16);
    text(" ");
    number(n, 10);
    send();
}

__attribute__((used, noreturn)) void run(char *const *stack) {
    uint32_t count = (uint32_t) stack[0];
    char *const *arguments = stack + 1;
    const char *digit = count > 2 ? arguments[2] : "";
    uint32_t (*work)(uint32_t) = count > 3 ? run_command : 0;
    uint32_t n = 0;
    environment = arguments + count + 1;
    entry_of_kernel = (uint32_t) by_interrupt;
    const uint32_t *auxiliary = (const uint32_t *) environment;
    while (*auxiliary++ != 0) {
    }
    for (; auxiliary[0] != 0; auxiliary += 2) {
        if (auxiliary[0] == AT_SYSINFO) {
            entry_of_kernel = auxiliary[1];
        }
    }
    while (*digit >= '0' && *digit <= '9') {
        n = n * 10 + (uint32_t) (*digit++ - '0');
    }
    if (count < 3) {
        leave(2);
    }
    if (is_same(arguments[1], "nothing")) {
        leave((int) n);
    }
    program = arguments[0];
    command = (const char *const *) arguments + 3;
    for (uint32_t i = 0; i < sizeof works / sizeof *works; i++) {
        if (is_same(arguments[1], works[i].name)) {
            work = works[i].work;
        }
    }
    if (work == 0) {
        bench(arguments[1], " is not known");
        send();
        leave(2);
    }
    measure(arguments[1], n, work);
    leave(0);
}
