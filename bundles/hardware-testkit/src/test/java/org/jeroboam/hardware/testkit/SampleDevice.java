package org.jeroboam.hardware.testkit;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.Line;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.Offload;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.clock.Timer;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;
import org.jeroboam.hardware.storage.BlockPort;

/** A latch, a timer that raises a line, and a sector reader, with faults that the contract must find. */
final class SampleDevice implements Device, PortHandler {
    /** What is wrong with it. */
    enum Fault {
        NONE,
        FORGETS_LATCH,
        FORGETS_TIMER,
        EDGE_ON_RESTORE,
        THROWS_ON_GARBAGE,
        KEEPS_LATCH_OVER_RESET,
        NEVER_QUIET,
        BELIEVES_DAMAGE
    }

    private final Fault fault;
    private final MemorySegment buffer = Arena.ofAuto().allocate(512);
    private Line irq;
    private Timer timer;
    private Offload read;
    private BlockPort disk;
    private Board board;
    private int latch;
    private boolean raised;

    private record State(int latch, boolean raised, long deadline, byte[] buffer, Offload.Pending pending) {
        private State {
            Objects.requireNonNull(buffer);
            Objects.requireNonNull(pending);
            if (buffer.length != 512 || latch < 0 || latch > 255) {
                throw new IllegalArgumentException("a buffer of " + buffer.length + " bytes, latch " + latch);
            }
        }
    }

    private record LooseState(int latch, boolean raised, long deadline, byte[] buffer, Offload.Pending pending) {}

    SampleDevice(Fault fault) {
        this.fault = fault;
    }

    /** Makes them. */
    static class Factory implements DeviceFactory {
        private final Fault fault;

        Factory() {
            this(Fault.NONE);
        }

        Factory(Fault fault) {
            this.fault = fault;
        }

        @Override
        public Device create(DeviceConfig config) {
            return new SampleDevice(fault);
        }
    }

    @Override
    public void attach(Board scope) {
        board = scope;
        scope.mapPorts(0x300, 4, 1, this);
        irq = scope.line(new LineId.Irq(5));
        timer = scope.timer(() -> raise(true));
        disk = scope.blockPort("disk");
        read = scope.offload(() -> disk.read(latch & 7, 1, buffer), failure -> raise(true));
    }

    @Override
    public void reset(ResetKind kind) {
        latch = fault == Fault.KEEPS_LATCH_OVER_RESET ? latch : 0;
        buffer.fill((byte) 0);
        timer.disarm();
        read.cancel();
        raise(false);
    }

    @Override
    public org.jeroboam.hardware.device.DrainState drain() {
        return fault == Fault.NEVER_QUIET
                ? org.jeroboam.hardware.device.DrainState.DRAINING
                : org.jeroboam.hardware.device.DrainState.QUIET;
    }

    @Override
    public void save(StateWriter out) {
        byte[] bytes = buffer.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        int saved = fault == Fault.FORGETS_LATCH ? 0 : latch;
        long deadline = fault == Fault.FORGETS_TIMER ? Long.MAX_VALUE : timer.deadline();
        out.section("sample", 1, new State(saved, raised, deadline, bytes, read.pending()));
    }

    @Override
    public void restore(StateReader in) throws StateException {
        byte[] bytes;
        Offload.Pending pending;
        long deadline;
        if (fault == Fault.BELIEVES_DAMAGE) {
            LooseState s = in.section("sample", 1, LooseState.class);
            latch = s.latch();
            raised = s.raised();
            bytes = s.buffer();
            bytes[latch] ^= 0;
            deadline = s.deadline();
            pending = s.pending();
        } else {
            State s = in.section("sample", 1, State.class);
            latch = s.latch();
            raised = s.raised();
            bytes = s.buffer();
            deadline = s.deadline();
            pending = s.pending();
        }
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, buffer, 0, 512);
        timer.arm(deadline);
        read.restore(pending);
        if (fault == Fault.EDGE_ON_RESTORE) {
            irq.set(!raised);
        }
        irq.set(raised);
    }

    @Override
    public int readPort(int port, int size) {
        return switch (port & 3) {
            case 0 -> latch;
            case 1 -> buffer.get(java.lang.foreign.ValueLayout.JAVA_BYTE, latch & 511);
            case 2 -> raised ? 1 : 0;
            default -> {
                raise(false);
                yield 0;
            }
        };
    }

    @Override
    public void writePort(int port, int size, int value) {
        switch (port & 3) {
            case 0 -> latch = value;
            case 1 -> timer.arm(board.clock().now() + value * 1000L);
            case 2 -> {
                if (!read.submitted() && read.idle()) {
                    read.submit(50_000);
                }
            }
            default -> {
                if (fault == Fault.THROWS_ON_GARBAGE && value > 0xF0) {
                    throw new ArrayIndexOutOfBoundsException(value);
                }
            }
        }
    }

    private void raise(boolean level) {
        raised = level;
        irq.set(level);
    }
}
