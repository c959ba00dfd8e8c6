/* Single pages that change: an entry of the page table points elsewhere, INVLPG, and the page is read. */
#include "system.h"

GUEST(0x4ecb81a0u)

#define PAGES 64

static uint8_t memory[PAGES * PAGE] __attribute__((aligned(PAGE)));

uint32_t guest_run(void) {
    uint32_t sum = 0;
    system_start();
    for (uint32_t page = 0; page < PAGES; page++) {
        *(volatile uint32_t *) (memory + page * PAGE) = page * 77;
    }
    for (uint32_t i = 0; i < OPERATIONS; i++) {
        uint8_t *page = memory + i % PAGES * PAGE;
        uint8_t *frame = memory + (i * 5 + i / PAGES) % PAGES * PAGE;
        *page_entry(page) = (uint32_t) frame | PRESENT | WRITABLE | USER;
        forget_page(page);
        sum = sum * 31 + *(volatile uint32_t *) page;
    }
    for (uint32_t page = 0; page < PAGES; page++) {
        *page_entry(memory + page * PAGE) = (uint32_t) (memory + page * PAGE) | PRESENT | WRITABLE | USER;
    }
    set_cr3(page_directory);
    return sum;
}
