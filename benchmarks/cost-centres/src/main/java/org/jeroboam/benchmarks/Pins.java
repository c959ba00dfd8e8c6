package org.jeroboam.benchmarks;

import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.memory.MemoryMap;

/** A board without devices: ports that remember their last byte, and an interrupt that ends when it is taken. */
final class Pins implements CpuBus {
    static final int VECTOR = 0x20;

    private final MemoryMap memory;
    private CpuCore core;
    private int port;
    private long time;

    Pins(MemoryMap memory) {
        this.memory = memory;
    }

    void connect(CpuCore processor) {
        core = processor;
    }

    @Override
    public MemoryMap memory() {
        return memory;
    }

    @Override
    public int readPort(int number, int size) {
        return port;
    }

    @Override
    public void writePort(int number, int size, int value) {
        port = value;
    }

    @Override
    public int acknowledgeInterrupt() {
        core.setInterruptLine(false);
        return VECTOR;
    }

    @Override
    public long timeStamp() {
        return time += 1000;
    }

    @Override
    public void setFerr(boolean asserted) {
        // No guest here has unmasked exceptions.
    }
}
