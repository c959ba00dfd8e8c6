/* Accesses to a device's memory: bytes of planar video memory, written through the VGA's mask and read back. */
#include "system.h"

GUEST(0x554731b0u)

#define DISPLAY_CLASS 3

static void set_index(uint32_t port, uint32_t index, uint32_t value) {
    out8(port, index);
    out8(port + 1, value);
}

/* Without a BIOS nobody has given the display its ports and its memory. */
static void enable_display(void) {
    for (uint32_t device = 0; device < 32; device++) {
        out32(0xCF8, 0x80000008u | device << 11);
        if (in32(0xCFC) >> 24 == DISPLAY_CLASS) {
            out32(0xCF8, 0x80000004u | device << 11);
            out32(0xCFC, in32(0xCFC) | 3);
        }
    }
    out8(0x3C2, 0x63);
    set_index(0x3C4, 0, 3);
    set_index(0x3C4, 2, 0x0F); /* all planes */
    set_index(0x3C4, 4, 0x06); /* planar, not chained */
    set_index(0x3CE, 0, 0);
    set_index(0x3CE, 1, 0);
    set_index(0x3CE, 3, 0);
    set_index(0x3CE, 4, 2); /* plane 2 is read */
    set_index(0x3CE, 5, 0);
    set_index(0x3CE, 6, 5); /* 64 KiB from A0000h */
    set_index(0x3CE, 8, 0xFF);
}

uint32_t guest_run(void) {
    volatile uint8_t *window = (volatile uint8_t *) opaque(0xA0000);
    uint32_t sum = 0;
    system_start();
    enable_display();
    for (uint32_t i = 0; i < OPERATIONS / 2; i++) {
        window[i & 0x3FFF] = (uint8_t) (i * 7);
        sum = sum * 31 + window[i * 3 & 0x3FFF & i];
    }
    return sum;
}
