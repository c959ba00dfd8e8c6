package org.jeroboam.machine.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class HostMemoryUseTest {
    private static final long MIB = 1L << 20;

    private static long resident() throws IOException {
        String[] fields = Files.readString(Path.of("/proc/self/statm")).split(" ");
        return Long.parseLong(fields[1]) * 4096;
    }

    @Test
    void a3712MibMachineThatTouches64MibStaysSmall() throws IOException {
        long before = resident();
        GuestRam ram = new GuestRam(3712 * MIB);
        try {
            PhysicalMap map = new PhysicalMap(ram, (part, failure) -> {});
            for (long i = 0; i < 64; i++) {
                // 256 pages in each of 64 places all over the address space
                long start = i * 57 * MIB;
                for (long page = 0; page < 256; page++) {
                    long address = start + page * 4096;
                    map.write(address < 0xA0000 || address >= 0x100000 ? address : address + MIB, 4, 1);
                }
            }
            for (long page = 0; page < ram.size() >>> 12; page++) {
                ZeroPages.isZero(ram.pageAddress(page));
            }
            map.markCode(57 * MIB, 64);
            assertTrue(map.tables() <= 4, map.tables() + " tables");
            long grown = resident() - before;
            assertTrue(grown >= 50 * MIB, "only " + grown / MIB + " MiB: was anything touched?");
            assertTrue(grown <= 110 * MIB, grown / MIB + " MiB");
            ram.clear();
            assertTrue(resident() - before <= 50 * MIB, "the memory was not given back");
            assertEquals(0, map.read(0, 4));
        } finally {
            ram.close();
        }
    }
}
