/* Page faults as a kernel resolves them: a user program touches pages that are not there, the handler maps each and the
   instruction is tried again; then all are unmapped at once by loading CR3. */
#include "system.h"

GUEST(0xb3369200u)

#define PAGES 1024

static uint8_t memory[PAGES * PAGE] __attribute__((aligned(PAGE)));
uint32_t faults __attribute__((used));

void fault(void);
void unmap(void);
/* Sets the present bit in the page table; the tables are one array. */
__asm__(
    ".text\n"
    "fault: pushl %eax\n"
    " movl %cr2, %eax\n"
    " shrl $12, %eax\n"
    " orl $1, page_tables(,%eax,4)\n"
    " incl faults\n"
    " popl %eax\n"
    " addl $4, %esp\n"
    " iret\n"
    "unmap: pushal\n"
    " call unmap_all\n"
    " popal\n"
    " iret\n");

__attribute__((used)) static void unmap_all(void) __asm__("unmap_all");
__attribute__((used)) static void unmap_all(void) {
    for (uint32_t i = 0; i < PAGES; i++) {
        *page_entry(memory + i * PAGE) &= ~PRESENT;
    }
    set_cr3(page_directory);
}

static void program(void) {
    for (uint32_t i = 0; i < OPERATIONS / PAGES; i++) {
        __asm__ volatile("int $0x80" : : : "memory");
        for (uint32_t page = 0; page < PAGES; page++) {
            ((volatile uint32_t *) memory)[page * (PAGE / 4)]++;
        }
    }
    system_return();
}

uint32_t guest_run(void) {
    uint32_t sum = 0;
    system_start();
    system_gate(14, fault, 0);
    system_gate(0x80, unmap, 1);
    for (uint32_t page = 0; page < PAGES; page++) {
        ((volatile uint32_t *) memory)[page * (PAGE / 4)] = page;
        ((volatile uint32_t *) memory)[page * (PAGE / 4) + 1] = page;
    }
    faults = 0;
    system_user(program);
    for (uint32_t page = 0; page < PAGES; page++) {
        *page_entry(memory + page * PAGE) |= PRESENT;
        sum = sum * 31 + ((volatile uint32_t *) memory)[page * (PAGE / 4)];
    }
    return sum + faults;
}
