package org.jeroboam.device.ide;

import java.lang.foreign.MemorySegment;
import org.jeroboam.hardware.memory.PhysicalMemory;

/** One channel's bus master: BMICx, BMISx, BMIDTPx and the walk through the physical region descriptors. */
final class BusMaster {
    private static final int BMIC_START = 0x01;
    private static final int BMIC_TO_MEMORY = 0x08;
    private static final int BMIS_ACTIVE = 0x01;
    private static final int BMIS_ERROR = 0x02;
    private static final int BMIS_INTERRUPT = 0x04;
    private static final int BMIS_CAPABLE = 0x60;
    private static final int PRD_BYTES = 8;
    private static final int PRD_END = 0x8000_0000;
    private static final int REGION_LIMIT = 0x10000;
    private static final long ADDRESS_END = 0x1_0000_0000L;

    private final PhysicalMemory memory;
    private final Runnable ready;
    private boolean enabled;
    private int bmic;
    private int bmis;
    private int bmidtp;
    private int nextDescriptor;
    private int address;
    private int remaining;
    private boolean lastRegion;

    /**
     * All that a bus master remembers.
     *
     * @param bmic command
     * @param bmis status
     * @param bmidtp descriptor table pointer
     * @param nextDescriptor address of the descriptor that comes next
     * @param address where in guest memory the transfer is
     * @param remaining bytes left of the region
     * @param lastRegion the region's descriptor had EOT
     */
    record State(int bmic, int bmis, int bmidtp, int nextDescriptor, int address, int remaining, boolean lastRegion) {
        State {
            if (remaining < 0 || remaining > REGION_LIMIT || (bmic & ~(BMIC_START | BMIC_TO_MEMORY)) != 0) {
                throw new IllegalArgumentException("a register of the IDE bus master is out of range");
            }
        }
    }

    /**
     * Makes a bus master.
     *
     * @param memory guest memory
     * @param ready called when a drive that waits may transfer
     */
    BusMaster(PhysicalMemory memory, Runnable ready) {
        this.memory = memory;
        this.ready = ready;
    }

    void reset() {
        bmic = 0;
        bmis = 0;
        bmidtp = 0;
        nextDescriptor = 0;
        address = 0;
        remaining = 0;
        lastRegion = false;
    }

    State save() {
        return new State(bmic, bmis, bmidtp, nextDescriptor, address, remaining, lastRegion);
    }

    void restore(State state) {
        bmic = state.bmic();
        bmis = state.bmis();
        bmidtp = state.bmidtp();
        nextDescriptor = state.nextDescriptor();
        address = state.address();
        remaining = state.remaining();
        lastRegion = state.lastRegion();
    }

    /** PCICMD's bus master enable. */
    void enable(boolean on) {
        boolean before = enabled;
        enabled = on;
        if (on && !before && active()) {
            ready.run();
        }
    }

    int read(int register) {
        return switch (register) {
            case 0 -> bmic;
            case 2 -> bmis;
            case 4, 5, 6, 7 -> bmidtp >>> 8 * (register - 4) & 0xFF;
            default -> 0;
        };
    }

    void write(int register, int value) {
        switch (register) {
            case 0 -> writeCommand(value);
            case 2 -> bmis = bmis & ~(value & (BMIS_ERROR | BMIS_INTERRUPT)) & ~BMIS_CAPABLE | value & BMIS_CAPABLE;
            case 4, 5, 6, 7 -> {
                int shift = 8 * (register - 4);
                bmidtp = (bmidtp & ~(0xFF << shift) | value << shift) & ~3;
            }
            default -> {
                // Reserved.
            }
        }
    }

    /** The drive's INTRQ rose. */
    void interrupt() {
        bmis |= BMIS_INTERRUPT;
    }

    /**
     * Moves bytes as far as the descriptors go.
     *
     * @param buffer the drive's
     * @param offset first byte in it
     * @param length bytes wanted
     * @param toMemory whether guest memory is written
     * @return bytes moved; fewer when the bus master is stopped, set the other way, or at the end of its descriptors
     */
    int transfer(MemorySegment buffer, int offset, int length, boolean toMemory) {
        int moved = 0;
        while (moved < length && active() && enabled && toMemory == ((bmic & BMIC_TO_MEMORY) != 0)) {
            if (remaining == 0 && !nextRegion()) {
                break;
            }
            long at = Integer.toUnsignedLong(address);
            // The counter has 32 bits: what comes after the last address is the first.
            int count = (int) Math.min(Math.min(length - moved, remaining), ADDRESS_END - at);
            if (toMemory) {
                memory.copyIn(at, buffer, offset + moved, count);
            } else {
                memory.copyOut(at, buffer, offset + moved, count);
            }
            address += count;
            remaining -= count;
            moved += count;
        }
        if (remaining == 0 && lastRegion) {
            bmis &= ~BMIS_ACTIVE;
        }
        return moved;
    }

    private boolean active() {
        return (bmis & BMIS_ACTIVE) != 0;
    }

    private void writeCommand(int value) {
        boolean started = (value & ~bmic & BMIC_START) != 0;
        if (active() && (value & BMIC_START) != 0) {
            return;
        }
        bmic = value & (BMIC_START | BMIC_TO_MEMORY);
        if (started) {
            bmis |= BMIS_ACTIVE;
            nextDescriptor = bmidtp;
            remaining = 0;
            lastRegion = false;
            ready.run();
        } else if ((value & BMIC_START) == 0) {
            bmis &= ~BMIS_ACTIVE;
        }
    }

    private boolean nextRegion() {
        if (lastRegion) {
            return false;
        }
        address = memory.read(Integer.toUnsignedLong(nextDescriptor), 4) & ~1;
        int second = memory.read(Integer.toUnsignedLong(nextDescriptor + 4), 4);
        int count = second & 0xFFFE;
        remaining = count == 0 ? REGION_LIMIT : count;
        lastRegion = (second & PRD_END) != 0;
        nextDescriptor += PRD_BYTES;
        return true;
    }
}
