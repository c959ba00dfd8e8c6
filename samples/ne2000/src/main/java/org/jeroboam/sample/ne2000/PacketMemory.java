package org.jeroboam.sample.ne2000;

import java.util.Arrays;

/**
 * What the DP8390 of an NE2000 sees at its 16 address lines: the PROM with the station address, each byte twice, at 0000h,
 * and 32 KiB of RAM at 4000h. Elsewhere is nothing: reads give all ones.
 */
final class PacketMemory {
    private static final int PROM_SIZE = 32;
    private static final int RAM_BASE = 0x4000;
    static final int RAM_SIZE = 0x8000;
    private static final byte NE2000_SIGNATURE = 0x57;

    private final byte[] prom = new byte[PROM_SIZE];
    private final byte[] ram = new byte[RAM_SIZE];

    PacketMemory(byte[] mac) {
        for (int i = 0; i < mac.length; i++) {
            prom[2 * i] = mac[i];
            prom[2 * i + 1] = mac[i];
        }
        for (int i = 28; i < PROM_SIZE; i++) {
            prom[i] = NE2000_SIGNATURE;
        }
    }

    void clear() {
        Arrays.fill(ram, (byte) 0);
    }

    int read(int address) {
        int at = address & 0xFFFF;
        if (at < PROM_SIZE) {
            return prom[at] & 0xFF;
        }
        at -= RAM_BASE;
        return at >= 0 && at < RAM_SIZE ? ram[at] & 0xFF : 0xFF;
    }

    void write(int address, int value) {
        int at = (address & 0xFFFF) - RAM_BASE;
        if (at >= 0 && at < RAM_SIZE) {
            ram[at] = (byte) value;
        }
    }

    byte[] toBytes() {
        return ram.clone();
    }

    void restore(byte[] bytes) {
        System.arraycopy(bytes, 0, ram, 0, RAM_SIZE);
    }
}
