package org.jeroboam.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.InterruptController;
import org.jeroboam.hardware.board.Line;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.Offload;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.board.PowerButton;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.character.CharacterPort;
import org.jeroboam.hardware.clock.Timer;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;
import org.jeroboam.hardware.storage.BlockPort;

/** Devices for tests, as small as can be. */
final class TestParts {
    private TestParts() {}

    /** Interrupt controller without masks: edges are latched, the lowest number wins, vector is 32 + irq. */
    static final class Pic implements Device, InterruptController {
        record State(int latched, int levels) {}

        private Line output;
        private int latched;
        private int levels;

        @Override
        public void attach(Board board) {
            output = board.line(LineId.Single.INTR);
            board.provide(InterruptController.class, this);
        }

        @Override
        public void reset(ResetKind kind) {
            latched = 0;
            levels = 0;
            output.set(false);
        }

        @Override
        public void lineChanged(int irq, boolean level) {
            int bit = 1 << irq;
            if (level && (levels & bit) == 0) {
                latched |= bit;
            }
            levels = level ? levels | bit : levels & ~bit;
            output.set(latched != 0);
        }

        @Override
        public int acknowledge() {
            int irq = Integer.numberOfTrailingZeros(latched);
            latched &= latched - 1;
            output.set(latched != 0);
            return 32 + (irq & 15);
        }

        @Override
        public boolean pending(int irq) {
            return (latched >> irq & 1) != 0;
        }

        @Override
        public void save(StateWriter out) {
            out.section("pic", 1, new State(latched, levels));
        }

        @Override
        public void restore(StateReader in) throws StateException {
            State state = in.section("pic", 1, State.class);
            latched = state.latched;
            levels = state.levels;
            output.set(latched != 0);
        }
    }

    /** Pulses IRQ 0 every so many nanoseconds; port 40h, 4 bytes, sets the period, 0 stops. */
    static final class Ticker implements Device, PortHandler {
        record State(int period, long deadline, int ticks) {}

        private Board board;
        private Timer timer;
        private Line line;
        private int period;
        private int ticks;

        @Override
        public void attach(Board newBoard) {
            board = newBoard;
            timer = board.timer(this::tick);
            line = board.line(new LineId.Irq(0));
            board.mapPorts(0x40, 4, 4, this);
        }

        private void tick() {
            ticks++;
            timer.arm(board.clock().now() / period * period + period);
            line.pulse();
        }

        @Override
        public void reset(ResetKind kind) {
            period = 0;
            ticks = 0;
            timer.disarm();
            line.set(false);
        }

        @Override
        public int readPort(int port, int size) {
            return ticks;
        }

        @Override
        public void writePort(int port, int size, int value) {
            period = value;
            if (value == 0) {
                timer.disarm();
            } else {
                timer.arm(board.clock().now() + period);
            }
        }

        @Override
        public void save(StateWriter out) {
            out.section("ticker", 1, new State(period, timer.deadline(), ticks));
        }

        @Override
        public void restore(StateReader in) throws StateException {
            State state = in.section("ticker", 1, State.class);
            period = state.period;
            ticks = state.ticks;
            timer.arm(state.deadline);
            line.set(ticks > 0);
        }
    }

    /**
     * Port F4h: 1 power off, 2 hard reset, 3 throws, 4 INIT; port F8h: a byte to the stream {@code com1}, or from it.
     */
    static final class Switchboard implements Device, PortHandler, PowerButton, CharacterPort.Listener {
        record State(int last, int pending) {}

        private Board board;
        private CharacterPort stream;
        private Line line;
        private int last;
        private int pending = -1;

        @Override
        public void attach(Board newBoard) {
            board = newBoard;
            board.mapPorts(0xF4, 8, 1, this);
            board.provide(PowerButton.class, this);
            stream = board.characterPort("com1");
            stream.setListener(this);
            line = board.line(new LineId.Irq(4));
        }

        @Override
        public void reset(ResetKind kind) {
            last = 0;
            pending = -1;
            line.set(false);
        }

        @Override
        public int readPort(int port, int size) {
            if (port == 0xF8) {
                int value = stream.read();
                line.set(false);
                return value;
            }
            return port == 0xF9 ? pending >= 0 ? 1 : 0 : last;
        }

        @Override
        public void writePort(int port, int size, int value) {
            last = value;
            if (port == 0xF8) {
                pending = stream.write(value) ? -1 : value;
                board.counter("bytes").add(1);
                return;
            }
            switch (value) {
                case 1 -> board.requestPowerOff();
                case 2 -> board.requestReset(ResetKind.HARD);
                case 3 -> throw new IllegalStateException("the guest hit a nerve");
                case 4 -> board.requestReset(ResetKind.CPU_INIT);
                case 5 -> board.report("the guest wrote 5");
                default -> {
                    // remembered
                }
            }
        }

        @Override
        public void press() {
            board.requestPowerOff();
        }

        @Override
        public void readable() {
            line.set(true);
        }

        @Override
        public void writable() {
            if (pending >= 0 && stream.write(pending)) {
                pending = -1;
            }
        }

        @Override
        public void save(StateWriter out) {
            out.section("switchboard", 1, new State(last, pending));
        }

        @Override
        public void restore(StateReader in) throws StateException {
            State state = in.section("switchboard", 1, State.class);
            last = state.last;
            pending = state.pending;
        }
    }

    /** Port 1F0h, 4 bytes: reads that sector of drive {@code hda} to 8000h, adds 1 to it, then raises IRQ 14. */
    static final class Disk implements Device, PortHandler {
        record State(byte[] buffer, int sector, Offload.Pending pending, boolean level) {}

        private final Arena arena = Arena.ofShared();
        private final MemorySegment buffer = arena.allocate(512);
        private Board board;
        private BlockPort drive;
        private Offload offload;
        private Line line;
        private int sector;
        private boolean level;
        private volatile Runnable hold = () -> {};

        @Override
        public void attach(Board newBoard) {
            board = newBoard;
            drive = board.blockPort("hda");
            offload = board.offload(
                    () -> {
                        hold.run();
                        drive.read(sector, 1, buffer);
                    },
                    this::completed);
            line = board.line(new LineId.Irq(14));
            board.mapPorts(0x1F0, 8, 4, this);
        }

        void holdUp(Runnable action) {
            hold = action;
        }

        private void completed(String failure) {
            buffer.set(ValueLayout.JAVA_INT_UNALIGNED, 508, failure == null ? 0 : -1);
            board.memory().copyIn(0x8000, buffer, 0, 512);
            set(true);
        }

        private void set(boolean newLevel) {
            level = newLevel;
            line.set(newLevel);
        }

        @Override
        public void reset(ResetKind kind) {
            offload.cancel();
            set(false);
        }

        @Override
        public int readPort(int port, int size) {
            set(false);
            return offload.submitted() ? 1 : 0;
        }

        @Override
        public void writePort(int port, int size, int value) {
            offload.cancel();
            sector = value;
            offload.submit(50_000);
        }

        @Override
        public void save(StateWriter out) {
            out.section("disk", 1, new State(buffer.toArray(ValueLayout.JAVA_BYTE), sector, offload.pending(), level));
        }

        @Override
        public void restore(StateReader in) throws StateException {
            State state = in.section("disk", 1, State.class);
            MemorySegment.copy(MemorySegment.ofArray(state.buffer), 0, buffer, 0, 512);
            sector = state.sector;
            offload.restore(state.pending);
            set(state.level);
        }

        @Override
        public void detach() {
            arena.close();
        }
    }
}
