package org.jeroboam.chipset.i440bx.rtc;

import java.util.Arrays;
import java.util.Map;
import org.jeroboam.chipset.i440bx.Frequency;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.Line;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.clock.Timer;
import org.jeroboam.hardware.clock.VirtualClock;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;

/**
 * The MC146818 real-time clock with 256 bytes of CMOS memory (ports 70h to 73h), after Motorola's data sheet and the
 * 82371AB's. Seconds follow the virtual clock's date, the periodic rates its time; a timer runs only towards an
 * interrupt that is enabled.
 *
 * <p>When the host does not run the machine in time, periodic interrupts are missed; with a clock that follows the host
 * they are given later ({@link PeriodicCatchUp}). The index of port 70h cannot be read, as in the PIIX4.
 *
 * <p>Imperfections: daylight saving (DSE) and the square wave have no effect; memory is not kept across power off; the
 * periodic divider keeps its phase when the divider is reset; bit 7 of port 70h masks nothing, as nothing on the board
 * raises NMI; divider settings other than the reset count as 32768 Hz.
 */
final class Mc146818 implements Device, PortHandler {
    static final int REGISTER_A = 0x0A;
    static final int REGISTER_B = 0x0B;
    static final int REGISTER_C = 0x0C;
    static final int REGISTER_D = 0x0D;

    private static final String SECTION = "mc146818";
    private static final int VERSION = 2;
    private static final int MEMORY_SIZE = 256;
    private static final int A_UIP = 0x80;
    private static final int A_DIVIDER_RESET = 0x60;
    private static final int B_SET = 0x80;
    private static final int B_PIE = 0x40;
    private static final int B_UIE = 0x10;
    private static final int B_INTERRUPTS = 0x70;
    private static final int B_SQWE = 0x08;
    private static final int C_IRQF = 0x80;
    private static final int C_PF = 0x40;
    private static final int C_AF = 0x20;
    private static final int C_UF = 0x10;
    private static final int D_VRT = 0x80;

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1000 * MILLI;
    private static final long UPDATE = 244_000 + 1_984_000; // UIP comes 244 us before the 1984 us of the update
    private static final long FIRST_UPDATE = SECOND / 2; // after the divider's reset
    private static final long NO_ALARM = Long.MAX_VALUE;
    private static final long LONGEST_WAIT = 60 * SECOND; // the host's date may be set meanwhile

    /**
     * The part's state.
     *
     * @param memory the 256 bytes with all registers
     * @param index latch of port 70h
     * @param upperIndex latch of port 72h
     * @param valid second (of the clock's date) to which the time registers belong
     * @param seen second up to which flags were set
     * @param alarm second of the next alarm
     * @param phase nanoseconds by which seconds begin earlier than the date's
     * @param periods periodic cycles up to which PF was set
     * @param catchUp periodic interrupts to give later
     */
    record State(
            byte[] memory,
            int index,
            int upperIndex,
            long valid,
            long seen,
            long alarm,
            long phase,
            long periods,
            PeriodicCatchUp.State catchUp) {}

    private final long offsetSeconds;
    private final Map<Integer, Integer> settings;
    private final int catchUpLimit;
    private final byte[] memory = new byte[MEMORY_SIZE];
    private final Calendar calendar = new Calendar(memory, REGISTER_B);
    private int index;
    private int upperIndex;
    private long valid;
    private long seen;
    private long alarm;
    private long phase;
    private long periods;
    /** The instant of the access: virtual time, date, second in this clock's phase, nanoseconds since it began. */
    private long now;

    private long dateMillis;
    private long second;
    private long fraction;
    private Board board;
    private VirtualClock clock;
    private Line irq;
    private Timer timer;
    private PeriodicCatchUp catchUp;

    /**
     * Creates the part.
     *
     * @param offsetSeconds what the clock shows at power on, beyond UTC
     * @param settings bytes of CMOS memory at power on
     * @param catchUpLimit most missed periodic interrupts to give later, 0 for none
     */
    Mc146818(long offsetSeconds, Map<Integer, Integer> settings, int catchUpLimit) {
        this.offsetSeconds = offsetSeconds;
        this.settings = settings;
        this.catchUpLimit = catchUpLimit;
    }

    @Override
    public void attach(Board scope) {
        board = scope;
        clock = scope.clock();
        irq = scope.line(new LineId.Irq(8));
        timer = scope.timer(this::due);
        catchUp = new PeriodicCatchUp(clock.mode() == ClockMode.REAL ? catchUpLimit : 0);
        scope.mapPorts(0x70, 4, 1, this);
    }

    @Override
    public void reset(ResetKind kind) {
        sample();
        if (kind == ResetKind.POWER_ON) {
            powerOn();
        } else {
            sync();
        }
        index = 0;
        upperIndex = 0;
        memory[REGISTER_B] &= (byte) ~(B_INTERRUPTS | B_SQWE);
        memory[REGISTER_C] = 0;
        catchUp.forget();
        update();
    }

    private void powerOn() {
        Arrays.fill(memory, (byte) 0);
        CmosDefaults.fill(memory, board.lowRamSize(), board.ramSize() - board.lowRamSize(), settings);
        memory[REGISTER_A] = 0x26;
        memory[REGISTER_B] = 0x02;
        memory[REGISTER_D] = (byte) D_VRT;
        phase = 0;
        setInstant(dateMillis);
        valid = second;
        calendar.set(valid + offsetSeconds);
        restartFlags();
    }

    /**
     * Reads the clock once for all that follows: its date has whole milliseconds, its time what is below. In real mode
     * time goes on between the two, so that readings which a new millisecond parts are made again.
     */
    private void sample() {
        long date;
        do {
            now = clock.now();
            date = clock.wallClockMillis();
        } while (clock.now() / MILLI != now / MILLI);
        setInstant(date);
    }

    private void setInstant(long date) {
        dateMillis = date;
        long beyond = now % MILLI + phase;
        long millis = date + beyond / MILLI;
        second = Math.floorDiv(millis, 1000L);
        fraction = Math.floorMod(millis, 1000L) * MILLI + beyond % MILLI;
    }

    private boolean runs() {
        return (memory[REGISTER_B] & B_SET) == 0 && (memory[REGISTER_A] & A_DIVIDER_RESET) != A_DIVIDER_RESET;
    }

    /** log2 of the crystal's cycles in a period, or -1 when none are made. */
    private int periodShift() {
        int rate = memory[REGISTER_A] & 15;
        if (rate == 0 || (memory[REGISTER_A] & A_DIVIDER_RESET) == A_DIVIDER_RESET) {
            return -1;
        }
        return rate < 3 ? rate + 6 : rate - 1;
    }

    private boolean wantsPeriods() {
        return (memory[REGISTER_B] & B_PIE) != 0 && periodShift() >= 0;
    }

    private long periodsNow() {
        int shift = periodShift();
        return shift < 0 ? 0 : Frequency.RTC.ticks(now) >> shift;
    }

    /** Sets the flags of what happened since the last call. */
    private void sync() {
        int flags = memory[REGISTER_C];
        long nowPeriods = periodsNow();
        if (nowPeriods != periods) {
            if (wantsPeriods()) {
                catchUp.passed(nowPeriods - periods, (flags & C_PF) != 0);
            }
            periods = nowPeriods;
            flags |= C_PF;
        }
        if (runs()) {
            if (second != seen) {
                flags |= C_UF;
                if (second >= alarm) {
                    flags |= C_AF;
                }
                boolean again = second >= alarm || second < seen;
                seen = second;
                if (again) {
                    findAlarm();
                }
            }
        }
        memory[REGISTER_C] = (byte) flags;
    }

    /** Makes the time registers those of the current second. */
    private void syncTime() {
        if (runs()) {
            calendar.add(second - valid);
            valid = second;
        }
    }

    private void findAlarm() {
        syncTime();
        int wait = calendar.secondsToAlarm();
        alarm = wait == 0 ? NO_ALARM : valid + wait;
    }

    /** The registers count anew from now on. */
    private void restartFlags() {
        valid = second;
        seen = valid;
        periods = periodsNow();
        findAlarm();
    }

    private void due() {
        sample();
        sync();
        if (catchUp.give(now, (memory[REGISTER_C] & C_PF) != 0)) {
            memory[REGISTER_C] |= C_PF;
        }
        update();
    }

    /** Drives IRQ8 and looks for the next interrupt. */
    private void update() {
        int enabled = memory[REGISTER_B] & B_INTERRUPTS;
        int flags = memory[REGISTER_C] & B_INTERRUPTS;
        boolean interrupt = (enabled & flags) != 0;
        memory[REGISTER_C] = (byte) (flags | (interrupt ? C_IRQF : 0));
        irq.set(interrupt);
        schedule(enabled & ~flags);
    }

    private void schedule(int awaited) {
        long deadline = Long.MAX_VALUE;
        if (wantsPeriods() && ((awaited & C_PF) != 0 || catchUp.watches())) {
            deadline = Math.min(catchUp.deadline(), Frequency.RTC.nanosAt(periods + 1 << periodShift()));
        }
        if (runs() && (awaited & C_UF) != 0) {
            deadline = Math.min(deadline, now + SECOND - fraction);
        }
        if (runs() && (awaited & C_AF) != 0 && alarm != NO_ALARM) {
            long seconds = Math.clamp(alarm - second, 1, LONGEST_WAIT / SECOND);
            deadline = Math.min(deadline, now + seconds * SECOND - fraction);
        }
        if (deadline == Long.MAX_VALUE) {
            timer.disarm();
        } else {
            timer.arm(deadline);
        }
    }

    @Override
    public int readPort(int port, int size) {
        sample();
        return switch (port) {
            case 0x71 -> read(index & 0x7F);
            case 0x73 -> read(upperIndex & 0x7F | 0x80);
            default -> 0xFF;
        };
    }

    @Override
    public void writePort(int port, int size, int value) {
        int b = value & 0xFF;
        sample();
        switch (port) {
            case 0x70 -> index = b;
            case 0x71 -> write(index & 0x7F, b);
            case 0x72 -> upperIndex = b;
            default -> write(upperIndex & 0x7F | 0x80, b);
        }
    }

    private int read(int register) {
        if (Calendar.holds(register)) {
            syncTime();
        } else if (register == REGISTER_A) {
            boolean updating = runs() && fraction >= SECOND - UPDATE;
            return memory[REGISTER_A] | (updating ? A_UIP : 0);
        } else if (register == REGISTER_C) {
            sync();
            update();
            int flags = memory[REGISTER_C] & 0xFF;
            memory[REGISTER_C] = 0;
            if ((flags & C_PF) != 0 && wantsPeriods()) {
                catchUp.taken(now, Frequency.RTC.nanosAt(1L << periodShift()));
            }
            update();
            return flags;
        }
        return memory[register] & 0xFF;
    }

    private void write(int register, int b) {
        switch (register) {
            case REGISTER_A -> writeA(b & ~A_UIP);
            case REGISTER_B -> writeB(b);
            case REGISTER_C, REGISTER_D -> {} // read-only
            default -> {
                if (register < REGISTER_A || register == Calendar.CENTURY) {
                    sync();
                    syncTime();
                    memory[register] = (byte) (register == Calendar.SECONDS ? b & 0x7F : b);
                    findAlarm();
                    update();
                } else {
                    memory[register] = (byte) b;
                }
            }
        }
    }

    private void writeA(int b) {
        sync();
        syncTime();
        boolean ran = runs();
        boolean wasReset = (memory[REGISTER_A] & A_DIVIDER_RESET) == A_DIVIDER_RESET;
        memory[REGISTER_A] = (byte) b;
        if (wasReset && (b & A_DIVIDER_RESET) != A_DIVIDER_RESET) {
            phase = Math.floorMod(phase + FIRST_UPDATE - fraction, SECOND);
            setInstant(dateMillis);
        }
        periods = periodsNow();
        catchUp.forget();
        resume(ran);
        update();
    }

    private void writeB(int b) {
        sync();
        syncTime();
        boolean ran = runs();
        memory[REGISTER_B] = (byte) ((b & B_SET) != 0 ? b & ~B_UIE : b);
        if (!wantsPeriods()) {
            catchUp.forget();
        }
        resume(ran);
        findAlarm();
        update();
    }

    private void resume(boolean ran) {
        if (!ran && runs()) {
            restartFlags();
        }
    }

    @Override
    public void save(StateWriter out) {
        out.section(
                SECTION,
                VERSION,
                new State(memory.clone(), index, upperIndex, valid, seen, alarm, phase, periods, catchUp.save()));
    }

    @Override
    public void restore(StateReader in) throws StateException {
        State state = in.section(SECTION, VERSION, State.class);
        if (state.memory == null || state.memory.length != MEMORY_SIZE || state.catchUp == null) {
            throw new StateException("damaged state of the real-time clock: it has 256 bytes of memory");
        }
        System.arraycopy(state.memory, 0, memory, 0, MEMORY_SIZE);
        index = state.index & 0xFF;
        upperIndex = state.upperIndex & 0xFF;
        valid = state.valid;
        seen = state.seen;
        alarm = state.alarm;
        phase = Math.floorMod(state.phase, SECOND);
        periods = state.periods;
        catchUp.restore(state.catchUp);
        sample();
        update();
    }
}
