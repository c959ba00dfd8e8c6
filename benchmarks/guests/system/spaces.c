/* Two address spaces in turn: CR3 is loaded, then TOUCHED pages are read and written that differ between the two. */
#include "system.h"

GUEST(TOUCHED == 8 ? 0x8a658840u : 0x2db4ca00u)

#define SPACES 2
#define TABLE_BYTES (PAGE * 1024)

static uint8_t memory[SPACES * TABLE_BYTES] __attribute__((aligned(TABLE_BYTES)));
static uint32_t directories[SPACES][1024] __attribute__((aligned(PAGE)));
static uint32_t tables[SPACES][1024] __attribute__((aligned(PAGE)));

uint32_t guest_run(void) {
    uint32_t sum = 0;
    system_start();
    for (uint32_t space = 0; space < SPACES; space++) {
        for (uint32_t i = 0; i < 1024; i++) {
            directories[space][i] = page_directory[i];
            tables[space][i] = (uint32_t) memory + space * TABLE_BYTES + i * PAGE + (PRESENT | WRITABLE | USER);
        }
        for (uint32_t i = 0; i < TOUCHED; i++) {
            *(volatile uint32_t *) (memory + space * TABLE_BYTES + i * PAGE) = space + i;
        }
        directories[space][(uint32_t) memory / TABLE_BYTES] = (uint32_t) tables[space] + (PRESENT | WRITABLE | USER);
    }
    for (uint32_t i = 0; i < OPERATIONS; i++) {
        set_cr3(directories[i % SPACES]);
        for (uint32_t page = 0; page < TOUCHED; page++) {
            volatile uint32_t *word = (volatile uint32_t *) (memory + page * PAGE);
            sum = sum * 31 + *word;
            *word += page;
        }
    }
    set_cr3(page_directory);
    return sum;
}
