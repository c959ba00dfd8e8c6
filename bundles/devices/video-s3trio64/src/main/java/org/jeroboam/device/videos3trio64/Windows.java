package org.jeroboam.device.videos3trio64;

import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.Mapping;
import org.jeroboam.hardware.board.MemoryHandler;
import org.jeroboam.hardware.board.PciConfigSpace;
import org.jeroboam.hardware.board.PortHandler;

/**
 * What the chip decodes: the VGA's ports, the VGA's memory window below 1 MiB and S3's linear window, each as the PCI
 * command register and its own registers say.
 */
final class Windows {
    private static final int PCICMD = 0x04;
    private static final int PCICMD_IO = 0x01;
    private static final int PCICMD_MEMORY = 0x02;
    private static final int BAR0 = 0x10;
    private static final int BAR0_BASE = 0xFF80_0000;
    private static final int CR58_LINEAR = 0x10;
    private static final long[] LINEAR_SIZES = {64 << 10, 1 << 20, 2 << 20, 4 << 20};
    /** First port and number of ports; the printer port at 3BCh and the ports of older adapters are left alone. */
    private static final int[][] PORTS = {{0x3B4, 2}, {0x3BA, 1}, {0x3C0, 16}, {0x3D4, 2}, {0x3DA, 1}};

    private final Board board;
    private final PciConfigSpace config;
    private final Registers registers;
    private final VideoMemory memory;
    private final MemoryHandler planes;
    private final PortHandler handler;
    private final Mapping[] ports = new Mapping[PORTS.length];
    private boolean portsOpen;
    private Mapping vga;
    private long vgaBase;
    private long vgaSize;
    private Mapping linear;
    private long linearBase;
    private long linearSize;

    Windows(
            Board board,
            PciConfigSpace config,
            Registers registers,
            VideoMemory memory,
            MemoryHandler planes,
            PortHandler handler) {
        this.board = board;
        this.config = config;
        this.registers = registers;
        this.memory = memory;
        this.planes = planes;
        this.handler = handler;
    }

    /** Opens and closes as the registers say. */
    void update() {
        int command = config.read(PCICMD, 2);
        openPorts((command & PCICMD_IO) != 0);
        boolean decodes = (command & PCICMD_MEMORY) != 0;
        int map = registers.enhancedMapping() ? 1 : registers.gr(6) >> 2 & 3;
        long newVgaBase = map < 2 ? 0xA0000 : map == 2 ? 0xB0000 : 0xB8000;
        long newVgaSize = map == 0 ? 0x20000 : map == 1 ? 0x10000 : 0x8000;
        if (!decodes || (registers.miscOutput & Registers.MISC_RAM) == 0) {
            newVgaSize = 0;
        }
        long newLinearSize =
                decodes && (registers.cr(0x58) & CR58_LINEAR) != 0 ? LINEAR_SIZES[registers.cr(0x58) & 3] : 0;
        long newLinearBase = ((long) registers.cr(0x59) << 24 | registers.cr(0x5A) << 16) & -newLinearSize;
        boolean vgaMoves = newVgaBase != vgaBase || newVgaSize != vgaSize;
        // The linear window lies over the VGA's; so it is mapped last, whichever moves.
        if (vgaMoves || newLinearBase != linearBase || newLinearSize != linearSize) {
            linear = close(linear);
            if (vgaMoves) {
                vga = close(vga);
                vga = newVgaSize == 0 ? null : board.mapDevice(newVgaBase, newVgaSize, planes);
                vgaBase = newVgaBase;
                vgaSize = newVgaSize;
            }
            linear = newLinearSize == 0
                    ? null
                    : board.mapBacking(newLinearBase, newLinearSize, memory.backing(), 0, true);
            linearBase = newLinearBase;
            linearSize = newLinearSize;
            memory.setExposed(linear != null);
        }
    }

    /** The guest programmed BAR0: CR59 and CR5A follow, as far as BAR0's bits reach. */
    void barWritten() {
        int bar = config.read(BAR0, 4);
        registers.crtc.set(0x59, bar >>> 24);
        registers.crtc.set(0x5A, bar >>> 16 & 0x80 | registers.cr(0x5A) & 0x7F);
    }

    /** The guest programmed CR59 or CR5A: BAR0 follows. */
    void positionWritten() {
        config.set(BAR0, 4, (registers.cr(0x59) << 24 | registers.cr(0x5A) << 16) & BAR0_BASE);
    }

    private static Mapping close(Mapping mapping) {
        if (mapping != null) {
            mapping.unmap();
        }
        return null;
    }

    private void openPorts(boolean open) {
        if (open == portsOpen) {
            return;
        }
        portsOpen = open;
        for (int i = 0; i < PORTS.length; i++) {
            ports[i] = open ? board.mapPorts(PORTS[i][0], PORTS[i][1], 2, handler) : close(ports[i]);
        }
    }
}
