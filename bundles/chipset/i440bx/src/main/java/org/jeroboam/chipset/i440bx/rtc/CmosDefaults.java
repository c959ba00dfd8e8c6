package org.jeroboam.chipset.i440bx.rtc;

import java.util.Map;

/** What a PC's set-up program leaves in CMOS memory, as firmware and operating systems read it. */
final class CmosDefaults {
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;

    private CmosDefaults() {}

    /**
     * Fills the memory behind the clock's registers.
     *
     * @param memory 256 bytes
     * @param low RAM below the PCI hole, in bytes
     * @param high RAM from 4 GiB, in bytes
     * @param settings bytes of the configuration that replace the defaults, by offset
     */
    static void fill(byte[] memory, long low, long high, Map<Integer, Integer> settings) {
        put(memory, 0x10, 1, 0x40); // floppy drives: A: is a 1.44M one, no B:
        put(memory, 0x14, 1, 0x07); // equipment: one floppy drive, coprocessor, PS/2 pointer
        put(memory, 0x15, 2, 640); // conventional memory in KiB
        long extended = Math.clamp((low - MIB) / KIB, 0, 0xFFFF);
        put(memory, 0x17, 2, extended);
        put(memory, 0x30, 2, extended);
        put(memory, 0x34, 2, Math.clamp((low - 16 * MIB) / (64 * KIB), 0, 0xFFFF));
        put(memory, 0x5B, 3, Math.clamp(high / (64 * KIB), 0, 0xFF_FFFF));
        put(memory, 0x39, 1, 0x55); // LBA-assisted geometry for all four IDE drives
        put(memory, 0x38, 1, 0x10); // third boot device: floppy
        put(memory, 0x3D, 1, 0x32); // first: hard disk is 2, second: CD is 3
        settings.forEach((offset, value) -> put(memory, offset, 1, value));
        int sum = 0;
        for (int i = 0x10; i <= 0x2D; i++) {
            sum += memory[i] & 0xFF;
        }
        put(memory, 0x2E, 1, sum >> 8);
        put(memory, 0x2F, 1, sum);
    }

    private static void put(byte[] memory, int offset, int size, long value) {
        for (int i = 0; i < size; i++) {
            memory[offset + i] = (byte) (value >> 8 * i);
        }
    }
}
