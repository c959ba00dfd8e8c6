/* Segment registers: loads, saves on the stack, and far calls, as in entries to a kernel and in older programs. */
#include "system.h"

GUEST(0x0121eac0u)

uint32_t calls __attribute__((used));

/* A far call to the same code segment, in order to return by RETF. */
__asm__(".text\nfar_function: addl $3, calls\n lret\n");

uint32_t guest_run(void) {
    uint32_t loaded = 0;
    system_start();
    calls = 0;
    for (uint32_t i = 0; i < OPERATIONS / 4; i++) {
        uint32_t was;
        __asm__ volatile(
            "pushl %%es\n"
            "movl %[user], %%fs\n"
            "popl %%es\n"
            "lcall $8, $far_function\n"
            "movl %%fs, %[was]\n"
            : [was] "=&r"(was)
            : [user] "r"(USER_DATA)
            : "memory", "cc");
        loaded += was;
    }
    return calls + loaded;
}
