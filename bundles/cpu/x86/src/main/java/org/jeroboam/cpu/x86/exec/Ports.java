package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.EFlags;

/**
 * Who may use a port: IOPL and the I/O permission bitmap of a 32-bit task state segment (Intel SDM volume 1, 18.5).
 */
final class Ports {
    private static final int IO_MAP_BASE = 0x66;
    private static final int SMALLEST = 0x67;

    private final Cpu cpu;

    Ports(Cpu cpu) {
        this.cpu = cpu;
    }

    /**
     * Checks an access, to be done before anything else of the instruction.
     *
     * @param port 0 to FFFFh
     * @param size 1, 2 or 4 bytes
     * @throws GuestFault #GP(0), or a page fault in the bitmap
     */
    void check(int port, int size) {
        if (cpu.protectedMode() && (cpu.cpl > cpu.iopl() || cpu.flag(EFlags.VM))) {
            checkBitmap(port, size);
        }
        cpu.debug.ioAccess(port, size);
    }

    private void checkBitmap(int port, int size) {
        int limit = cpu.limit[Cpu.TR];
        if ((cpu.attr[Cpu.TR] & Descriptor.WIDE) == 0 || Integer.compareUnsigned(limit, SMALLEST) < 0) {
            throw cpu.fault(GuestFault.GP, 0);
        }
        int base = cpu.base[Cpu.TR];
        // The byte behind the last one needed must lie in the segment too.
        int offset = cpu.mmu.readSystem16(base + IO_MAP_BASE) + (port >>> 3);
        if (Integer.compareUnsigned(offset + 1, limit) > 0) {
            throw cpu.fault(GuestFault.GP, 0);
        }
        int bits = cpu.mmu.readSystem16(base + offset) >>> (port & 7);
        if ((bits & (1 << size) - 1) != 0) {
            throw cpu.fault(GuestFault.GP, 0);
        }
    }
}
