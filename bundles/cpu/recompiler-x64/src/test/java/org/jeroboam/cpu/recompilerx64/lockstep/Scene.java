package org.jeroboam.cpu.recompilerx64.lockstep;

import java.lang.foreign.Arena;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.ExitReason;

/** A machine for one hand-written program at {@link Guest#CODE} of the small system. */
final class Scene implements AutoCloseable {
    private static final int MANY = 1 << 22;

    private final Arena arena = Arena.ofConfined();
    final Guest guest;
    final GuestMemory memory = new GuestMemory(arena, Guest.RAM);
    final Pins pins = new Pins(memory);
    final CpuCore core;
    final Code code = new Code(Guest.CODE);
    final CpuState state;

    Scene(CoreUnderTest maker, Mode mode) {
        guest = new Guest(mode, 1);
        guest.fill(memory);
        core = maker.create(pins, Forms.MODEL);
        pins.connect(core, 1);
        memory.setDevice(Guest.DEVICE >> 12, pins);
        state = guest.start(Guest.CODE);
        state.gpr = new int[] {0, 0, 0, 0, Guest.STACK, 0, 0, 0};
        state.cr0 &= ~0x1_0000;
        state.dr[7] = 0x400;
    }

    /** The program's bytes to memory and its state to the core; {@code #DB}, {@code INT3} and so on may be redirected first. */
    Scene start() {
        guest.load(memory, Guest.CODE, code.bytes());
        core.load(state);
        return this;
    }

    /** Lets an interrupt gate of level 0 lead to a label of the program. */
    Scene gate(int vector, String label) {
        Guest.Writer writer = new Guest.Writer(memory.ram());
        writer.dword(Guest.IDT + 8 * vector, Guest.FLAT_CODE << 16 | code.of(label) & 0xFFFF);
        writer.dword(Guest.IDT + 8 * vector + 4, code.of(label) & 0xFFFF_0000 | 0xEE00);
        return this;
    }

    /** Runs to the program's HLT. */
    CpuState finish() {
        core.run(MANY);
        if (core.exitReason() != ExitReason.HALT) {
            throw new AssertionError("ended by " + core.exitReason() + " at " + Integer.toHexString(core.save().eip));
        }
        return core.save();
    }

    int read(int linear) {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value |= memory.read(guest.physical(linear + i), 1) << 8 * i;
        }
        return value;
    }

    void write(int linear, int value) {
        for (int i = 0; i < 4; i++) {
            memory.write(guest.physical(linear + i), 1, value >>> 8 * i);
        }
    }

    @Override
    public void close() {
        core.close();
        arena.close();
    }
}
