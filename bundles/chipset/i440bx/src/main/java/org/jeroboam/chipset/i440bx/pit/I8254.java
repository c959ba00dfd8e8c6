package org.jeroboam.chipset.i440bx.pit;

import org.jeroboam.chipset.i440bx.Frequency;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.InterruptController;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.clock.Timer;
import org.jeroboam.hardware.clock.VirtualClock;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;

/**
 * The 8254 programmable interval timer (ports 40h to 43h) and port 61h, after Intel's 8254 and 82371AB data sheets.
 * Counters are functions of virtual time at {@link Frequency#PIT}; a timer runs only towards the next rise of OUT0.
 *
 * <p>Imperfections: the low time of OUT0 is not seen by the interrupt controller but in mode 0, so that a tick stays
 * pending where a real one would be withdrawn; a count of 1 in modes 2 and 3 acts as 2; a non-decimal digit of a BCD
 * count acts as its value; the speaker makes no sound; NMI sources of port 61h never report. After reset the counters
 * run as a PC's BIOS leaves them, since the data sheet calls them undefined and direct boot has no BIOS.
 */
final class I8254 implements Device, PortHandler {
    private static final int REFRESH_PULSES = 18;
    private static final int PORT_B = 0x61;
    private static final int PORT_B_WRITABLE = 0x0F;
    private static final int PORT_B_REFRESH = 0x10;
    private static final int PORT_B_OUT2 = 0x20;

    /**
     * The part's state.
     *
     * @param counters the three counters
     * @param portB writable bits of port 61h
     * @param ticks IRQ0
     */
    record State(PitCounter.State[] counters, int portB, TickCatchUp.State ticks) {}

    private final int catchUpLimit;
    private final PitCounter[] counters = {new PitCounter(), new PitCounter(), new PitCounter()};
    private int portB;
    private VirtualClock clock;
    private Timer timer;
    private TickCatchUp ticks;

    /**
     * Creates the part.
     *
     * @param catchUpLimit most missed ticks to give later, 0 for none
     */
    I8254(int catchUpLimit) {
        this.catchUpLimit = catchUpLimit;
    }

    @Override
    public void attach(Board board) {
        clock = board.clock();
        board.mapPorts(0x40, 4, 1, this);
        board.mapPorts(PORT_B, 1, 1, this);
        timer = board.timer(this::counterDue);
        ticks = new TickCatchUp(
                catchUpLimit,
                clock,
                board.line(new LineId.Irq(0)),
                board.role(InterruptController.class),
                board.timer(this::missedTickDue));
    }

    @Override
    public void reset(ResetKind kind) {
        long now = now();
        portB = 0;
        counters[0].reset(now, 0x36, 0, true);
        counters[1].reset(now, 0x54, REFRESH_PULSES, true);
        counters[2].reset(now, 0xB6, 0, false);
        ticks.reset(true);
        schedule();
    }

    private long now() {
        return Frequency.PIT.ticks(clock.now());
    }

    private void counterDue() {
        advance(0);
        schedule();
    }

    private void missedTickDue() {
        ticks.inject();
    }

    private PitCounter advance(int index) {
        PitCounter counter = counters[index];
        long rises = counter.advance(now());
        if (index == 0 && rises > 0) {
            ticks.rise(rises, period());
        }
        return counter;
    }

    /** Nanoseconds between periodic ticks, 0 in other modes. */
    private long period() {
        int mode = counters[0].mode();
        return mode == 2 || mode == 3 ? Frequency.PIT.nanosAt(counters[0].period()) : 0;
    }

    private void schedule() {
        long rise = counters[0].nextRise();
        if (rise == PitCounter.NEVER) {
            timer.disarm();
        } else {
            timer.arm(Frequency.PIT.nanosAt(rise));
        }
    }

    @Override
    public int readPort(int port, int size) {
        if (port == PORT_B) {
            return readPortB();
        }
        if (port == 0x43) {
            return 0xFF; // write-only
        }
        return advance(port & 3).read();
    }

    private int readPortB() {
        long now = now();
        int value = portB;
        if ((now / REFRESH_PULSES & 1) != 0) {
            value |= PORT_B_REFRESH;
        }
        if (advance(2).out()) {
            value |= PORT_B_OUT2;
        }
        return value;
    }

    @Override
    public void writePort(int port, int size, int value) {
        int b = value & 0xFF;
        if (port == PORT_B) {
            portB = b & PORT_B_WRITABLE;
            advance(2).setGate((b & 1) != 0);
        } else if (port == 0x43) {
            writeControl(b);
        } else {
            PitCounter counter = advance(port & 3);
            counter.write(b);
            if (port == 0x40) {
                followOut0();
            }
        }
    }

    private void writeControl(int word) {
        int index = word >> 6;
        if (index == 3) {
            readBack(word);
            return;
        }
        PitCounter counter = advance(index);
        if ((word & 0x30) == 0) {
            counter.latchCount();
            return;
        }
        boolean rose = counter.writeControl(word);
        if (index == 0) {
            ticks.forget();
            if (rose) {
                ticks.rise(1, 0);
            }
            followOut0();
        }
    }

    private void readBack(int word) {
        for (int i = 0; i < counters.length; i++) {
            if ((word & 2 << i) != 0) {
                PitCounter counter = advance(i);
                if ((word & 0x20) == 0) {
                    counter.latchCount();
                }
                if ((word & 0x10) == 0) {
                    counter.latchStatus();
                }
            }
        }
    }

    private void followOut0() {
        if (counters[0].mode() == 0 && !counters[0].out()) {
            ticks.fall();
        }
        schedule();
    }

    @Override
    public void save(StateWriter out) {
        PitCounter.State[] states = new PitCounter.State[counters.length];
        for (int i = 0; i < states.length; i++) {
            states[i] = counters[i].save();
        }
        out.section("i8254", 1, new State(states, portB, ticks.save()));
    }

    @Override
    public void restore(StateReader in) throws StateException {
        State state = in.section("i8254", 1, State.class);
        if (state.counters == null || state.counters.length != counters.length || state.ticks == null) {
            throw new StateException("damaged state of the 8254: it has three counters and an output");
        }
        for (int i = 0; i < counters.length; i++) {
            if (state.counters[i] == null) {
                throw new StateException("damaged state of the 8254: counter " + i + " is missing");
            }
            counters[i].restore(state.counters[i]);
        }
        portB = state.portB & PORT_B_WRITABLE;
        ticks.restore(state.ticks, period());
        schedule();
    }
}
