package org.jeroboam.firmware;

import java.util.List;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.firmware.BootContext;
import org.jeroboam.hardware.testkit.FakeBoard;
import org.jeroboam.hardware.testkit.FakeMachine;

/** A machine after reset, on the test kit's board. */
public final class FakeBoot implements BootContext {
    public static final int RAM = 32 << 20;

    public final FakeMachine machine = new FakeMachine(RAM);
    public final FakeBoard board = machine.board("firmware");
    public final CpuState cpu = CpuState.afterReset(CpuModel.P3);

    /** There is no host bridge to program here: the BIOS area is open. */
    public FakeBoot() {
        machine.board("host-bridge").setDramAccess(0xE_0000, 0x2_0000, true, true);
    }

    @Override
    public Board board() {
        return board;
    }

    @Override
    public CpuState cpu() {
        return cpu;
    }

    @Override
    public int readPort(int port, int size) {
        return machine.readPort(port, size);
    }

    @Override
    public void writePort(int port, int size, int value) {
        machine.writePort(port, size, value);
    }

    @Override
    public List<MemoryRange> ram() {
        return List.of(new MemoryRange(0, RAM));
    }

    /** How many things the firmware holds of its board. */
    public int registrations() {
        return board.registrations().size();
    }

    public int int32(long address) {
        return machine.memory().read(address, 4);
    }

    public int int16(long address) {
        return machine.memory().read(address, 2);
    }

    public int int8(long address) {
        return machine.memory().read(address, 1);
    }

    public String text(long address) {
        StringBuilder s = new StringBuilder();
        for (int c = int8(address); c != 0; c = int8(++address)) {
            s.append((char) c);
        }
        return s.toString();
    }
}
