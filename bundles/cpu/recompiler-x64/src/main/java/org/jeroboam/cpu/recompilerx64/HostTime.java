package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.Assembler.R8;
import static org.jeroboam.cpu.recompilerx64.Assembler.R9;
import static org.jeroboam.cpu.recompilerx64.Assembler.RAX;
import static org.jeroboam.cpu.recompilerx64.Assembler.RDX;
import static org.jeroboam.hardware.memory.HostMemory.getLong;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jeroboam.cpu.x86.exec.Engine;

/**
 * RDTSC. Where the guest's time stamps follow the host's time, generated code goes on from the last one by the host's own counter
 * for a tenth of a millisecond, a little slowly: so time stamps never go back when Java reads the time again. The rate is
 * measured once, from two exits between which the host's counter is certain.
 */
class HostTime {
    private static final String SOURCE = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
    private static final int CR4_TSD = 1 << 2;
    private static final int ABOVE_OR_EQUAL = 3;
    private static final double ONE = 1L << 32;
    private static final long VALID_NANOS = 100_000;
    private static final long MEASURED_NANOS = 10_000_000;
    /** Host clocks around an exit of which the measurement makes use. */
    private static final long SHARP = 20_000;

    /** Counters slower than 125 MHz and faster than 16 GHz are none. */
    private static final double FASTEST = 1 / 16.0;

    private static final double SLOWEST = 8;

    private final Engine engine;
    private final StateBlock state;
    private final boolean steady = isSteady();
    private int epoch;
    private long rate;
    /** The first exit of the measurement and the last one: the host's time, 0 for none, and its counter before that. */
    private long firstNanos;

    private long firstBefore;
    private long lastNanos;
    private long lastBefore;

    HostTime(Engine engine, StateBlock state) {
        this.engine = engine;
        this.state = state;
        epoch = engine.timeEpoch() - 1;
    }

    /** The kernel itself takes the time from the counter only where it is the same on all processors, and steady. */
    static boolean isSteady() {
        try {
            return Files.readString(Path.of(SOURCE)).strip().equals("tsc");
        } catch (IOException e) {
            return false; // then each RDTSC asks Java
        }
    }

    private static Address field(int field) {
        return Address.of(R15, field);
    }

    /** Emits RDTSC. */
    static void emit(Assembler asm, ColdPaths cold) {
        asm.rmi(0xF7, 4, 0, field(StateBlock.CONTROL + 16), CR4_TSD); // test
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
        counter(asm);
        asm.mov64(R8, RAX);
        asm.rm(0x2B, 8, RAX, field(StateBlock.ANCHOR_HOST)); // sub
        asm.rm(0x3B, 8, RAX, field(StateBlock.TIME_LIMIT)); // cmp
        int unknown = asm.jcc(ABOVE_OR_EQUAL);
        asm.rm(0x0FAF, 8, RAX, field(StateBlock.TIME_RATE)); // imul
        asm.rri8(0xC1, 8, 5, RAX, 32); // shr
        asm.rm(0x03, 8, RAX, field(StateBlock.ANCHOR_GUEST)); // add
        asm.mov64(RDX, RAX);
        asm.rri8(0xC1, 8, 5, RDX, 32);
        asm.mov(RAX, RAX);
        cold.time(unknown);
    }

    private static void counter(Assembler asm) {
        asm.byte1(0x0F);
        asm.byte1(0x31); // rdtsc
        asm.rri8(0xC1, 8, 4, RDX, 32); // shl
        asm.rr(0x09, 8, RDX, RAX); // or
    }

    /** Emits what comes before the exit. */
    static void left(Assembler asm) {
        asm.rm(0x89, 8, R8, field(StateBlock.HOST_BEFORE));
    }

    /** Emits what comes behind it, EDX:EAX being the time stamp already. */
    static void resumed(Assembler asm) {
        asm.mov64(R8, RAX);
        asm.mov64(R9, RDX);
        counter(asm);
        asm.rm(0x89, 8, RAX, field(StateBlock.ANCHOR_HOST));
        asm.mov64(RAX, R8);
        asm.mov64(RDX, R9);
    }

    /** Forgets the time before code is entered if it may have stood still, or somebody else has read or set it. */
    void check() {
        if (epoch != engine.timeEpoch()) {
            epoch = engine.timeEpoch();
            state.set(StateBlock.TIME_LIMIT, 0L);
        }
    }

    /** Answers RDTSC, the budget being that of the instruction; code goes on from there. */
    final void read() {
        long stamp = engine.timeStamp();
        epoch = engine.timeEpoch();
        state.set(StateBlock.REGISTERS, (int) stamp);
        state.set(StateBlock.REGISTERS + 8, (int) (stamp >>> 32));
        long valid = 0;
        if (steady && engine.timeStampIsHostTime()) {
            if (rate == 0) {
                measure();
            }
            if (rate != 0) {
                valid = (VALID_NANOS << 32) / rate;
                state.set(StateBlock.ANCHOR_GUEST, stamp);
            }
        }
        state.set(StateBlock.TIME_LIMIT, valid);
    }

    /** From one sharp reading to another: what passed on the host's counter while its time did, or more, never less. */
    private void measure() {
        long after = getLong(state.address + StateBlock.ANCHOR_HOST);
        boolean sharp = lastNanos != 0 && after - lastBefore < SHARP;
        if (sharp && firstNanos == 0) {
            firstNanos = lastNanos;
            firstBefore = lastBefore;
        } else if (sharp && lastNanos - firstNanos >= MEASURED_NANOS) {
            double ratio = (double) (lastNanos - firstNanos) / (after - firstBefore);
            if (ratio > FASTEST && ratio < SLOWEST) {
                rate = rate((long) (ratio * ONE));
                state.set(StateBlock.TIME_RATE, rate);
                return;
            }
            firstNanos = 0;
        }
        lastNanos = System.nanoTime();
        lastBefore = getLong(state.address + StateBlock.HOST_BEFORE);
    }

    /** A rate that time stamps can follow without ever being ahead of the host's time, which the kernel may slow down. */
    long rate(long measured) {
        return measured - (measured >> 10);
    }
}
