package org.jeroboam.cpu.recompilerx64.lockstep;

import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.cpu.Breakpoint;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.memory.MemoryMap;
import org.jeroboam.hardware.memory.PhysicalMemory;

/**
 * The pins of a core in a lock-step run. Everything that comes in depends on the count of retired instructions alone;
 * everything that goes out is recorded with that count. Some ports act on the machine at once.
 */
final class Pins implements CpuBus, GuestMemory.Device {
    /** Raises INTR with the vector that is written. */
    static final int RAISE = 0x84;
    /** Ends the run after as many more instructions as is written, below 16. */
    static final int LIMIT = 0x86;
    /** Writes to the patch slot of the program that the value names, as a bus master does. */
    static final int DMA = 0x88;
    /** Raises NMI. */
    static final int NMI = 0x8A;
    /** Asks the core to leave its run. */
    static final int REQUEST = 0x8C;
    /** Bit 1 opens the A20 gate. */
    static final int A20 = 0x92;

    private static final int MOST = 1 << 16;

    private final GuestMemory memory;
    private final List<String> log = new ArrayList<>();
    private CpuCore core;
    private long seed;
    private int vector = 0x20;
    private long[] slots = {};
    private long limit;
    private boolean hostTime;
    /** The time at which it stands, or 0. */
    private long stood;
    /** What the guest's time is behind the host's. */
    private long lost;

    Pins(GuestMemory memory) {
        this.memory = memory;
    }

    void connect(CpuCore connected, long newSeed) {
        core = connected;
        seed = newSeed;
    }

    /** Physical addresses that {@link #DMA} can write to. */
    void setSlots(long[] physical) {
        slots = physical;
    }

    /** What went over the bus since the last call. */
    List<String> takeLog() {
        List<String> taken = List.copyOf(log);
        log.clear();
        return taken;
    }

    /** The count at which {@link #LIMIT} ends the run that begins now. */
    long limit() {
        return limit;
    }

    void clearLimit() {
        limit = Long.MAX_VALUE;
    }

    void raise(int newVector) {
        vector = newVector & 0xFF;
        core.setInterruptLine(true);
    }

    /** Records that the debugger's breakpoint ended the run. */
    void noteBreakpoint(Breakpoint hit) {
        if (log.size() < MOST) {
            log.add(hit + " at " + core.retired());
        }
    }

    private void note(String what, long address, int size, int value) {
        if (log.size() < MOST) {
            log.add(what + " " + Long.toHexString(address) + "." + size + " " + Integer.toHexString(value) + " at "
                    + core.retired());
        }
    }

    private int answer(long address, int size) {
        long mixed = (seed ^ address * 0x9E37_79B9_7F4A_7C15L) + core.retired() * 0xC2B2_AE3D_27D4_EB4FL;
        return (int) (mixed >>> 29) >>> 32 - 8 * size;
    }

    @Override
    public MemoryMap memory() {
        return memory;
    }

    @Override
    public int readPort(int port, int size) {
        int value = answer(port, size);
        note("in", port, size, value);
        return value;
    }

    @Override
    public void writePort(int port, int size, int value) {
        note("out", port, size, value);
        switch (port) {
            case RAISE -> raise(0x20 | value & 1);
            case LIMIT -> {
                core.limitRun(core.retired() + (value & 15));
                limit = Math.min(limit, core.retired() + Math.max(1, value & 15));
            }
            case DMA -> dma(value);
            case NMI -> core.raiseNmi();
            case REQUEST -> core.requestExit();
            case A20 -> core.setA20((value & 2) != 0);
            default -> {
                // only recorded
            }
        }
    }

    private void dma(int value) {
        if (slots.length > 0) {
            dma(Math.floorMod(value, slots.length), value * 0x9E37_79B1);
        }
    }

    /** A bus master's write to a patch slot. */
    void dma(int slot, int value) {
        memory.write(slots[slot], PhysicalMemory.PAGE_SIZE - (slots[slot] & 0xFFF) < 4 ? 1 : 4, value);
    }

    @Override
    public int acknowledgeInterrupt() {
        note("acknowledge", vector, 1, 0);
        core.setInterruptLine(false);
        return vector;
    }

    @Override
    public long timeStamp() {
        if (hostTime) {
            return stood == 0 ? System.nanoTime() - lost : stood;
        }
        return core.retired() * 3 + (seed & 0xFFFF_FFFFL);
    }

    @Override
    public boolean timeStampIsHostTime() {
        return hostTime && stood == 0;
    }

    /** Lets time stamps follow the host's time, which stands still first. */
    void stopTime() {
        stood = hostTime ? timeStamp() : 1;
        hostTime = true;
    }

    /** Lets time go on where it stood. */
    void goOn() {
        lost = System.nanoTime() - stood;
        stood = 0;
    }

    @Override
    public void setFerr(boolean asserted) {
        note("ferr", asserted ? 1 : 0, 0, 0);
    }

    @Override
    public int read(long physical, int size) {
        int value = answer(physical, size);
        note("read", physical, size, value);
        return value;
    }

    @Override
    public void write(long physical, int size, int value) {
        note("write", physical, size, value);
    }
}
