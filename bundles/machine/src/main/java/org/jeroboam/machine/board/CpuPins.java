package org.jeroboam.machine.board;

import org.jeroboam.hardware.board.InterruptController;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.memory.MemoryMap;

/** The board as a processor core sees it. */
final class CpuPins implements CpuBus {
    private final Motherboard board;
    private final PortTable ports;
    private final InterruptController interrupts;

    CpuPins(Motherboard board) {
        this.board = board;
        ports = board.ports();
        interrupts = board.roles().interruptController();
    }

    @Override
    public MemoryMap memory() {
        return board.memory();
    }

    @Override
    public int readPort(int port, int size) {
        return ports.read(port, size);
    }

    @Override
    public void writePort(int port, int size, int value) {
        ports.write(port, size, value);
    }

    @Override
    public int acknowledgeInterrupt() {
        return interrupts.acknowledge();
    }

    @Override
    public long timeStamp() {
        return board.clock().timeStamp();
    }

    @Override
    public boolean timeStampIsHostTime() {
        return board.clock().followsHost();
    }

    @Override
    public void setFerr(boolean asserted) {
        board.lines().setFerr(asserted);
    }
}
