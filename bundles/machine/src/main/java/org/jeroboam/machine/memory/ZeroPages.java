package org.jeroboam.machine.memory;

import org.jeroboam.hardware.memory.HostMemory;
import org.jeroboam.hardware.memory.PhysicalMemory;

/** Looks for pages of zeros. Reading one that was never written takes no memory of the host. */
public final class ZeroPages {
    private ZeroPages() {}

    /** Whether a page holds only zeros; {@code address} is a host address. */
    public static boolean isZero(long address) {
        for (int i = 0; i < PhysicalMemory.PAGE_SIZE; i += 32) {
            if ((HostMemory.getLong(address + i)
                            | HostMemory.getLong(address + i + 8)
                            | HostMemory.getLong(address + i + 16)
                            | HostMemory.getLong(address + i + 24))
                    != 0) {
                return false;
            }
        }
        return true;
    }
}
