package org.jeroboam.device.floppy;

import java.lang.foreign.MemorySegment;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.DmaController;
import org.jeroboam.hardware.testkit.FakeMachine;

/** Channel 2 of a DMA controller whose registers lie in guest RAM, so that a copy of a machine has them too. */
final class TestDma implements DmaController {
    static final int MASKED = 0;
    static final int TO_MEMORY = 1;
    static final int FROM_MEMORY = 2;
    static final int VERIFY = 3;

    private static final int MODE = 0x600;
    private static final int ADDRESS = 0x604;
    private static final int COUNT = 0x608;

    private final FakeMachine machine;
    private final Board board;
    private boolean terminal;

    private TestDma(FakeMachine machine, Board board) {
        this.machine = machine;
        this.board = board;
    }

    static void install(FakeMachine machine) {
        Board board = machine.board("dma");
        board.provide(DmaController.class, new TestDma(machine, board));
    }

    static void program(FakeMachine machine, int mode, int address, int count) {
        machine.writeMemory(MODE, 4, mode);
        machine.writeMemory(ADDRESS, 4, address);
        machine.writeMemory(COUNT, 4, count);
    }

    /** Bytes until terminal count. */
    static int left(FakeMachine machine) {
        return machine.readMemory(COUNT, 4);
    }

    @Override
    public int deviceToMemory(int channel, MemorySegment source, long offset, int length) {
        int bytes = begin(channel, TO_MEMORY, length);
        if (bytes > 0 && machine.readMemory(MODE, 4) == TO_MEMORY) {
            board.memory().copyIn(machine.readMemory(ADDRESS, 4) & 0xFFFFFFFFL, source, offset, bytes);
        }
        return end(bytes);
    }

    @Override
    public int memoryToDevice(int channel, MemorySegment target, long offset, int length) {
        int bytes = begin(channel, FROM_MEMORY, length);
        if (bytes > 0) {
            board.memory().copyOut(machine.readMemory(ADDRESS, 4) & 0xFFFFFFFFL, target, offset, bytes);
        }
        return end(bytes);
    }

    @Override
    public boolean terminalCount(int channel) {
        return terminal;
    }

    private int begin(int channel, int direction, int length) {
        int mode = machine.readMemory(MODE, 4);
        terminal = false;
        return channel == 2 && (mode == direction || mode == VERIFY) ? Math.min(length, left(machine)) : 0;
    }

    private int end(int bytes) {
        if (bytes > 0) {
            machine.writeMemory(ADDRESS, 4, machine.readMemory(ADDRESS, 4) + bytes);
            machine.writeMemory(COUNT, 4, left(machine) - bytes);
            if (left(machine) == 0) {
                terminal = true;
                machine.writeMemory(MODE, 4, MASKED);
            }
        }
        return bytes;
    }
}
