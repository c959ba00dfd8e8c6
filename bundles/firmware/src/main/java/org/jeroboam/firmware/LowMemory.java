package org.jeroboam.firmware;

import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.firmware.BootContext.MemoryRange;

/**
 * Where this firmware puts things below 1 MiB, and the memory map that it tells the kernel. The BIOS data area and the
 * extended one (with nothing but its size) are where DOS-time software looks for them.
 */
final class LowMemory {
    static final int BIOS_DATA_AREA = 0x400;
    static final int GDT = 0x8000;
    static final int BOOT_PARAMETERS = 0x9_0000;
    static final int COMMAND_LINE = 0x9_2000;
    static final int COMMAND_LINE_SIZE = 0x1000;
    static final int EXTENDED_BIOS_DATA = 0x9_FC00;
    static final int ACPI_TABLES = 0xE_0000;
    static final int BIOS_AREA_END = 0x10_0000;

    private LowMemory() {}

    /** Kind of memory, with the number that INT 15h function E820h and its users know. */
    enum Kind {
        USABLE(1),
        RESERVED(2);

        final int number;

        Kind(int number) {
            this.number = number;
        }
    }

    record Entry(long base, long length, Kind kind) {}

    /** The map, ascending. */
    static List<Entry> map(List<MemoryRange> ram) {
        List<Entry> entries = new ArrayList<>();
        entries.add(new Entry(0, EXTENDED_BIOS_DATA, Kind.USABLE));
        entries.add(new Entry(EXTENDED_BIOS_DATA, 0xA_0000 - EXTENDED_BIOS_DATA, Kind.RESERVED));
        entries.add(new Entry(0xE_0000, BIOS_AREA_END - 0xE_0000, Kind.RESERVED));
        for (MemoryRange range : ram) {
            long base = Math.max(range.base(), BIOS_AREA_END);
            entries.add(new Entry(base, range.base() + range.length() - base, Kind.USABLE));
        }
        return entries;
    }

    /** The parts of the BIOS data area that kernels read: ports, conventional memory, place of the extended area. */
    static void writeBiosData(GuestRam ram) {
        ram.putShort(BIOS_DATA_AREA, 0x3F8);
        ram.putShort(BIOS_DATA_AREA + 0x0E, EXTENDED_BIOS_DATA >> 4);
        ram.putShort(BIOS_DATA_AREA + 0x10, 0x0202); // equipment: one serial port, coprocessor
        ram.putShort(BIOS_DATA_AREA + 0x13, EXTENDED_BIOS_DATA >> 10);
        ram.putByte(EXTENDED_BIOS_DATA, 1); // its size in KiB
    }
}
