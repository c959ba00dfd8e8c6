package org.jeroboam.cpu.x86.exec;

import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.memory.MemoryMap;

/**
 * Pins of a processor under test: records port writes, answers port reads from a function, gives one interrupt vector.
 */
final class TestBus implements CpuBus {
    /** What a port read gives. */
    interface PortReader {
        int read(int port, int size);
    }

    /** What a port write does. */
    interface PortWriter {
        void write(int port, int size, int value);
    }

    /** A port write. */
    record Write(int port, int size, int value) {}

    final TestMemory memory;
    final List<Write> writes = new ArrayList<>();
    PortReader reader = (port, size) -> -1 >>> 32 - 8 * size;
    PortWriter writer = (port, size, value) -> writes.add(new Write(port, size, value));
    int vector = 0x20;
    int acknowledged;
    long time;
    boolean ferr;

    TestBus(TestMemory memory) {
        this.memory = memory;
    }

    @Override
    public MemoryMap memory() {
        return memory;
    }

    @Override
    public int readPort(int port, int size) {
        return reader.read(port, size);
    }

    @Override
    public void writePort(int port, int size, int value) {
        writer.write(port, size, value);
    }

    @Override
    public int acknowledgeInterrupt() {
        acknowledged++;
        return vector;
    }

    @Override
    public long timeStamp() {
        return time;
    }

    @Override
    public void setFerr(boolean asserted) {
        ferr = asserted;
    }
}
